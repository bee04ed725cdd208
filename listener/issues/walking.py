"""Complaints of one ground in the order of posts: the same mentions end in the same issues, whatever came when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from listener.issues.grouping import Centroid, Complaint, Grouping, Match
from listener.issues.merges import Orders

NO_WORDS = "a copy"


@dataclass(frozen=True, slots=True)
class Step:
    """One complaint on the walk. `place` is its place in the order of posts, `copy_of` the mention that it repeats."""

    mention: int
    place: int
    said: Complaint
    copy_of: int | None = None


@dataclass(frozen=True, slots=True)
class Ordered:
    """What ops ordered: mention → number of the issue that it is pinned to, and since when issues take nothing more.

    A pin of None keeps a mention out of this ground: it was pinned to an issue of another.
    """

    pins: Mapping[int, int | None] = field(default_factory=dict)
    locks: tuple[tuple[int, float], ...] = ()

    def locked(self, at: float) -> frozenset[int]:
        return frozenset(number for number, since in self.locks if at >= since)


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a complaint ended: the number of its issue, whether it founded it, why, and issues that it may be, too."""

    mention: int
    number: int
    founds: bool
    score: float
    reason: str
    words: tuple[str, ...] = ()
    maybe: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Walked:
    """All that were placed, and the issues whose words grew, as they are now; `telling` are the foremost of these.

    They are those of when the issue grew last, so that they do not depend on what came in one batch with it.
    """

    placed: tuple[Placed, ...]
    grown: Mapping[int, Centroid]
    telling: Mapping[int, tuple[str, ...]]


def walk(grouping: Grouping, steps: Iterable[Step], ordered: Ordered, known: Mapping[int, int]) -> Walked:
    """Place each complaint and let its issue learn its words; copies teach nothing.

    `known` is the issue of mentions from before that copies may repeat.
    """
    where = dict(known)
    placed: list[Placed] = []
    grown: dict[int, Centroid] = {}
    telling: dict[int, tuple[str, ...]] = {}
    for step in sorted(steps, key=lambda one: (one.place, one.mention)):
        found = _placed(grouping, step, ordered, where)
        if found is None:
            continue
        where[step.mention] = found.number
        placed.append(found)
        if found.reason != NO_WORDS:
            grown[found.number] = grouping.join(found.number, step.said, step.said.at)
            telling[found.number] = grouping.telling(grown[found.number])
    return Walked(tuple(placed), grown, telling)


def _placed(grouping: Grouping, step: Step, ordered: Ordered, where: Mapping[int, int]) -> Placed | None:
    if step.mention in ordered.pins:
        pinned = ordered.pins[step.mention]
        return None if pinned is None else Placed(step.mention, pinned, False, 1.0, "pinned by hand")
    if step.copy_of is not None and step.copy_of in where:
        return Placed(step.mention, where[step.copy_of], False, 1.0, NO_WORDS)
    if ordered.locks:
        grouping.orders = replace(Orders(), locked=ordered.locked(step.said.at))
    return _matched(step, grouping.match(step.said, step.said.at))


def _matched(step: Step, match: Match) -> Placed:
    maybe = tuple((one.issue, one.score) for one in match.suggestions)
    if match.nearest is None or match.issue is None:
        return Placed(step.mention, step.place, True, match.score, match.reason, match.words, maybe)
    return Placed(step.mention, match.nearest, False, match.score, match.reason, match.words, maybe)
