"""A customer file → its lines, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from listener.customers.lines import CutShort, Line, Rejected, lines_of

NEEDED = ("id",)
# lines: each commit writes the pages of three indexes anew, so that few large batches cost less; but they take memory
BATCH = 20_000


Batch = list[Line | Rejected]


def batches(path: Path, after: int = 0) -> Iterator[Batch]:
    """The lines after that one. Raises WrongFile, OSError, and CutShort after all that came before the trouble."""
    batch: Batch = []
    try:
        for line in lines_of(path, NEEDED, after):
            batch.append(_with_id(line) if isinstance(line, Line) else line)
            if len(batch) == BATCH:
                yield batch
                batch = []
    except CutShort:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def _with_id(line: Line) -> Line | Rejected:
    return line if line.values.get("id") else Rejected(line.number, "no id; the line is left out")
