"""Whether a fix held: quiet enough to call it resolved, or back, which is a new episode."""

from __future__ import annotations

import math
from collections import Counter as Tally
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

GRACE = timedelta(hours=6)  # reports of this long after a fix may still be of the time before it
WINDOW = timedelta(hours=6)
BACK, Z = 3, 3.0
DOUBLE, PART_OF_PEAK = 2.0, 0.2
LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Watch:
    """What was heard of an issue since its fix. `posts` are (when it was posted, person), in any order.

    `usual` and `peak` are persons in 6 h: before the trouble, and at its height.
    """

    fixed_at: datetime
    posts: Sequence[tuple[datetime, str]]
    usual: float
    peak: float


@dataclass(frozen=True, slots=True)
class Held:
    """`state` is watching, resolved or regressed; `why` in figures."""

    state: str
    why: str


def judged(watch: Watch, now: datetime) -> Held:
    """Whether the fix held, as far as it can be told now. Posts of before the fix, however late, say nothing."""
    since = watch.fixed_at + GRACE
    later = [(at, person) for at, person in watch.posts if since <= at <= now]
    back = {person for _, person in later}
    if len(back) >= BACK:
        return Held("regressed", f"{len(back)} persons have it again, 6 h or more after the fix")
    recent = {person for at, person in later if at > now - WINDOW}
    z = (len(recent) - watch.usual) / math.sqrt(watch.usual + 0.5)
    if recent and z >= Z:
        return Held("regressed", f"{len(recent)} persons in 6 h, usual are {watch.usual:.1f}: z {z:.1f}")
    return _quiet(watch, len(back), now - since)


def _quiet(watch: Watch, persons: int, passed: timedelta) -> Held:
    windows = passed / WINDOW
    limit = max(DOUBLE * watch.usual, PART_OF_PEAK * watch.peak)
    bound = upper_bound(persons) / windows if windows > 0 else math.inf
    told = f"at most {bound:.2f} persons in 6 h (95 %), wanted below {limit:.2f}"
    return Held("resolved" if bound < limit else "watching", told)


def upper_bound(count: int) -> float:
    """The largest Poisson mean that would give so few, or fewer, once in twenty times; 3 for none."""
    low, high = float(count), count + 5 + 4 * math.sqrt(count + 1)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _at_most(count, middle) > LEVEL else (low, middle)
    return high


def _at_most(count: int, mean: float) -> float:
    return math.fsum(math.exp(each * math.log(mean) - mean - math.lgamma(each + 1)) for each in range(count + 1))


def peak_of(posts: Sequence[tuple[datetime, str]]) -> float:
    """The most persons that any 6 h had; posts are in the order of their time."""
    here: Tally[str] = Tally()
    most, start = 0, 0
    for at, person in posts:
        here[person] += 1
        while posts[start][0] <= at - WINDOW:
            gone = posts[start][1]
            here[gone] -= 1
            if not here[gone]:
                del here[gone]
            start += 1
        most = max(most, len(here))
    return float(most)
