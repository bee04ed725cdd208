"""Rates that say how sure they are: a share with its denominator and interval, and what the next months may bring."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Z = 1.959964  # two-sided 95 %


@dataclass(frozen=True, slots=True)
class Rate:
    """`count` of `of`, with the 95 % interval of the share (0 to 1). All None where nothing was counted."""

    count: int
    of: int
    share: float | None
    low: float | None
    high: float | None

    def __str__(self) -> str:
        if self.share is None or self.low is None or self.high is None:
            return f"{self.count} of {self.of}"
        return f"{self.share:.1%} ({self.count} of {self.of}; 95 %: {self.low:.1%} to {self.high:.1%})"


def rate(count: int, of: int) -> Rate:
    """The share with Wilson's interval, which stays honest for small numbers and for 0 and 1.

    Source: Wilson 1927, as recommended by Brown, Cai and DasGupta 2001. Raises ValueError where `count` exceeds `of`.
    """
    if not 0 <= count <= of:
        raise ValueError(f"{count} of {of} is no share")
    if of == 0:
        return Rate(0, 0, None, None, None)
    share, spread = count / of, Z * Z / of
    middle = (share + spread / 2) / (1 + spread)
    half = Z / (1 + spread) * math.sqrt(share * (1 - share) / of + spread / of / 4)
    return Rate(count, of, share, max(0.0, middle - half), min(1.0, middle + half))


@dataclass(frozen=True, slots=True)
class Forecast:
    """About how many are to be expected, and between which numbers 95 of 100 such forecasts would end."""

    expected: float
    low: float
    high: float
    months: int


def forecast(by_month: Sequence[int], ahead: int = 3) -> Forecast | None:
    """The next `ahead` months from the counts of whole past months, oldest first. None with fewer than three.

    Two doubts are added: that the mean is itself only estimated, and that months scatter. The scatter is taken from the
    months where they vary more than a Poisson process would (variance / mean above 1), never below it.
    """
    months = len(by_month)
    if months < 3:
        return None
    mean = sum(by_month) / months
    variance = sum((count - mean) ** 2 for count in by_month) / (months - 1)
    scatter = max(1.0, variance / mean) if mean else 1.0
    expected = mean * ahead
    # half a count keeps a history of zeros from promising zero for certain
    doubt = Z * math.sqrt(scatter * (mean + 0.5 / months) * ahead * (1 + ahead / months))
    return Forecast(expected, max(0.0, expected - doubt), expected + doubt, months)
