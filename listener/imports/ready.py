"""Rows of a file → arrivals, and verdicts of them: all that needs no store."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from io import BufferedReader
from itertools import islice
from pathlib import Path

from connectors.contract import Item
from connectors.rows import LINES, TABLES, Rejected, Row, rows_in
from listener.intake import BrandNames, Brands, Intake, Origin
from listener.model.plan import Arrival
from listener.model.verdict import Utterance, Verdict
from listener.understanding.judging import Understanding
from listener.understanding.learned import Learned
from listener.understanding.packs import UnreadableWords
from listener.understanding.utterances import BrandWords, coming, utterance

BATCH = 500
DEFAULT_SOURCE = "import"


@dataclass(frozen=True, slots=True)
class WordFiles:
    """What the configuration says about understanding."""

    languages: tuple[str, ...]
    packs: tuple[str, ...]
    words: Path
    topics: Path


@dataclass(frozen=True, slots=True)
class Reader:
    """What a verdict is made with, besides what was learned, which is in the store."""

    files: WordFiles
    words: Mapping[str, BrandWords]


@dataclass(frozen=True, slots=True)
class Task:
    """A file, and everything that its rows are made ready with. `reader` None: verdicts are left to the judge.

    `origins` are those of the configured sources, by name; `elsewhere` is that of a row that names none of them.
    """

    file: Path
    brands: tuple[BrandNames, ...]
    products: tuple[BrandNames, ...]
    origins: Mapping[str, Origin]
    elsewhere: Origin
    reader: Reader | None


@dataclass(frozen=True, slots=True)
class Ready:
    """Some lines of the file: those that cannot be used, arrivals by source, and what is known of their verdicts."""

    rejected: tuple[Rejected, ...]
    arrivals: Mapping[str, tuple[Arrival, ...]]
    verdicts: tuple[Verdict, ...] = ()


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


class Preparing:
    """Makes a file ready, a batch at a time. Raises OSError and UnreadableWords.

    `learned` is asked for what was learned before the first verdict.
    """

    def __init__(self, task: Task, learned: Callable[[], Learned | None]) -> None:
        self._task = task
        self._learned = learned
        self._intake = Intake(Brands(task.brands), Brands(task.products))
        self._names = {brand.name.casefold(): brand.name for brand in task.brands}

    def batches(self) -> Iterator[Ready]:
        """Everything in the file, in order."""
        rows = map(self._usable, rows_of(self._task.file))
        while batch := list(islice(rows, BATCH)):
            yield self._ready(batch)

    def _usable(self, row: Row | Rejected) -> Row | Rejected:
        """The row with its brand as configured; the only brand where it names none."""
        if isinstance(row, Rejected):
            return row
        names = list(self._names.values())
        if row.item.brand is None:
            return replace(row, item=replace(row.item, brand=names[0])) if len(names) == 1 else row
        known = self._names.get(row.item.brand.casefold())
        if known is None:
            there_are = ", ".join(names) or "none"
            return Rejected(row.line, f"brand {row.item.brand!r} is not configured; there are {there_are}")
        return row if known == row.item.brand else replace(row, item=replace(row.item, brand=known))

    def _ready(self, batch: Iterable[Row | Rejected]) -> Ready:
        rejected: list[Rejected] = []
        by_source: dict[str, list[Item]] = defaultdict(list)
        for row in batch:
            if isinstance(row, Rejected):
                rejected.append(row)
            else:
                by_source[row.source or DEFAULT_SOURCE].append(row.item)
        arrivals = {
            source: tuple(self._intake.arrivals(items, self._origin(source))) for source, items in by_source.items()
        }
        return Ready(tuple(rejected), arrivals, tuple(self._verdicts(arrivals)))

    def _origin(self, source: str) -> Origin:
        return self._task.origins.get(source) or replace(self._task.elsewhere, source=source, platform=source)

    def _verdicts(self, arrivals: Mapping[str, tuple[Arrival, ...]]) -> Iterator[Verdict]:
        reader = self._task.reader
        return map(self._understanding.judge, said_in(arrivals, reader.words)) if reader else iter(())

    @cached_property
    def _understanding(self) -> Understanding:
        assert self._task.reader
        understanding = Understanding.from_files(self._task.reader.files)
        understanding.learned = self._learned()
        return understanding


def ready_or_not(preparing: Preparing) -> Iterator[Ready | Exception | None]:
    """Everything in the file, then None, or the trouble in the way."""
    try:
        yield from preparing.batches()
    except (UnreadableWords, OSError) as trouble:
        yield trouble
    yield None


def said_in(arrivals: Mapping[str, tuple[Arrival, ...]], words: Mapping[str, BrandWords]) -> Iterator[Utterance]:
    """What is to be judged in arrivals, in the order of the verdicts that belong to it."""
    return (
        utterance(coming(arrival.columns), brand, words)
        for each in arrivals.values()
        for arrival in each
        for brand in arrival.words
    )
