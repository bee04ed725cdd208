"""Ratings on any scale, read as stars from 0 to 5."""

from __future__ import annotations

import math
import re

_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
# sites that leave bestRating out mean one of these
_GUESSES = (5.0, 10.0, 100.0)


def number(value: object) -> float | None:
    """The finite number in `4`, `"4,5"`, `"4.5 stars"`; None for anything else."""
    if isinstance(value, str):
        # the comma is the decimal sign of half the world
        found = _NUMBER.search(value[:40])
        value = float(found.group().replace(",", ".")) if found else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    # JSON has integers that no float can hold
    except OverflowError:
        return None


def stars(value: object, best: object = None, worst: object = None) -> float | None:
    """`value` on the scale from `worst` to `best`, as 0 to 5 stars; None when it cannot be on that scale.

    Scales that start at 0 or 1 keep their zero, so 1 of 5 is one star and 8 of 10 are four. Others, also
    those whose best is the smaller number (school grades), are stretched over the whole range. An unnamed
    best is 5, or the next of 10 and 100 when the value is larger. `"4/5"` and `"80%"` name their own.
    """
    if isinstance(value, str):
        value, best = _own_scale(value, best)
    given, low = number(value), number(worst)
    if given is None:
        return None
    high = number(best) or next((guess for guess in _GUESSES if given <= guess), None)
    if high is None:
        return None
    # stretching 1…5 over 0…5 would turn four stars into 3.75
    zero = 0.0 if low is None or 0 <= low <= min(1.0, high) else low
    return _share(given, zero, high)


def _own_scale(text: str, best: object) -> tuple[str, object]:
    if text.rstrip().endswith("%"):
        return text, 100
    for between in ("/", " of ", " out of "):
        value, found, scale = text.partition(between)
        if found and number(scale):
            return value, scale
    return text, best


def _share(given: float, zero: float, high: float) -> float | None:
    if zero == high:
        return None
    share = (given - zero) / (high - zero)
    return round(share * 5, 2) if 0 <= share <= 1 else None
