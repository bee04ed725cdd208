"""Who else complains alike, one by one: also those whose complaints went into other issues.

Two complaints are similar from a likeness on, that of their words and of what they mean; words weigh by how few issues
of the seven days before have them. The likeness of two texts alone is often chance: a complaint of another issue counts
only where a third bears it out, which is similar to it or of its issue, and as near to the first.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import TYPE_CHECKING, Any

from listener.issues.meant import TINY, apart, general_of, mixed, nearness, stacked
from listener.issues.spread import DAY

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, Any]

# what it finds on Banking77 and CLINC150 from this likeness on is in docs/issues.md
SIMILAR = 0.25
# how many days before the day of a complaint tell what its words weigh
WEIGHED_DAYS = 7
# of fewer issues it is not known what all complaints of a brand say, as its name; then nobody is looked for elsewhere
LEAST_ISSUES = 10
# the newest of a day; where more complain, whoever is alone is found among these or not at all
MOST_OF_A_DAY = 1_000
# so many of the likest are compared with one another
MOST_NEAR = 50


@dataclass(frozen=True, slots=True)
class Spoken:
    """One complaint, and the issue that it counts in. `person` None: nobody knows who. `at` is seconds of UTC.

    `meaning` is empty where it is not known.
    """

    mention: str | int | float
    at: float
    person: str | None
    issue: str | int
    terms: frozenset[str]
    meaning: bytes = b""


class Weights:
    """What words weigh: those of few issues much, those of all issues little, and unknown ones as those of one."""

    def __init__(self, said: Iterable[Spoken] = ()) -> None:
        issues: dict[str | int, set[str]] = defaultdict(set)
        meant: dict[str | int, list[bytes]] = defaultdict(list)
        for one in said:
            issues[one.issue].update(one.terms)
            if one.meaning:
                meant[one.issue].append(one.meaning)
        self.are_known = len(issues) >= LEAST_ISSUES
        counts = Counter(term for terms in issues.values() for term in terms)
        self._rare = square(len(issues), 1)
        self._known = {term: square(len(issues), count) for term, count in counts.items() if count > 1}
        self._general = general_of(list(meant.values()))

    def of(self, terms: Iterable[str]) -> float:
        """Their weights squared and added up."""
        known, rare = self._known, self._rare
        return sum([known.get(term, rare) for term in terms])

    def likeness(self, one: Spoken, other: Spoken, near: float) -> float:
        """0 to 1, where `near` is how near their meanings lie."""
        both = self.of(one.terms & other.terms)
        words = both and both / sqrt(self.of(one.terms) * self.of(other.terms))
        return max(words, (words + near) / 2)

    def directions(self, said: Sequence[Spoken]) -> Numbers:
        """In which way each differs from what complaints mean in general, a row for each."""
        return apart(stacked(one.meaning for one in said), self._general)


def square(issues: int, count: int) -> float:
    return (1 + log((issues + 1) / (count + 1))) ** 2


class Day:
    """The complaints of one day of one ground, found by their words and by what they mean."""

    def __init__(self, said: Iterable[Spoken] = ()) -> None:
        self.said: list[Spoken] = []
        self._by_term: dict[str, array[int]] = {}
        self._by_issue: dict[str | int, list[Spoken]] = {}
        self._lengths, self._directions = array("d"), array("d")
        self._weights: Weights | None = None
        for one in said:
            self.add(one)

    def add(self, one: Spoken) -> None:
        for term in one.terms:
            self._by_term.setdefault(term, array("q")).append(len(self.said))
        self._by_issue.setdefault(one.issue, []).append(one)
        self.said.append(one)

    def near(self, one: Spoken, direction: Numbers, weights: Weights) -> list[tuple[float, Spoken]]:
        """The complaints of others that are similar, with their likeness."""
        if not self.said:
            return []
        import numpy as np

        self._measure(weights)
        both = np.zeros(len(self.said))
        for term in one.terms & self._by_term.keys():
            both[np.frombuffer(self._by_term[term], np.int64)] += weights.of((term,))
        likeness = both / np.sqrt(np.frombuffer(self._lengths) * weights.of(one.terms) + TINY)
        if one.meaning:
            directions = np.frombuffer(self._directions).reshape(len(self.said), -1)
            likeness = mixed(likeness, nearness(directions @ direction))
        likeness[:-MOST_OF_A_DAY] = 0
        found = [(float(likeness[place]), self.said[place]) for place in (likeness >= SIMILAR).nonzero()[0]]
        return [pair for pair in found if is_before(pair[1], one)]

    def _measure(self, weights: Weights) -> None:
        """Lengths, and the directions of what is meant, once for each day from which they are looked at."""
        if weights is not self._weights:
            self._weights, self._lengths, self._directions = weights, array("d"), array("d")
        if fresh := self.said[len(self._lengths) :]:
            self._lengths.extend([weights.of(one.terms) for one in fresh])
            self._directions.frombytes(weights.directions(fresh).tobytes())

    def newest(self, issue: str | int, until: float) -> Spoken | None:
        """The last complaint of an issue."""
        return next((one for one in reversed(self._by_issue.get(issue, ())) if one.at <= until), None)

    def mates(self, one: Spoken) -> list[Spoken]:
        """The complaints of others in the same issue."""
        return [other for other in self._by_issue.get(one.issue, ()) if is_before(other, one)]


def is_before(other: Spoken, one: Spoken) -> bool:
    """Whether it is another person's, of the 24 h before."""
    return other.person not in (None, one.person) and one.at - DAY < other.at <= one.at


