"""The persons of a stretch of time against the usual: windows that end with a quarter of an hour, and their z."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    z = (persons - usual.mean) / max(usual.scatter, sqrt(usual.mean + 0.5))
    return Rate(width // HOUR, persons, round(usual.mean, 2), round(z, 2), usual.windows)


def is_touched(now: int, spans: tuple[Span, ...]) -> bool:
    """Whether a burst is in what the windows of a quarter are held against."""
    return bool(spans) and is_alarmed(now - (1 + GUARD) * DAY, (DAYS - 1) * DAY + LONG, spans)


def is_alarmed(last: int, width: int, spans: Iterable[Span]) -> bool:
    """Whether a window overlaps a burst."""
    start, end = (last - width + 1) * QUARTER, (last + 1) * QUARTER
    return any(span.start < end and (span.end is None or span.end > start) for span in spans)


def ends(now: int) -> list[int]:
    """The windows that one is held against: on each day, without those next to it."""
    return [now - day * DAY for day in range(1 + GUARD, 1 + GUARD + DAYS)]


def usual_of(counts: Sequence[int], least: float) -> Usual:
    """The usual of these windows, of which at least so many persons are expected."""
    mean = sum(counts) / len(counts)
    # the statistics module takes fractions for exactness, and twenty times as long
    scatter = sqrt(sum((count - mean) ** 2 for count in counts) / len(counts))
    return Usual(max(mean, least), scatter, len(counts))
