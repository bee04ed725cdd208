"""customers.csv → the registry: read at start and whenever the file changes, each bad line told with its number."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from structlog.typing import FilteringBoundLogger

from listener.customers.forgotten import Forgotten
from listener.customers.lines import BATCH, CutShort, Line, Rejected, WrongFile, batches, header_of, lines_of
from listener.customers.parsing import KNOWN, customer_of, digest_of, written
from listener.model.registry import Mark
from rules.collecting import uncollected

if TYPE_CHECKING:
    # the models take half a second to import, and a configuration is read without them
    from sqlalchemy import Row

    from listener.store import Store

NEEDED = ("id",)
MUCH = 0.10
MOST_TOLD = 100
LOGGED = 20


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reading of the file gave. `rejected` counts all bad lines, `problems` tells the first hundred.

    `waits`: it would remove too much and nothing was taken. `refused`: nothing of it can be taken. `broken_off`: the
    daemon ends, and the next start goes on from there.
    """

    mark: Mark
    customers: int = 0
    waits: bool = False
    refused: bool = False
    broken_off: bool = False

    @property
    def problems(self) -> tuple[str, ...]:
        return self.mark.problems


def columns_of(path: Path) -> frozenset[str]:
    """The columns of ops' own, which rules can test; none where there is no such file. Raises OSError."""
    try:
        return frozenset(name for name in header_of(path, NEEDED) if name and name not in KNOWN)
    except WrongFile:
        return frozenset()