class Days:
    """The days of one ground, numbered from 1970. `read` gives the complaints of one in the order of time.

    `weights` are those of days that were asked for before.
    """

    def __init__(self, read: Callable[[int], Iterable[Spoken]], weights: dict[int, Weights] | None = None) -> None:
        self._read = read
        self._days: dict[int, Day] = {}
        self._weights = {} if weights is None else weights

    def day(self, number: int) -> Day:
        if number not in self._days:
            self._days = {one: day for one, day in self._days.items() if one >= number - WEIGHED_DAYS - 1}
            self._days[number] = Day(self._read(number))
        return self._days[number]

    def weights(self, number: int) -> Weights:
        """Those of a day, from the days before it."""
        if number not in self._weights:
            for old in [one for one in self._weights if one < number - 1]:
                del self._weights[old]
            before = [self.day(one) for one in range(number - WEIGHED_DAYS, number)]
            self._weights[number] = Weights(one for day in before for one in day.said[-MOST_OF_A_DAY:])
        return self._weights[number]

    def add(self, one: Spoken) -> None:
        self.day(day_of(one.at)).add(one)

    def newest(self, issue: str | int, until: float) -> Spoken | None:
        """The last complaint of an issue on that day."""
        return self.day(day_of(until)).newest(issue, until)

    def elsewhere(self, one: Spoken, may_meet: Callable[[Spoken], bool] = lambda other: True) -> set[str]:
        """The persons of the 24 h before whose complaints are similar, count in other issues, and are borne out."""
        today = day_of(one.at)
        weights = self.weights(today)
        if not weights.are_known:
            return set()
        days = [self.day(today - 1), self.day(today)]
        direction = weights.directions((one,))[0]
        found = sorted((pair for day in days for pair in day.near(one, direction, weights)), key=lambda pair: -pair[0])
        others = [other for _, other in found if other.issue != one.issue and may_meet(other)][:MOST_NEAR]
        if not others:
            return set()
        mates = [other for day in days for other in day.mates(one)]
        return {str(other.person) for other in borne_out(others, mates[-MOST_NEAR:], weights)}


def day_of(at: float) -> int:
    return int(at // DAY)


def borne_out(others: Sequence[Spoken], mates: Sequence[Spoken], weights: Weights) -> Iterator[Spoken]:
    """Those of the others whose issue another person's complaint is of, or to which one is similar, of any of these."""
    thirds = [*others, *mates]
    directions = weights.directions(thirds)
    near = nearness(directions[: len(others)] @ directions.T).tolist()
    for place, one in enumerate(others):
        if any(
            third.issue == one.issue or weights.likeness(one, third, near[place][at]) >= SIMILAR
            for at, third in enumerate(thirds)
            if third.person != one.person
        ):
            yield one
