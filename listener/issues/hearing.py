"""Who spoke when: how many persons count in a window, and what is usual there."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from hashlib import blake2b
from itertools import repeat
from math import inf, sqrt
from operator import getitem
from typing import TYPE_CHECKING, Any

from listener.issues.rates import (
    DAY,
    DAYS,
    GUARD,
    LONG,
    LOOKS,
    MOST_A_QUARTER,
    QUARTER,
    WIDTHS,
    Rate,
    Span,
    Usual,
    as_rate,
    ends,
    is_alarmed,
    quarter,
    usual_of,
)

if TYPE_CHECKING:
    import numpy as np

NOBODY = bytes(LONG)
# a quarter asks for three looks at each of the other days; so many quarters are gone over with a batch
LEAST_REMEMBERED = 4 * 3 * DAYS
# windows of so few quarters are counted faster than they are looked up
FEW = 16
# so many quarters are gone over all at once, and not more than of a year
MANY = 32
LONGEST = 366 * DAY
# a z is rounded to hundredths
CERTAIN = 0.02


@cache
def new_by_pauses(pauses: tuple[int, ...]) -> bytes:
    """How many of these are new in a window that began 0, 1, … quarters before."""
    return bytes(sum(pause > into for pause in pauses) for into in range(LONG))


def number_of(person: str) -> int:
    """What stands for a person: 64 bits, as a name takes ten times the room. The same in every process."""
    digest = blake2b(person.encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(digest.digest(), "big", signed=True)


class Hearing:
    """Who spoke when, and since when is listened; each person counts once in a quarter, with the first time."""

    def __init__(self, began: float, prior: float) -> None:
        self.began = began
        self.prior = prior
        # everything that was said, in the order of time, 16 bytes each
        self._times = array("d")
        self._persons = array("q")
        # of each quarter how many are new in a window that began so many quarters before, but for those to count anew
        self._new: dict[int, bytes] = {}
        self._stale: set[int] = set()
        # the counts of windows by their width and their last quarter: of other days the same are asked for again
        self._counts: dict[int, dict[int, int]] = {}

    def add(self, person: int, at: float) -> int | None:
        """The quarter in which this is new, if it is."""
        now = quarter(at)
        place = bisect_right(self._times, at)
        if person in self._persons[bisect_left(self._times, at) : place]:
            return None
        known = person in self._persons[self._first(now) : place]
        self._times.insert(place, at)
        self._persons.insert(place, person)
        if known:
            return None
        self._stale.add(now)
        return now

    def fill(self, said: Iterable[tuple[int, float]]) -> None:
        """Much at once, where nothing was said before."""
        import numpy as np

        times, persons = array("d"), array("q")
        for person, at in said:
            times.append(at)
            persons.append(person)
        if times:
            ordered = np.lexsort((persons, times))
            self._times = array("d", np.asarray(times)[ordered].tobytes())
            self._persons = array("q", np.asarray(persons)[ordered].tobytes())
            self._sweep(quarter(self._times[0]), quarter(self._times[-1]))

    @property
    def said(self) -> Iterator[tuple[int, float]]:
        """(person, when), in the order of time."""
        return zip(self._persons, self._times, strict=True)

    def quarters(self) -> Collection[int]:
        """Those in which somebody spoke, in any order."""
        if self._stale:
            self._count_anew()
        return self._new.keys()

    def persons(self, since: float, until: float) -> set[int]:
        """Who spoke after `since`, up to `until`."""
        return set(self._persons[bisect_right(self._times, since) : bisect_right(self._times, until)])

    def _first(self, now: int) -> int:
        """Where a quarter begins."""
        return bisect_left(self._times, now * QUARTER)

    def count(self, last: int, width: int) -> int:
        """How many persons of a window of at most LONG count: in each quarter those who are new in the window."""
        if self._stale:
            self._count_anew()
        first = last - width + 1
        if len(self._new) < FEW:
            return sum(new[now - first] for now, new in self._new.items() if first <= now <= last)
        known = self._counts.setdefault(width, {})
        if (found := known.get(last)) is None:
            if len(known) >= max(LEAST_REMEMBERED, 2 * len(self._new)):
                known.clear()
            quarters = map(self._new.get, range(first, last + 1), repeat(NOBODY))
            found = known[last] = sum(map(getitem, quarters, range(width)))
        return found

    def _count_anew(self) -> None:
        """The quarters of new voices, and those in whose windows they are."""
        ordered = sorted(self._stale)
        for now, after in zip(ordered, [*ordered[1:], inf], strict=True):
            self._sweep(now, int(min(now + LONG, after)) - 1)
            for known in self._counts.values():
                for last in range(now, now + LONG):
                    known.pop(last, None)
        self._stale.clear()

    def _sweep(self, first: int, last: int) -> None:
        """Count these quarters: how long ago each person spoke before, of those who count."""
        place, end = self._first(first - LONG + 1), self._first(last + 1)
        spoke: dict[int, int] = {}
        while place < end:
            now = quarter(self._times[place])
            after = bisect_left(self._times, (now + 1) * QUARTER, place, end)
            there = self._persons[place:after]
            if now >= first:
                pauses = sorted(min(now - spoke.get(person, now - LONG), LONG) for person in set(there))
                self._new[now] = new_by_pauses(tuple(pauses[-MOST_A_QUARTER:]))
            spoke |= dict.fromkeys(there, now)
            place = after

    def may_reach(self, z: float, now: int, width: int, spans: tuple[Span, ...]) -> bool:
        """False where the z of this quarter's window is below for certain, which takes a fraction of what z takes."""
        persons, prior = self.count(now, width), self.prior * width / LONG
        # against as little as can be expected
        if (persons - prior) / sqrt(prior + 0.5) < z - 0.01:
            return False
        counts = self._counts_at(ends(now), width, spans)
        return bool(counts) and as_rate(width, persons, usual_of(counts, prior)).z >= z

    def unlikely(self, due: Sequence[int], marks: Mapping[int, float]) -> frozenset[int]:
        """Of these quarters those in which no window reaches the z of its width for certain, bursts left aside.

        All of them at once take a hundredth of what they take one by one; of few it is not worth while.
        """
        if len(due) < MANY or max(self.quarters()) - min(self._new) > LONGEST:
            return frozenset()
        import numpy as np

        low, some = min(self._new), np.array(due, dtype=np.int64)
        below = np.ones(len(some), dtype=bool)
        for width, z in marks.items():
            reached = self._heights(self._all_counts(width), low, width)[some - low]
            below &= reached < z - CERTAIN
        return frozenset(some[below].tolist())

    def _all_counts(self, width: int) -> np.ndarray[Any, Any]:
        """`count` of each quarter from the first one in which somebody spoke to the last."""
        import numpy as np

        low, high = min(self._new), max(self._new)
        new = np.zeros((width - 1 + high - low + 1, LONG), dtype=np.int64)
        for now, counts in self._new.items():
            new[width - 1 + now - low] = np.frombuffer(counts, dtype=np.uint8)
        size = high - low + 1
        return sum((new[into : into + size, into] for into in range(width)), np.zeros(size, dtype=np.int64))

    def _heights(self, counts: np.ndarray[Any, Any], low: int, width: int) -> np.ndarray[Any, Any]:
        """The z of each quarter against the windows at its clock time, as `as_rate` has it; none where none is."""
        import numpy as np

        size, prior, listened = len(counts), self.prior * width / LONG, quarter(self.began) + width - 1
        windows, total, squares = (np.zeros(size) for _ in range(3))
        for day in range(1 + GUARD, 1 + GUARD + DAYS):
            known_from = max(0, listened + day * DAY - low)
            windows[known_from:] += 1
            # before the first quarter nobody spoke
            there = counts[max(0, known_from - day * DAY) : max(0, size - day * DAY)]
            total[size - len(there) :] += there
            squares[size - len(there) :] += there**2
        known = np.maximum(windows, 1)
        mean = total / known
        scatter = np.sqrt(np.maximum(squares / known - mean**2, 0))
        usual = np.maximum(mean, prior)
        heights = (counts - usual) / np.maximum(scatter, np.sqrt(usual + 0.5))
        return np.where(windows > 0, heights, -inf)

    def usual(self, now: int, width: int, spans: tuple[Span, ...]) -> Usual:
        """The windows at about the same clock time that were listened to and that no burst had.

        The mean is the higher one of the very time and of all looks: at dawn and at dusk neither looks too low.
        """
        prior, before = self.prior * width / LONG, ends(now)
        counts = self._counts_at(before, width, spans)
        if not counts:
            return Usual(prior, 0.0, 0)
        looks = self._counts_at([end + look for look in LOOKS for end in before], width, spans)
        return usual_of(counts, max(sum(looks) / len(looks), prior))

    def _counts_at(self, last: Sequence[int], width: int, spans: tuple[Span, ...]) -> list[int]:
        first = quarter(self.began) + width - 1
        listened = [end for end in last if end >= first]
        # what touches a burst is unusual by definition; but a burst of two weeks is the new usual
        near = [span for span in spans if is_alarmed(max(last), max(last) - min(last) + width, (span,))]
        quiet = [end for end in listened if not is_alarmed(end, width, near)] if near else listened
        return [self.count(end, width) for end in quiet or listened]

    def rate(self, now: int, width: int, spans: tuple[Span, ...]) -> Rate:
        return as_rate(width, self.count(now, width), self.usual(now, width, spans))

    def each(self, now: int, spans: tuple[Span, ...]) -> list[tuple[float, tuple[Rate, ...]]]:
        """After each person of a quarter, in the order of time: the rates of both windows."""
        windows = [(width, self.count(now - 1, width - 1), self.usual(now, width, spans)) for width in WIDTHS]
        seen = {width: self._seen(now - 1, width - 1) for width in WIDTHS}
        added = dict.fromkeys(WIDTHS, 0)
        found = []
        here = slice(self._first(now), self._first(now + 1))
        # of each person the first time, which is the last one that is put here
        there = dict(zip(reversed(self._persons[here]), reversed(self._times[here]), strict=True))
        for at, person in sorted((at, person) for person, at in there.items()):
            rates = []
            for width, persons, usual in windows:
                added[width] += person not in seen[width]
                rates.append(as_rate(width, persons + min(added[width], MOST_A_QUARTER), usual))
            found.append((at, tuple(rates)))
        return found

    def _seen(self, last: int, width: int) -> set[int]:
        return set(self._persons[self._first(last - width + 1) : self._first(last + 1)])
