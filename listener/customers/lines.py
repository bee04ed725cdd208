"""The lines of a CSV file, one at a time whatever its size, each with its number; what cannot be used has a reason."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from connectors.texts import storable

# each commit writes the pages of three indexes anew, so that few large batches cost less; but they take memory
BATCH = 20_000
# what spreadsheets put where commas belong
SEPARATORS = {";": "semicolons", "\t": "tabs"}


class WrongFile(Exception):
    """Nothing of this file can be taken; the text names the place and the cure."""


class CutShort(Exception):
    """The file could not be read to its end; what came before is good."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that is left out, and why."""

    number: int
    why: str


class Line(NamedTuple):  # made a million times
    """The values of one line, and the names that the first one gives them: as many, and all of them stripped."""

    number: int
    names: tuple[str, ...]
    row: Sequence[str]

    def get(self, name: str) -> str:
        """The value under this name; "" where there is none."""
        return self.row[self.names.index(name)] if name in self.names else ""

    @property
    def values(self) -> dict[str, str]:
        return dict(zip(self.names, self.row, strict=True))


def opened(path: Path) -> TextIO:
    """A CSV file as spreadsheets write it: UTF-8, or the UTF-16 of "Unicode text". Raises OSError."""
    with path.open("rb") as file:
        wide = file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    return path.open(encoding="utf-16" if wide else "utf-8-sig", errors="replace", newline="")


def header_of(path: Path, needed: Iterable[str]) -> tuple[str, ...]:
    """The names of the columns. Raises WrongFile and OSError."""
    with opened(path) as file:
        return _header(_rows(file), path, needed)


def lines_of(path: Path, needed: Iterable[str], after: int = 0) -> Iterator[Line | Rejected]:
    """The lines below the first, those up to line `after` skipped. Raises WrongFile, CutShort and OSError."""
    with opened(path) as file:
        rows = _rows(file)
        header = _header(rows, path, needed)
        try:
            for row in rows:
                if rows.line_num > after and any(row):
                    yield _line(rows.line_num, header, row)
        except csv.Error as error:
            why = f"{error}: is a quote left open before? The lines after it were not read"
            raise CutShort(f"{path.name}:{rows.line_num}: {why}") from error


def batches(path: Path, needed: Iterable[str], after: int = 0) -> Iterator[list[Line | Rejected]]:
    """The same, many at a time. Raises WrongFile, OSError, and CutShort after all that came before the trouble."""
    batch: list[Line | Rejected] = []
    try:
        for line in lines_of(path, needed, after):
            batch.append(line)
            if len(batch) == BATCH:
                yield batch
                batch = []
    except CutShort:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def _rows(file: TextIO) -> Any:
    """Without NUL, which PostgreSQL does not hold: one in a million lines would keep out all the others."""
    return csv.reader(map(storable, file))


def _header(rows: Iterator[list[str]], path: Path, needed: Iterable[str]) -> tuple[str, ...]:
    try:
        written = [name.strip() for name in next(rows, [])]
    except csv.Error as error:
        raise WrongFile(f"{path.name}:1: {error}: this is no CSV file") from error
    header = tuple(name.lower() for name in written)
    missing = [name for name in needed if name not in header]
    if missing:
        raise WrongFile(f"{path.name}:1: {_missing(missing, header)}")
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise WrongFile(f"{path.name}:1: the column `{twice[0]}` is there twice; rename one of them")
    return header


def _missing(missing: list[str], header: Sequence[str]) -> str:
    told = f"there is no column `{missing[0]}`: the first line names the columns"
    for mark, called in SEPARATORS.items():
        if len(header) == 1 and mark in header[0]:
            return f"{told}, with commas between them; this file has {called}"
    near = get_close_matches(missing[0], header, 1)
    return f"{told}; did you mean `{missing[0]}` where it says `{near[0]}`?" if near else told


def _line(number: int, header: tuple[str, ...], row: list[str]) -> Line | Rejected:
    if len(row) > len(header):
        why = f"{len(row)} values for {len(header)} columns: a comma too many, or quotes are missing"
        return Rejected(number, why)
    return Line(number, header, [*map(str.strip, row), *("",) * (len(header) - len(row))])