class Registry:
    """Keeps the store's registry in step with the file: only what changed is written."""

    def __init__(
        self,
        store: Store,
        path: Path,
        now: Callable[[], datetime],
        log: FilteringBoundLogger,
        forgotten: Forgotten,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._store = store
        self._path = path
        self._now = now
        self._log = log
        self._forgotten = forgotten
        self._stopped = stopped

    def refresh(self, confirm: bool = False) -> Reading | None:
        """Take the file over when it has changed since the last time; None when there was nothing to do.

        A file that removes more than a tenth of the customers waits for `confirm`.
        """
        stamp = stamp_of(self._path)
        known = self._store.house.get("customers")
        if stamp is None or (not confirm and stamp == known.get("stamp")):
            return None
        return self.take(self._path, confirm)

    def take(self, path: Path, confirm: bool = False, told: Callable[[int], None] = lambda line: None) -> Reading:
        """Make this file the registry, until the configured one changes. `told` hears of each line it has come to."""
        stamp = stamp_of(path) or ""
        mark = self._store.enrolling.mark()
        if mark is None or mark.stamp != stamp:
            mark = Mark(stamp, self._store.enrolling.begin())
            try:
                mark = _strange_columns(path, mark)
                if not confirm and (much := self._much_removed(path)):
                    return self._waits(path, mark, much)
            except (WrongFile, OSError) as error:
                return self._refused(path, mark, str(error))
        return self._read(path, mark, told)

    def _read(self, path: Path, mark: Mark, told: Callable[[int], None]) -> Reading:
        try:
            with uncollected():
                for batch in batches(path, NEEDED, mark.line):
                    if self._stopped():
                        return Reading(mark, broken_off=True)
                    mark = self._keep(path, batch, mark)
                    told(mark.line)
        except CutShort as error:
            return self._ended(path, _told(mark, [f"{error}, so nobody is removed"]))
        while (further := self._store.enrolling.remove_unread(mark, self._now(), BATCH)) and not self._stopped():
            mark = further
        return self._ended(path, self._twice_claimed(path, mark))

    def _keep(self, path: Path, batch: list[Line | Rejected], mark: Mark) -> Mark:
        told = [line for line in batch if isinstance(line, Line)]
        known = self._store.enrolling.known([line.get("id") for line in told])
        lines, bad = _first_ones(told, known, mark.generation)
        erased = self._forgotten.customers({who: line.get("email") for who, line in lines.items()})
        bad += (Rejected(lines.pop(who).number, "this customer was erased") for who in sorted(erased))
        listed, same = [], []
        for who, line in lines.items():
            digest = digest_of(line)
            if who in known and known[who].digest == digest:
                same.append(who)
                continue
            one, complaints = customer_of(line, digest)
            listed.append(one)
            if complaints:
                bad += (Rejected(line.number, why) for why in complaints)
        mark = self._store.enrolling.from_file(listed, same, replace(mark, line=batch[-1].number), self._now())
        bad = sorted((*bad, *(line for line in batch if isinstance(line, Rejected))), key=lambda one: one.number)
        return _told(mark, [f"{path.name}:{one.number}: {one.why}" for one in bad])

    def _twice_claimed(self, path: Path, mark: Mark) -> Mark:
        """A handle that two customers claim belongs to neither: who it is would be a guess."""
        twice = self._store.enrolling.claimed_twice(MOST_TOLD)
        lines = _lines_with(path, {who for claims in twice.values() for who in claims}) if twice else {}
        return _told(
            mark,
            [
                f"{path.name}:{max(lines.get(who, 0) for who in claims)}: handle {written(key)!r} is claimed by "
                f"{' and '.join(claims)}; it counts for neither"
                for key, claims in twice.items()
            ],
        )

    def _much_removed(self, path: Path) -> str:
        """What it would remove, where that is over a tenth of the customers."""
        before = self._store.enrolling.by_file()
        still = self._still_there(path) if before else 0
        return f"it would remove {before - still:,} of {before:,} customers" if still < before * (1 - MUCH) else ""

    def _still_there(self, path: Path) -> int:
        """How many of the registry's customers the file has, each counted once; a number for each is little memory."""
        seen, ids = array("q"), _ids(path)
        while some := list(islice(ids, BATCH)):
            seen.extend(hash(number) for number in self._store.enrolling.known_by_file(some))
        return len(set(seen))

    def _waits(self, path: Path, mark: Mark, much: str) -> Reading:
        mark = _told(mark, [f"{much}; if that is right: `listener customers import {path} --confirm`"])
        self._log.warning("customers.waits", problem=mark.problems[-1])
        return self._remember(path, Reading(mark, waits=True))

    def _refused(self, path: Path, mark: Mark, why: str) -> Reading:
        self._log.error("customers.refused", problem=why)
        return self._remember(path, Reading(_told(mark, [why]), refused=True))

    def _ended(self, path: Path, mark: Mark) -> Reading:
        for problem in mark.problems[:LOGGED]:
            self._log.warning("customers.line", problem=problem)
        counts = {name: getattr(mark, name) for name in ("added", "changed", "removed")}
        self._log.info("customers.read", **counts, problems=mark.rejected)
        return self._remember(path, Reading(mark, self._store.customers.count()))

    def _remember(self, path: Path, reading: Reading) -> Reading:
        """By the stamp of the configured file: another one stands until that changes."""
        kept = {"stamp": stamp_of(self._path), "problems": list(reading.problems), "waits": reading.waits}
        kept |= {"refused": reading.refused}
        self._store.enrolling.finish({**kept, "file": path.name, "rejected": reading.mark.rejected})
        return reading


def stamp_of(path: Path) -> str | None:
    """What changes whenever the file does; None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return f"{path}:{status.st_mtime_ns}:{status.st_size}"


def _told(mark: Mark, problems: list[str]) -> Mark:
    told = (*mark.problems, *problems)[:MOST_TOLD]
    return replace(mark, problems=told, rejected=mark.rejected + len(problems))


def _strange_columns(path: Path, mark: Mark) -> Mark:
    """A column that is nearly one we know is a slip of the pen; it is kept as one of ops' own."""
    strange = [name for name in header_of(path, NEEDED) if name and name not in KNOWN]
    near = {name: like[0] for name in strange if (like := get_close_matches(name, KNOWN, 1, 0.8))}
    told = "{}:1: the column `{}` is one of your own; did you mean `{}`?"
    return _told(mark, [told.format(path.name, name, like) for name, like in near.items()])


def _first_ones(
    told: list[Line], known: Mapping[str, Row[Any]], generation: int
) -> tuple[dict[str, Line], list[Rejected]]:
    """Lines by id; of two with the same the first one counts."""
    lines, bad = dict[str, Line](), list[Rejected]()
    for line in told:
        who = line.get("id")
        if not who:
            bad.append(Rejected(line.number, "no id; the line is left out"))
        elif who in lines or (who in known and known[who].generation == generation):
            bad.append(Rejected(line.number, f"id {who!r} appears twice; the first one counts"))
        else:
            lines[who] = line
    return lines, bad


def _ids(path: Path) -> Iterator[str]:
    with suppress(CutShort):  # it is told when the file is read; what breaks off removes nobody anyway
        yield from (line.get("id") for line in lines_of(path, NEEDED) if isinstance(line, Line))


def _lines_with(path: Path, ids: set[str]) -> dict[str, int]:
    lines = (line for line in lines_of(path, NEEDED) if isinstance(line, Line))
    return {line.get("id"): line.number for line in lines if line.get("id") in ids}
