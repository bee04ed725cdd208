"""How long a feed may be left alone: what its entries suggest, and what its publisher asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from connectors.dates import read_time

SHORTEST, LONGEST = 15 * 60, 24 * 3600
LAST = 20
SECONDS = re.compile(r"\bmax-age\s*=\s*\"?(\d{1,9})", re.I | re.A)


def pause(moments: Sequence[datetime]) -> int | None:
    """Half the median gap between the last 20 entries, in seconds; None when fewer than two are dated."""
    last = sorted(moments)[-LAST:]
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(last)]
    return int(median(gaps) / 2) if gaps else None


def every(pause: int | None, floor: int, headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """The wait until the next poll: `pause`, not below what document and answer ask for, 15 minutes to 24 hours.

    None when nothing suggests anything.
    """
    # a max-age of a year is a mistake in a feed, so the longest wait caps what is asked for too
    least = max(floor, freshness(headers, now))
    if pause is None and not least:
        return None
    return timedelta(seconds=min(LONGEST, max(SHORTEST, pause or 0, least)))


def freshness(headers: Mapping[str, str], now: datetime) -> int:
    """For how many seconds more an answer is fresh: max-age less Age, else until Expires."""
    if told := SECONDS.search(headers.get("cache-control", "")):
        age = headers.get("age", "")
        return max(0, int(told[1]) - (int(age[:9]) if age.isascii() and age.isdigit() else 0))
    until = read_time(headers.get("expires", ""))
    return max(0, int((until - now).total_seconds())) if until else 0
