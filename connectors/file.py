"""Kind `file`: a folder into which other programs put CSV and JSON Lines files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from connectors.contract import Batch, Blind, Connector, Door, Item, TryLater
from connectors.cursors import Cursor
from connectors.rows import LINES, TABLES, Rejected, Row, rows_in

LONG_AGO = datetime.min.replace(tzinfo=UTC)
LONGEST = 2_000
NAMED = 3  # rejected lines told one by one


class Read(BaseModel):
    """What is remembered of a file: its size and the time of its last change, where its last row begins, and a digest
    of all before that."""

    model_config = ConfigDict(frozen=True)

    size: int
    changed: int
    last: int = 1
    digest: str = ""


UNREADABLE = Read(size=-1, changed=0)


class Memory(Cursor):
    """The cursor: the files by name."""

    files: dict[str, Read] = {}


def _named(folder: Path) -> Path:
    # made of "", as a path that was written comes here absolute
    if folder == Path():
        raise ValueError('is no folder — write its name: "drop"')
    return folder


class File(Connector):
    """The `*.csv`, `*.tsv`, `*.jsonl` and `*.ndjson` files of a `folder`, with the columns of `listener import`.

    Files may be added, replaced and appended to; what was read is not read again. Write under another ending
    (`.part`) and rename, so that no half line is seen. Lines that cannot be used are told with number and reason.
    A file of more than `megabytes` is left alone and told.
    """

    folder: Annotated[Path, AfterValidator(_named)]
    megabytes: float = Field(default=20, gt=0, le=200)

    def identity(self) -> str:
        """The folder: another limit makes it no other source."""
        return str(self.folder)

    def poll(self, cursor: str, door: Door) -> Batch:
        """The rows of files that are new or changed. Raises TryLater when the folder cannot be read."""
        memory, now = Memory.load(cursor), door.now()
        files: dict[str, Read] = {}
        items: list[Item] = []
        troubles: list[str] = []
        for path in self._files():
            known = memory.files.get(path.name)
            try:
                files[path.name], rows = self._read(path, known)
            except OSError as error:
                # told once, not at every poll
                files[path.name] = UNREADABLE
                troubles += [] if known == UNREADABLE else [f"{path.name} cannot be read: {error.strerror}"]
                continue
            items += [_past(row.item, now) for row in rows if isinstance(row, Row)]
            troubles += _told(path.name, [row for row in rows if isinstance(row, Rejected)])
        items.sort(key=lambda item: item.posted_at or LONG_AGO)
        blind = [Blind(now, now, "; ".join(troubles)[:LONGEST])] if troubles else []
        return Batch(items, blind=blind, cursor=Memory(files=files).model_dump_json(), unchanged=not (items or blind))

    def _files(self) -> list[Path]:
        """In the order of their names."""
        try:
            found = sorted(self.folder.iterdir())
        except OSError as error:
            raise TryLater(f"{self.folder} cannot be read ({error.strerror}): create it, or correct `folder`") from None
        return [path for path in found if _is_ours(path) and path.is_file()]

    def _read(self, path: Path, before: Read | None) -> tuple[Read, list[Row | Rejected]]:
        """The memory of the file, and the rows that the one before did not see. Raises OSError."""
        stat = path.stat()
        # ctime: a copy may carry an old mtime along
        stamp = Read(size=stat.st_size, changed=stat.st_ctime_ns)
        if before and (before.size, before.changed) == (stamp.size, stamp.changed):
            return before, []
        if stat.st_size > self.megabytes * 1_000_000:
            return stamp, [
                Rejected(1, f"the file is larger than {self.megabytes:g} MB: split it, or raise `megabytes`")
            ]
        # the whole file also when it only grew: equal rows without an id are told apart by their number
        content = path.read_bytes()
        rows = list(rows_in(BytesIO(content), path.suffix.lower() in TABLES))
        # the last row may have been half written, so it is read again
        last = rows[-1].line if rows else 1
        after = stamp.model_copy(update={"last": last, "digest": _digest(content, last)})
        appended = before is not None and before.digest == _digest(content, before.last)
        return after, [row for row in rows if row.line >= before.last] if before and appended else rows


def _is_ours(path: Path) -> bool:
    name = path.name
    return path.suffix.lower() in TABLES + LINES and not name.startswith(".") and name.isprintable()


def _digest(content: bytes, line: int) -> str:
    """Of everything before this line."""
    rest = content.split(b"\n", line - 1)[-1]
    return sha256(content[: len(content) - len(rest)]).hexdigest()


def _past(item: Item, now: datetime) -> Item:
    return replace(item, posted_at=now) if item.posted_at and item.posted_at > now else item


def _told(name: str, rejected: Sequence[Rejected]) -> list[str]:
    """What is wrong with a file: the first lines one by one, the rest as a number."""
    lines = [f"{name}:{each.line}: {each.why}" for each in rejected[:NAMED]]
    more = len(rejected) - NAMED
    return lines + ([f"{name}: {more} more lines were not used"] if more > 0 else [])
