"""The persons of a stretch of time against the usual: quarters of an hour, windows that end with one, their z."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

QUARTER = 900
HOUR = 3_600 // QUARTER
DAY = 24 * HOUR
# one person with twenty accounts, or a call to arms, fills a quarter and not an afternoon
MOST_A_QUARTER = 3
LONG, SHORT = 6 * HOUR, 3 * HOUR
WIDTHS = (LONG, SHORT)
GUARD, DAYS = 1, 13
# the same clock time, and as much before and after: three looks at each day steady the mean of a few days
LOOKS = (0, -6, 6)
# against less than half a person every count would be a multitude
LEAST_USUAL = 0.5


class Usual(NamedTuple):
    """What is expected in a window: the mean of `windows` days at this clock time, and how far they scatter."""

    mean: float
    scatter: float
    windows: int


@dataclass(frozen=True, slots=True)
class Rate:
    """The persons of a window of `hours` against the usual. 13 `windows` are a full history, few a short one."""

    hours: int
    persons: int
    expected: float
    z: float
    windows: int

    @property
    def ratio(self) -> float:
        """How many times the usual."""
        return round(self.persons / max(self.expected, LEAST_USUAL), 2)


@dataclass(frozen=True, slots=True)
class Span:
    """One burst: when its alarm was raised, and the start of the quarter after its end (None: it goes on)."""

    start: float
    end: float | None = None


def quarter(at: float) -> int:
    return int(at // QUARTER)


def as_rate(width: int, persons: int, usual: Usual) -> Rate:
    # the mean of few days is itself off by as much as one day is, over the root of their number
    doubt = sqrt((1 + 1 / max(usual.windows, 1)) / (1 + 1 / DAYS))
    z = (persons - usual.mean) / (max(usual.scatter, sqrt(usual.mean + 0.5)) * doubt)
    return Rate(width // HOUR, persons, round(usual.mean, 2), round(z, 2), usual.windows)


def is_alarmed(last: int, width: int, spans: Iterable[Span]) -> bool:
    """Whether a window overlaps a burst."""
    start, end = (last - width + 1) * QUARTER, (last + 1) * QUARTER
    return any(span.start < end and (span.end is None or span.end > start) for span in spans)


class Hearing:
    """Who spoke in which quarter, and since when; each person once in a quarter, with the first time."""

    def __init__(self, began: float, prior: float) -> None:
        self.began = began
        self.prior = prior
        self.heard: dict[int, dict[str, float]] = {}
        # the counts of whole windows by width and last quarter, and the latest of these quarters
        self._counts: dict[tuple[int, int], int] = {}
        self._counted_to = 0

    def add(self, person: str, at: float) -> int | None:
        """The quarter in which this is new, if it is."""
        now = quarter(at)
        there = self.heard.setdefault(now, {})
        if there.get(person, at + 1) <= at:
            return None
        there[person] = at
        if self._counted_to >= now:
            self._counts = {key: count for key, count in self._counts.items() if key[1] < now}
            self._counted_to = now - 1
        return now

    def gathered(self, last: int, width: int) -> tuple[set[str], int]:
        """The persons of the quarters up to `last`, and how many of them count."""
        seen: set[str] = set()
        counted = 0
        for now in range(last - width + 1, last + 1):
            if there := self.heard.get(now):
                new = there.keys() - seen
                counted += min(len(new), MOST_A_QUARTER)
                seen |= new
        return seen, counted

    def count(self, last: int, width: int) -> int:
        """How many persons of a whole window count."""
        if (found := self._counts.get((width, last))) is None:
            found = self._counts[width, last] = self.gathered(last, width)[1]
            self._counted_to = max(self._counted_to, last)
        return found

    def usual(self, now: int, width: int, spans: tuple[Span, ...]) -> Usual:
        """The windows at about the same clock time that were listened to and that no burst had.

        The mean is the higher one of the very time and of all looks: at dawn and at dusk neither looks too low.
        """
        ends = [now - day * DAY for day in range(1 + GUARD, 1 + GUARD + DAYS)]
        counts = self._counts_at(ends, width, spans)
        prior = self.prior * width / LONG
        if not counts:
            return Usual(prior, 0.0, 0)
        looks = self._counts_at([end + look for look in LOOKS for end in ends], width, spans)
        mean = sum(counts) / len(counts)
        # the statistics module takes fractions for exactness, and twenty times as long
        scatter = sqrt(sum((count - mean) ** 2 for count in counts) / len(counts))
        return Usual(max(mean, sum(looks) / len(looks), prior), scatter, len(counts))

    def _counts_at(self, ends: Iterable[int], width: int, spans: tuple[Span, ...]) -> list[int]:
        first = quarter(self.began) + width - 1
        listened = [end for end in ends if end >= first]
        # what touches a burst is unusual by definition; but a burst of two weeks is the new usual
        quiet = [end for end in listened if not is_alarmed(end, width, spans)]
        return [self.count(end, width) for end in quiet or listened]

    def rate(self, now: int, width: int, spans: tuple[Span, ...]) -> Rate:
        return as_rate(width, self.count(now, width), self.usual(now, width, spans))

    def each(self, now: int, spans: tuple[Span, ...]) -> list[tuple[float, tuple[Rate, ...]]]:
        """After each person of a quarter, in the order of time: the rates of both windows."""
        windows = [(width, self.gathered(now - 1, width - 1), self.usual(now, width, spans)) for width in WIDTHS]
        added = dict.fromkeys(WIDTHS, 0)
        found = []
        for at, person in sorted((at, person) for person, at in self.heard[now].items()):
            rates = []
            for width, (seen, persons), usual in windows:
                added[width] += person not in seen
                rates.append(as_rate(width, persons + min(added[width], MOST_A_QUARTER), usual))
            found.append((at, tuple(rates)))
        return found
