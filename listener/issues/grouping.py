"""Which issue a complaint belongs to: the nearest live one of its ground, or a new one.

A ground is a brand, or a topic of it that ops' rules gave. A topic that was only guessed fences nothing.

An issue is the sum of the words of its mentions; words weigh by how few *issues* have them, not how few mentions:
a word that hundreds of mentions of one outbreak share stays telling. Where it is known what complaints mean, those that
say the same in other words are more alike for it. Merging is an alias and touches no words, so
that taking it back restores what was. What is remembered is the `Centroid` of each live issue and the `Orders` of
ops; everything else is computed from them, so a restart goes on as if it had not been.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from heapq import heappop, heappush, nsmallest
from math import log, sqrt
from typing import Any

from listener.issues.meant import NOTHING, Meanings, Meant, mixed
from listener.issues.merges import Orders
from listener.issues.order import NO_TOPIC
from listener.issues.postings import Postings

DAY = 86_400.0
# an issue of many mentions is known by its frequent words; the rest would only cost memory
MOST_KEPT = 64
# the norms at hand are as old as the issue's last mention; so many of the likeliest are measured anew
MEASURED = 4
# issues that every ground is thought to have besides: among two or three a new word would weigh five times a shared
# one, and the second to report the first trouble of a brand would be somebody else (measured: cosine .14, then .35)
UNSEEN = 5
MOST_SUGGESTED = 3
MOST_REASONS = 5
MOST_TELLING = 5
# what a word that all issues have counts for where words are shown
LEAST_WEIGHT = 0.01


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which likeness a mention is attached, and from which an issue is suggested to ops; how long one lives."""

    attach: float = 0.25
    suggest: float = 0.20
    idle: float = 7 * DAY


@dataclass(frozen=True, slots=True)
class Complaint:
    """One complaint to be grouped. `at` is when it was posted, in seconds of UTC since 1970.

    `fence` is the topic within which alone its issue is looked for, empty for none; `topic` what it is about;
    `meaning` as `meaning.meaning` tells it, empty where it is not known.
    """

    brand: str
    fence: str
    terms: tuple[str, ...]
    at: float
    topic: str = ""
    meaning: bytes = b""


@dataclass(frozen=True, slots=True)
class Centroid:
    """One issue: in how many of its mentions each term is, and each topic, and what they meant.

    `norm` is the length of the terms when it last grew.

    `touched` is when a mention last joined, by the clock of arrival; `first_at` and `last_at` by the posts' own.
    """

    issue: int
    brand: str
    fence: str
    terms: Mapping[str, int]
    mentions: int
    first_at: float
    last_at: float
    touched: float
    norm: float = 1.0
    topics: Mapping[str, int] = field(default_factory=dict)
    meant: Meant = NOTHING

    @property
    def topic(self) -> str:
        """What most of its mentions are about; of two alike one that has a name, empty where nothing is known."""
        rank = lambda topic: (-self.topics[topic], topic == NO_TOPIC, topic)  # noqa: E731  # said once
        return min(self.topics, key=rank, default="")

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values; numbers come back bit by bit."""
        return {name: getattr(self, name) for name in self.__slots__} | {
            "terms": dict(self.terms),
            "topics": dict(self.topics),
            "meant": self.meant.as_json(),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Centroid:
        # those of before meanings were known have none
        return cls(**{**kept, "meant": Meant.from_json(kept["meant"]) if "meant" in kept else NOTHING})


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An issue that may be meant, and how alike it is; ops decide, nothing is counted."""

    issue: int
    score: float


