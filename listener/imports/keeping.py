"""Rows of a file → arrivals in the store, under the brands and sources of the configuration."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import BufferedReader
from pathlib import Path

from connectors.contract import Item
from connectors.rows import LINES, TABLES, Rejected, Row, rows_in
from listener.config import Config, SourceEntry
from listener.intake import Intake, Origin
from listener.model.plan import Taken
from listener.store import Store

DEFAULT_SOURCE = "import"


def rows_of(path: Path) -> Iterator[Row | Rejected]:
    """Every line of the file, in order. Raises OSError."""
    with path.open("rb") as content:
        if not content.peek(1):
            yield Rejected(1, "the file is empty")
        yield from rows_in(content, _is_table(path, content))


def _is_table(path: Path, content: BufferedReader) -> bool:
    """By the name's ending, else by whether the first line is an object."""
    ending = path.suffix.lower()
    if ending in (*TABLES, *LINES, ".json"):
        return ending in TABLES
    return not content.peek(16).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of some lines: usable rows, new items, new mentions, edits, repeats."""

    rows: int = 0
    items: int = 0
    mentions: int = 0
    edited: int = 0
    repeated: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, name) + getattr(other, name) for name in Tally.__slots__))


class Importer:
    """Keeps rows. Everything kept is history, never acted on, unless `act`."""

    def __init__(self, store: Store, intake: Intake, config: Config, at: datetime, act: bool) -> None:
        self._store = store
        self._intake = intake
        self._sources: Mapping[str, SourceEntry] = {entry.name: entry for entry in config.sources}
        self._brands = {brand.name.casefold(): brand.name for brand in config.brands}
        self._age = config.actions.max_age
        self._at = at
        self._act = act

    def usable(self, row: Row) -> Row | Rejected:
        """The row with its brand as configured; the only brand where it names none."""
        names = list(self._brands.values())
        if row.item.brand is None:
            return replace(row, item=replace(row.item, brand=names[0])) if len(names) == 1 else row
        known = self._brands.get(row.item.brand.casefold())
        if known is None:
            there_are = ", ".join(names) or "none"
            return Rejected(row.line, f"brand {row.item.brand!r} is not configured; there are {there_are}")
        return replace(row, item=replace(row.item, brand=known))

    def keep(self, rows: Iterable[Row]) -> Tally:
        """One transaction for the rows of each source. Raises StoreTrouble."""
        by_source: dict[str, list[Item]] = defaultdict(list)
        for row in rows:
            by_source[row.source or DEFAULT_SOURCE].append(row.item)
        return sum((self._keep(source, items) for source, items in by_source.items()), Tally())

    def _keep(self, source: str, items: Sequence[Item]) -> Tally:
        arrivals = list(self._intake.arrivals(items, self._origin(source)))
        taken: Taken = self._store.arrivals.take(source, arrivals, self._at)
        return Tally(len(items), taken.items, taken.mentions, taken.edited, taken.repeated)

    def _origin(self, source: str) -> Origin:
        entry = self._sources.get(source)
        return Origin(
            source=source,
            kind=entry.spoken_of if entry else DEFAULT_SOURCE,
            platform=entry.platform if entry else source,
            voice=entry.voice if entry else "discussion",
            brands=tuple(self._brands.values()),
            everything=False,
            first_poll=False,
            at=self._at,
            young=self._age.first_poll,
            fresh=self._age.tickets,
            history=not self._act,
        )
