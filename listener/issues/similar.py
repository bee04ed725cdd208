"""Who else complains alike, one by one: also those whose complaints went into other issues.

Two complaints are similar from a likeness (cosine) of their words on; words weigh by how few issues of the seven days
before have them. The likeness of two texts alone is often chance: a complaint of another issue counts only where a
third bears it out, which is similar to it or of its issue, and as near to the first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import log, sqrt

from listener.issues.spread import DAY

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
    """One complaint, and the issue that it counts in. `person` None: nobody knows who. `at` is seconds of UTC."""

    mention: str | int | float
    at: float
    person: str | None
    issue: str | int
    terms: frozenset[str]


class Weights:
    """What words weigh: those of few issues much, those of all issues little, and unknown ones as those of one."""

    def __init__(self, said: Iterable[Spoken] = ()) -> None:
        issues: dict[str | int, set[str]] = defaultdict(set)
        for one in said:
            issues[one.issue].update(one.terms)
        self.are_known = len(issues) >= LEAST_ISSUES
        counts = Counter(term for terms in issues.values() for term in terms)
        self._rare = square(len(issues), 1)
        self._known = {term: square(len(issues), count) for term, count in counts.items() if count > 1}

    def of(self, terms: Iterable[str]) -> float:
        """Their weights squared and added up."""
        known, rare = self._known, self._rare
        return sum([known.get(term, rare) for term in terms])

    def likeness(self, one: Spoken, other: Spoken) -> float:
        """The cosine, 0 to 1."""
        both = self.of(one.terms & other.terms)
        return both and both / sqrt(self.of(one.terms) * self.of(other.terms))


def square(issues: int, count: int) -> float:
    return (1 + log((issues + 1) / (count + 1))) ** 2


class Day:
    """The complaints of one day of one ground, found by their words."""

    def __init__(self, said: Iterable[Spoken] = ()) -> None:
        self.said: list[Spoken] = []
        self._by_term: dict[str, list[int]] = {}
        self._by_issue: dict[str | int, list[Spoken]] = {}
        self._lengths: dict[int, float] = {}
        self._weights: Weights | None = None
        for one in said:
            self.add(one)

    def add(self, one: Spoken) -> None:
        for term in one.terms:
            self._by_term.setdefault(term, []).append(len(self.said))
        self._by_issue.setdefault(one.issue, []).append(one)
        self.said.append(one)

    def near(self, one: Spoken, weights: Weights) -> Iterator[tuple[float, Spoken]]:
        """The complaints of others that are similar, with their likeness."""
        length = weights.of(one.terms)
        # the other is at least as long as what both share
        least, first = SIMILAR**2 * length, len(self.said) - MOST_OF_A_DAY
        for place, both in self._shared(one, weights).items():
            if both >= least and place >= first and is_before(other := self.said[place], one):
                likeness = both / sqrt(length * self._length(place, weights))
                if likeness >= SIMILAR:
                    yield likeness, other

    def _shared(self, one: Spoken, weights: Weights) -> Mapping[int, float]:
        """What each complaint shares, by its place."""
        shared: dict[int, float] = defaultdict(float)
        for term in one.terms:
            weight = weights.of((term,))
            for place in self._by_term.get(term, ()):
                shared[place] += weight
        return shared

    def _length(self, place: int, weights: Weights) -> float:
        """That of one complaint, measured once for each day from which it is looked at."""
        if weights is not self._weights:
            self._weights, self._lengths = weights, {}
        found = self._lengths.get(place)
        if found is None:
            found = self._lengths[place] = weights.of(self.said[place].terms)
        return found

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
        found = sorted((pair for day in days for pair in day.near(one, weights)), key=lambda pair: -pair[0])
        others = [other for _, other in found if other.issue != one.issue and may_meet(other)][:MOST_NEAR]
        mates = [other for day in days for other in day.mates(one)] if others else []
        near = [*others, *mates[-MOST_NEAR:]]
        return {str(other.person) for other in others if is_borne_out(other, near, weights)}


def day_of(at: float) -> int:
    return int(at // DAY)


def is_borne_out(one: Spoken, near: Iterable[Spoken], weights: Weights) -> bool:
    """Whether another person's complaint is of the same issue, or similar too."""
    return any(
        other.issue == one.issue or weights.likeness(one, other) >= SIMILAR
        for other in near
        if other.person != one.person
    )
