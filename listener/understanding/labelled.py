"""Files of texts that people have labelled, CSV or JSON Lines: text, label, optional brand and stars."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from listener.model.verdict import Label

LABELS: tuple[Label, ...] = tuple(label for label in get_args(Label) if label != "unscored")
SHORT: Mapping[str, Label] = {label[:3]: label for label in LABELS}
WANTED = f"one of {', '.join(LABELS)}"
MOST_STARS = 5


@dataclass(frozen=True, slots=True)
class Labelled:
    """One row of a gold standard: what people say the text is; `brand` and `stars` where known."""

    text: str
    label: Label
    brand: str = ""
    stars: float | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """One line that cannot be used, by its number in the file, and why."""

    line: int
    why: str


def read(path: Path) -> tuple[list[Labelled], list[Refused]]:
    """The rows of a file and the lines that were refused. Raises OSError."""
    text = path.read_text("utf-8-sig", errors="replace")
    is_json = text.lstrip().startswith("{")
    rows: list[Labelled] = []
    refused: list[Refused] = []
    for line, values in json_lines(text) if is_json else csv_lines(text):
        row = labelled(values) if values is not None else "it is not an object of JSON"
        if isinstance(row, Labelled):
            rows.append(row)
        else:
            refused.append(Refused(line, row))
    return rows, refused


def json_lines(text: str) -> Iterator[tuple[int, Mapping[str, Any] | None]]:
    # not splitlines(): it also splits at characters that stand within texts
    for line, written in enumerate(text.split("\n"), 1):
        if written.strip():
            try:
                values = json.loads(written)
            except (ValueError, RecursionError):
                values = None
            yield line, values if isinstance(values, dict) else None


def csv_lines(text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    first = text.partition("\n")[0]
    reader = csv.DictReader(whole_lines(text), delimiter=max(",;\t", key=first.count))
    reader.fieldnames = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    try:
        for values in reader:
            yield reader.line_num, values
    except csv.Error as trouble:
        yield reader.line_num + 1, {"trouble": str(trouble)}


def whole_lines(text: str) -> Iterable[str]:
    """Lines with their ends, as the csv module wants them; NUL is what older versions of it choke on."""
    return (line + "\n" for line in text.replace("\0", "").replace("\r\n", "\n").split("\n"))


def labelled(values: Mapping[str, Any]) -> Labelled | str:
    """The row, or what is wrong with it."""
    if "trouble" in values:
        return f"the rest of the file is not readable as CSV: {values['trouble']}"
    text, label = values.get("text"), label_named(values.get("label"))
    if not isinstance(text, str):
        return "it has no text"
    if label is None:
        return f"its label {str(values.get('label'))[:40]!r} is not {WANTED}"
    stars = as_stars(values.get("stars"))
    if isinstance(stars, str):
        return stars
    return Labelled(text, label, str(values.get("brand") or "").strip(), stars)


def label_named(written: object) -> Label | None:
    """The label of that name or its first three letters, in any case."""
    return SHORT.get(word[:3]) if (word := str(written).strip().lower()) in (*LABELS, *SHORT) else None


def as_stars(written: object) -> float | str | None:
    """The number of stars, None where none are given, or what is wrong."""
    if written is None or written == "":
        return None
    try:
        stars = float(str(written))
    except ValueError:
        stars = -1.0
    return stars if 0 <= stars <= MOST_STARS else f"its stars {str(written)[:40]!r} are no number from 0 to 5"
