"""Lines of CSV and JSON Lines files → items, and a reason for each line that cannot be used."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from io import TextIOWrapper
from typing import Any, BinaryIO

from connectors.contract import NOBODY, Author, Item
from connectors.dates import read_time
from connectors.stars import number

COLUMNS = ("external_id", "source", "brand", "author", "url", "title", "text", "language", "rating", "posted_at")
TABLES, LINES = (".csv", ".tsv"), (".jsonl", ".ndjson")
LONGEST_NAME = 500
MOST_STARS = 5

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One usable line: its number in the file, which source it names ("" when none), and what was said."""

    line: int
    source: str
    item: Item


@dataclass(frozen=True, slots=True)
class Rejected:
    """One line that cannot be used, by its number in the file, and why."""

    line: int
    why: str


class Unusable(Exception):
    """Why a line is rejected."""


def rows_in(content: BinaryIO, table: bool) -> Iterator[Row | Rejected]:
    """Every line, in order: of a table (CSV with a header), else of JSON objects. Only `text` must be there.

    Closes `content` at the end.
    """
    seen: Counter[bytes] = Counter()
    # surrogateescape: one broken character costs its own line, not the file
    with TextIOWrapper(content, "utf-8-sig", "surrogateescape", newline="" if table else "\n") as file:
        for line, values in (_cells if table else _objects)(file):
            try:
                yield _row(line, values, seen)
            except Unusable as error:
                yield Rejected(line, str(error))


def _objects(file: TextIOWrapper) -> Iterator[tuple[int, Values | Unusable]]:
    for line, text in enumerate(file, 1):
        if text.strip():
            try:
                values = json.loads(text)
            except (ValueError, RecursionError):
                values = None
            yield line, values if isinstance(values, dict) else Unusable("not an object of JSON on one line")


def _cells(file: TextIOWrapper) -> Iterator[tuple[int, Values | Unusable]]:
    first = file.readline()
    if not first:
        return
    separator = max(",;\t", key=first.count)
    header = [name.strip().lower() for name in next(csv.reader([first], delimiter=separator), [])]
    if "text" not in header:
        yield 1, Unusable("there is no column `text`: the first line names the columns, in UTF-8")
        return
    rows = csv.reader(file, delimiter=separator)
    while True:
        line = rows.line_num + 2
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, Unusable(str(error))
            continue
        if cells:
            yield line, dict(zip(header, cells, strict=False))


def _row(line: int, values: Values | Unusable, seen: Counter[bytes]) -> Row:
    if isinstance(values, Unusable):
        raise values
    told = {name: _text(name, values.get(name)) for name in COLUMNS}
    if not told["text"]:
        raise Unusable("no text")
    item = Item(
        external_id=told["external_id"] or _identity(told, seen),
        text=told["text"],
        title=told["title"],
        url=told["url"] or None,
        author=Author(handle=told["author"]) if told["author"] else NOBODY,
        language=told["language"] or None,
        rating=_rating(told["rating"]),
        posted_at=_time(told["posted_at"]),
        brand=told["brand"] or None,
    )
    return Row(line, told["source"], item)


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Unusable(f"{name} is no text")
    text = str(value).strip().replace("\0", "")
    if not text.isascii():
        _check_utf8(name, text)
    if name in ("external_id", "source", "brand") and len(text) > LONGEST_NAME:
        raise Unusable(f"{name} is longer than {LONGEST_NAME} characters")
    return text


def _check_utf8(name: str, text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Unusable(f"{name} is not UTF-8") from None


def _identity(told: Mapping[str, str], seen: Counter[bytes]) -> str:
    """Of a row without an id: its content, and for equal rows of one file their order, so that none is lost."""
    content = blake2b("\x1f".join(told.values()).encode(), digest_size=12).digest()
    seen[content] += 1
    return content.hex() if seen[content] == 1 else f"{content.hex()}-{seen[content]}"


def _rating(written: str) -> float | None:
    if not written:
        return None
    stars = number(written)
    if stars is None or not 0 <= stars <= MOST_STARS:
        raise Unusable(f"rating {written[:40]!r} is no number of stars from 0 to {MOST_STARS}")
    return stars


def _time(written: str) -> datetime | None:
    if not written:
        return None
    at = read_time(written)
    if at is None:
        raise Unusable(f"posted_at {written[:40]!r} is no time: write 2026-11-23T10:00:00Z")
    return at