@dataclass(frozen=True, slots=True)
class Match:
    """Where a complaint belongs. `issue` None: it opens a new one. `nearest` is the issue whose words decided.

    The two differ after a merge: `nearest` keeps its own words, `issue` is the one that it was merged into.
    """

    issue: int | None
    nearest: int | None
    score: float
    reason: str
    words: tuple[str, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()


class Ground:
    """The live issues of one ground, and the index over their words."""

    def __init__(self, issues: Iterable[Centroid] = ()) -> None:
        self.issues: dict[int, Centroid] = {}
        self._index = Postings()
        self._meanings = Meanings()
        self._ages: list[tuple[float, int]] = []
        for one in issues:
            self.put(one)

    def put(self, one: Centroid) -> None:
        """Take an issue in, in place of what was known of it. Its norm is taken as it is."""
        known = self.issues.get(one.issue)
        if known is None:
            heappush(self._ages, (one.touched, one.issue))
        self.issues[one.issue] = one
        slot = self._index.put(one.issue, one.norm, one.terms, known.terms if known else {})
        self._meanings.put(slot, one.meant, known.meant if known else NOTHING)

    def _forget(self, issue: int) -> None:
        one = self.issues.pop(issue)
        self._meanings.put(self._index.drop(issue, one.terms), NOTHING, one.meant)

    def age(self, now: float, idle: float) -> None:
        """Let go of issues that nothing joined for the idle window."""
        while self._ages and self._ages[0][0] < now - idle:
            _, issue = heappop(self._ages)
            if (touched := self.issues[issue].touched) < now - idle:
                self._forget(issue)
            else:
                heappush(self._ages, (touched, issue))

    def weights(self, terms: Iterable[str]) -> list[float]:
        """How telling each word is: the fewer issues have it the more."""
        frequency, most = self._index.frequency, len(self.issues) + 1 + UNSEEN
        return [log(most / (frequency.get(term, 0) + 0.5)) for term in terms]

    def scores(self, said: Complaint, is_open: Callable[[Centroid], bool]) -> dict[int, float]:
        """Likeness to the open issues that are likest, the likest first."""
        weights = {term: weight**2 for term, weight in zip(said.terms, self.weights(said.terms), strict=True)}
        issues, likeness = self.issues, partial(self._meanings.mixed, one=said.meaning)
        # nearly all are open, so only the likeliest are asked, and all of them only where too few of these are
        near = self._index.nearest(weights, 2 * MEASURED, likeness)
        best = [one for one in near if is_open(issues[one[1]])]
        if len(best) < MEASURED < len(near):
            best = [one for one in self._index.nearest(weights, len(issues), likeness) if is_open(issues[one[1]])]
        length = sqrt(sum(weights.values())) or 1.0
        words = {one: product / self.length(issues[one].terms) / length for _, one, product in best[:MEASURED]}
        exact = self._with_meaning(words, said.meaning)
        return {one: exact[one] for one in sorted(exact, key=lambda one: (-exact[one], one))}

    def _with_meaning(self, words: dict[int, float], meaning: bytes) -> dict[int, float]:
        """Likeness to issues, from that of the words."""
        if not words or not meaning:
            return words
        import numpy as np

        near = self._meanings.near(np.array([self.issues[one].meant.mean() for one in words]), meaning)
        return dict(zip(words, mixed(np.array(list(words.values())), near).tolist(), strict=True))

    def join(self, issue: int, said: Complaint, now: float) -> Centroid:
        """Add a complaint to an issue, or open the issue with it. Returns what is to be kept of it."""
        known = self.issues.get(issue) or Centroid(issue, said.brand, said.fence, {}, 0, said.at, said.at, now)
        counts = {**known.terms}
        for term in said.terms:
            counts[term] = counts.get(term, 0) + 1
        grown = replace(
            known,
            terms=capped(counts),
            topics=counted(known.topics, said.topic),
            meant=known.meant.plus((said.meaning,)),
            mentions=known.mentions + 1,
            first_at=min(known.first_at, said.at),
            last_at=max(known.last_at, said.at),
            touched=max(known.touched, now),
        )
        self.put(grown)
        self.issues[issue] = grown = replace(grown, norm=self.length(grown.terms))
        self._index.set_norm(issue, grown.norm)
        return grown

    def length(self, terms: Mapping[str, int]) -> float:
        weighed = zip(self.weights(terms), terms.values(), strict=True)
        return sqrt(sum([(weight * count) ** 2 for weight, count in weighed])) or 1.0

    def telling(self, issue: int) -> tuple[str, ...]:
        """The words that tell most of what an issue is about, as it is now."""
        terms = self.issues[issue].terms
        weighed = zip(self.weights(terms), terms.items(), strict=True)
        heavy = [(-count * max(weight, LEAST_WEIGHT), term) for weight, (term, count) in weighed]
        return tuple([term for _, term in nsmallest(MOST_TELLING, heavy)])

    def why(self, terms: Iterable[str], issue: int) -> tuple[str, ...]:
        """The shared words, the heaviest first."""
        shared = [term for term in terms if term in self.issues[issue].terms]
        return tuple(sorted(shared, key=self._index.frequency.__getitem__)[:MOST_REASONS])


def counted(topics: Mapping[str, int], topic: str) -> Mapping[str, int]:
    """With one more mention of a topic, if it has one."""
    return {**topics, topic: topics.get(topic, 0) + 1} if topic else topics


def capped(counts: dict[str, int]) -> dict[str, int]:
    """The most frequent terms; of equals those that came first."""
    if len(counts) <= MOST_KEPT:
        return counts
    kept = frozenset(sorted(counts, key=counts.__getitem__, reverse=True)[:MOST_KEPT])
    return {term: count for term, count in counts.items() if term in kept}


class Grouping:
    """All live issues. `match` asks and changes nothing, `join` writes down what was decided."""

    def __init__(
        self,
        issues: Iterable[Centroid] = (),
        orders: Orders = Orders(),
        thresholds: Thresholds = Thresholds(),
    ) -> None:
        self.orders = orders
        self.thresholds = thresholds
        self._grounds: dict[tuple[str, str], Ground] = {}
        for one in issues:
            self.ground(one.brand, one.fence).put(one)

    def ground(self, brand: str, fence: str) -> Ground:
        return self._grounds.setdefault((brand, fence), Ground())

    @property
    def issues(self) -> list[Centroid]:
        """Everything that is to be kept."""
        return [one for ground in self._grounds.values() for one in ground.issues.values()]

    def match(self, said: Complaint, now: float) -> Match:
        """The issue that a complaint belongs to. `now` is the clock of arrival, which ages issues."""
        ground = self.ground(said.brand, said.fence)
        ground.age(now, self.thresholds.idle)
        scores = ground.scores(said, lambda one: self._is_open(one, said.at))
        if not scores:
            return Match(None, None, 0.0, "nothing alike is live")
        near = [Suggestion(self.orders.root(issue), round(score, 4)) for issue, score in scores.items()]
        nearest = next(iter(scores))
        words = ground.why(said.terms, nearest)
        if scores[nearest] >= self.thresholds.attach:
            return Match(near[0].issue, nearest, near[0].score, "alike" if words else "alike in meaning", words)
        likely = [one for one in near if one.score >= self.thresholds.suggest]
        return Match(None, None, near[0].score, "like none enough", words, tuple(likely[:MOST_SUGGESTED]))

    def _is_open(self, one: Centroid, at: float) -> bool:
        """Whether an issue takes mentions, and was spoken of within the idle window of one posted then."""
        idle, locked = self.thresholds.idle, self.orders.locked
        if locked and (one.issue in locked or self.orders.root(one.issue) in locked):
            return False
        return one.first_at - idle <= at <= one.last_at + idle

    def join(self, issue: int, said: Complaint, now: float) -> Centroid:
        """Add a complaint to an issue, known or new. Returns what the store keeps of the issue."""
        return self.ground(said.brand, said.fence).join(issue, said, now)

    def telling(self, one: Centroid) -> tuple[str, ...]:
        """The words that tell most of what an issue is about, as it is now."""
        return self.ground(one.brand, one.fence).telling(one.issue)

    def as_json(self) -> dict[str, Any]:
        return {"issues": [one.as_json() for one in self.issues], "orders": self.orders.as_json()}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any], thresholds: Thresholds = Thresholds()) -> Grouping:
        return cls(map(Centroid.from_json, kept["issues"]), Orders.from_json(kept["orders"]), thresholds)
