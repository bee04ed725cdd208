"""A customer file → its customers, batch by batch; a large file is read by a process of its own, on another core."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from listener.customers.lines import CutShort, Line, Rejected, WrongFile, lines_of
from listener.customers.parsing import customer_of, digest_of
from listener.elsewhere import Elsewhere, serving
from listener.model.registry import Listed

NEEDED = ("id",)
# lines: each commit writes the pages of three indexes anew, so that few large batches cost less; but they take memory
BATCH = 10_000
LARGE = 2_000_000  # bytes; a smaller file is read before the other process has begun


class Entry(NamedTuple):
    """One line: its customer, and what of it could not be used. `digest` tells whether it is as it was."""

    number: int
    digest: str
    customer: Listed
    complaints: list[str]


Batch = list[Entry | Rejected]


def batches(path: Path, after: int = 0) -> Generator[Batch, None, None]:
    """The lines after that one. Raises WrongFile, OSError, and CutShort after all that came before the trouble."""
    if path.stat().st_size < LARGE:
        yield from read(path, after)
        return
    process = Elsewhere(__name__)
    try:
        with process.spoken_to():
            process.tell((path, after))
            yield from process.made()
    except ChildProcessError as error:
        raise CutShort(str(error)) from error
    finally:
        process.close()


def read(path: Path, after: int) -> Iterator[Batch]:
    """The same, in this process."""
    batch: Batch = []
    try:
        for line in lines_of(path, NEEDED, after):
            batch.append(_entry(line) if isinstance(line, Line) else line)
            if len(batch) == BATCH:
                yield batch
                batch = []
    except CutShort:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def _entry(line: Line) -> Entry | Rejected:
    if not line.values.get("id"):
        return Rejected(line.number, "no id; the line is left out")
    digest = digest_of(line)
    return Entry(line.number, digest, *customer_of(line, digest))


def serve() -> None:
    """The life of that process."""

    def reading(told: Callable[[], Any]) -> Iterator[Batch]:
        yield from read(*told())

    serving(reading, WrongFile, CutShort, OSError)
