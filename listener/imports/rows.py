"""A file's lines → rows: an item and its source for each line that can be used, a reason for each that cannot."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from typing import Any

from connectors.contract import NOBODY, Author, Item
from connectors.dates import read_time
from connectors.stars import number

COLUMNS = ("external_id", "source", "brand", "author", "url", "title", "text", "language", "rating", "posted_at")
DEFAULT_SOURCE = "import"
LONGEST_NAME = 500
MOST_STARS = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One usable line: its number in the file, which source it belongs to, and what was said."""

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


def rows_of(path: Path) -> Iterator[Row | Rejected]:
    """Every line of the file, in order. Raises OSError."""
    seen: Counter[bytes] = Counter()
    with path.open("rb") as raw:
        is_json = _is_json(path, raw)
        # surrogateescape: one broken character costs its own line, not the file
        file = TextIOWrapper(raw, encoding="utf-8-sig", errors="surrogateescape", newline="" if not is_json else "\n")
        for line, values in (_json_lines if is_json else _csv_lines)(file):
            try:
                yield _row(line, values, seen)
            except Unusable as error:
                yield Rejected(line, str(error))


def _is_json(path: Path, raw: BufferedReader) -> bool:
    """By the name's ending, else by whether the first line is an object."""
    if path.suffix.lower() in (".jsonl", ".ndjson", ".json", ".csv", ".tsv"):
        return path.suffix.lower() not in (".csv", ".tsv")
    return raw.peek(16).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def _json_lines(file: TextIOWrapper) -> Iterator[tuple[int, Mapping[str, Any] | Unusable]]:
    for line, text in enumerate(file, 1):
        if text.strip():
            try:
                values = json.loads(text)
            except (ValueError, RecursionError):
                values = None
            yield line, values if isinstance(values, dict) else Unusable("not an object of JSON on one line")


def _csv_lines(file: TextIOWrapper) -> Iterator[tuple[int, Mapping[str, Any] | Unusable]]:
    first = file.readline()
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


def _row(line: int, values: Mapping[str, Any] | Unusable, seen: Counter[bytes]) -> Row:
    if isinstance(values, Unusable):
        raise values
    told = {name: _text(name, values.get(name)) for name in COLUMNS}
    if not told["text"]:
        raise Unusable("no text")
    return Row(
        line,
        told["source"] or DEFAULT_SOURCE,
        Item(
            external_id=told["external_id"] or _identity(told, seen),
            text=told["text"],
            title=told["title"],
            url=told["url"] or None,
            author=Author(handle=told["author"]) if told["author"] else NOBODY,
            language=told["language"] or None,
            rating=_rating(told["rating"]),
            posted_at=_time(told["posted_at"]),
            brand=told["brand"] or None,
        ),
    )


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Unusable(f"{name} is no text")
    text = str(value).strip()
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
