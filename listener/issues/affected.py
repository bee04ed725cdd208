"""Who else has it: the segment that the complainants of one issue share, if the figures allow to name one.

A value that many complainants share says little by itself: perhaps everybody has it, or those who have it complain
about anything. So the complainants of the issue are compared with *background complainants*, customers who complained
of other things, by Fisher's exact test. The simplest segment wins: one attribute, then two.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from listener.counted import counted

FEWEST = 3  # complainants in a segment
LIFT = 2.0
COVERAGE = 0.5
LEVEL = 1e-3  # of the corrected p
# of a second attribute among those who have the first: below NARROWER it belongs to the segment; from there to
# UNSETTLED nobody can tell, and no segment is named rather than one that is too wide. (All by chance: p of .05.)
NARROWER, UNSETTLED, HARDLY_CHANCE, NEARLY_ALL = 0.003, 0.1, 0.05, 0.8
COMPARED = 10  # others who have the first attribute: fewer cannot say whether a second one matters, the simplest stays
MOST_PAIRS = 2_000  # values that are looked at together: a registry of many columns must not take minutes


class Trait(NamedTuple):
    """One thing known of a customer: `region` is `EU`."""

    name: str
    value: str

    def __str__(self) -> str:
        return f"{self.name}={self.value}"


Traits = frozenset[Trait]


@dataclass(frozen=True, slots=True)
class Segment:
    """Customers with all of these traits, and the test that named them.

    `complainants` of `of_complainants` have them, and `background` of `of_background` who complained of other things.
    `p` is corrected for the number of `tests`.
    """

    traits: tuple[Trait, ...]
    complainants: int
    of_complainants: int
    background: int
    of_background: int
    p: float
    tests: int

    @property
    def lift(self) -> float:
        """How much more often the complainants have it than others who complain; half a person is added to these."""
        usual = (self.background + 0.5) / (self.of_background + 1)
        return self.complainants / self.of_complainants / usual

    @property
    def coverage(self) -> float:
        return self.complainants / self.of_complainants

    @property
    def clear(self) -> bool:
        """Whether it is enough to name the segment by."""
        enough = self.complainants >= FEWEST and self.coverage >= COVERAGE
        return enough and self.lift >= LIFT and self.p < LEVEL

    def holds(self, traits: Traits) -> bool:
        return traits.issuperset(self.traits)

    def __str__(self) -> str:
        return " and ".join(map(str, self.traits))

    def test(self) -> str:
        """The test in words."""
        mine = f"{self.complainants} of {self.of_complainants} complainants"
        others = f"{self.background} of {self.of_background} who complained of other things"
        return f"{mine}, {others}: {self.lift:.1f} ×, p {self.p:.1g} after {self.tests} tests (Fisher, Bonferroni)"


@dataclass(frozen=True, slots=True)
class Inference:
    """The segment, or none; `reason` says why either way."""

    segment: Segment | None
    reason: str


@dataclass(frozen=True, slots=True)
class _Tally:
    """How many complainants and background complainants have each set of traits."""

    mine: Sequence[Traits]
    others: Sequence[Traits]

    def segment(self, traits: tuple[Trait, ...], counts: tuple[int, int], tests: int) -> Segment:
        k, usual = counts
        p = fisher(k, len(self.mine), usual, len(self.others))
        return Segment(traits, k, len(self.mine), usual, len(self.others), min(1.0, p * tests), tests)

    def within(self, trait: Trait) -> _Tally:
        """Only those who have this trait."""
        return _Tally([each for each in self.mine if trait in each], [each for each in self.others if trait in each])

    def best(self, sizes: Sequence[int]) -> Segment | None:
        """The clearest segment of so many traits: the one that chance explains least, the wider one of two alike.

        Only sets that could come out clear are tests at all: whether they can is decided by how many have them in
        both groups together, which the exact test takes as given.
        """
        counts = [pair for size in sizes for pair in self._counts(size)]
        made = [self.segment(traits, found, max(1, len(counts))) for traits, found in counts]
        clear = [segment for segment in made if segment.clear]
        return min(clear, key=lambda each: (each.p, -each.complainants, each.traits), default=None)

    def _counts(self, size: int) -> list[tuple[tuple[Trait, ...], tuple[int, int]]]:
        least = max(FEWEST, math.ceil(COVERAGE * len(self.mine)))
        singles = _enough(Counter(trait for each in (*self.mine, *self.others) for trait in each), least)
        common = [frozenset(each & singles) for each in (*self.mine, *self.others)]
        if size > 1 and math.comb(len(singles), size) > MOST_PAIRS:
            return []
        mine = Counter(found for each in common[: len(self.mine)] for found in _sets(each, size))
        others = Counter(found for each in common[len(self.mine) :] for found in _sets(each, size))
        return [(each, (mine[each], others[each])) for each in {*mine, *others} if mine[each] + others[each] >= least]


def infer(complainants: Sequence[Traits], background: Sequence[Traits]) -> Inference:
    """The segment that these complainants share more than background complainants do.

    Each customer counts once; the two groups have nobody in common. No segment, and why, unless it is clear.
    """
    if len(complainants) < FEWEST:
        known = counted(len(complainants), "complainant")
        return Inference(None, f"{known} of this issue known: a segment takes {FEWEST}")
    if not background:
        return Inference(None, "nobody is known who complained of other things in this time: nothing to compare with")
    tally = _Tally(complainants, background)
    single = tally.best((1,))
    if single is not None:
        return _narrowed(tally, single)
    pair = tally.best((1, 2))
    if pair is not None and all(_needed(tally, each, other) for each, other in _orders(pair.traits)):
        return _named(pair)
    return Inference(None, f"the {len(complainants)} complainants share nothing that others who complain have not")


def _narrowed(tally: _Tally, single: Segment) -> Inference:
    """Whether a second attribute belongs to it: only those who have the first are compared."""
    inner = tally.within(single.traits[0])
    if len(inner.others) < COMPARED:
        return _named(single)
    seconds = [found for found in inner._counts(1) if found[0][0].name != single.traits[0].name]
    made = [inner.segment(traits, counts, len(seconds)) for traits, counts in seconds]
    second = min(made, key=lambda each: (each.p, each.traits), default=None)
    if second is None or not _matters(second) or second.complainants < COVERAGE * len(tally.mine):
        return _named(single)
    pair = _pair(tally, single, second)
    if not pair.clear or second.p >= NARROWER:
        return Inference(None, f"{single} is shared, perhaps only {second} of it: too few complainants to tell")
    return _named(pair)


def _matters(second: Segment) -> bool:
    """Whether it may belong to the segment."""
    nearly_all = second.coverage >= NEARLY_ALL and second.p / second.tests < HARDLY_CHANCE
    return second.p < UNSETTLED or nearly_all


def _pair(tally: _Tally, single: Segment, second: Segment) -> Segment:
    traits = tuple(sorted((*single.traits, *second.traits)))
    return tally.segment(traits, (second.complainants, second.background), single.tests + second.tests)


def _needed(tally: _Tally, first: Trait, second: Trait) -> bool:
    """Whether the second trait matters among those who have the first."""
    inner = tally.within(first)
    counts = tuple(sum(second in each for each in group) for group in (inner.mine, inner.others))
    return inner.segment((second,), (counts[0], counts[1]), 1).p < NARROWER


def _named(segment: Segment) -> Inference:
    return Inference(segment, segment.test())


def _orders(traits: tuple[Trait, ...]) -> Iterable[tuple[Trait, Trait]]:
    return ((traits[0], traits[1]), (traits[1], traits[0])) if len(traits) == 2 else ()


def _enough(counts: Mapping[Trait, int], least: int) -> frozenset[Trait]:
    return frozenset(trait for trait, count in counts.items() if count >= least)


def _sets(traits: Traits, size: int) -> Iterable[tuple[Trait, ...]]:
    """Sets of so many traits of different names."""
    found = combinations(sorted(traits), size)
    return (each for each in found if len({trait.name for trait in each}) == size)


def fisher(k: int, n: int, usual: int, others: int) -> float:
    """The chance that k or more of n have it, drawn blindly from all n + others, of whom k + usual have it."""
    having, everybody = k + usual, n + others
    whole = _log_choose(everybody, n)
    tail = (
        _log_choose(having, each) + _log_choose(everybody - having, n - each) - whole
        for each in range(k, min(n, having) + 1)
        if n - each <= everybody - having
    )
    return min(1.0, math.fsum(math.exp(each) for each in tail))


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
