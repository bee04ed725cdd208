"""Late posts: what came out of the order of posts is gone over again, so that any order of arrival ends the same."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import Row

from listener.issues.grouping import Centroid, Grouping
from listener.issues.order import seconds_of, thinned
from listener.issues.walking import Ordered, Placed, Step, Walked, walk
from listener.model.grouped import Membership
from listener.pipeline.joined import (
    VERSION,
    Complained,
    Ground,
    Reading,
    Stepped,
    complained,
    membership,
    opening,
    retitled,
)
from listener.pipeline.joining import SNAPSHOT_EVERY
from listener.store import Store
from listener.store.grounds import IssueTurn
from listener.store.personal import ERASED

Copy = dict[str, Any]
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Road:
    """A ground from some place on: where it stood there, everything that came after, and what was made of that."""

    name: str
    version: int
    grouping: Grouping
    said: Sequence[Complained]
    ordered: Ordered
    before: Mapping[int, str]
    numbers: Mapping[str, int]
    from_the_first: bool


class Settling:
    """Goes over grounds again. Returns the issues whose counts changed."""

    def __init__(self, store: Store, reading: Callable[[], Reading], now: Callable[[], datetime]) -> None:
        self._store = store
        self._reading = reading
        self._now = now

    def settle(self) -> frozenset[str]:
        """Everything that waits for it. Raises StoreTrouble."""
        changed: frozenset[str] = frozenset()
        for ground in self._store.issues.dirty_grounds():
            changed |= self.go_over(ground)
        return changed

    def go_over(self, ground: str) -> frozenset[str]:
        """One ground. The walk is outside of the writing transaction; if something came in meanwhile it is repeated."""
        while True:
            with self._store.judging.look(self._now()) as seen:
                road = self._road(seen.issues, ground)
            if road is None:
                return frozenset()
            walked, copies = gone_over(road)
            with self._store.judging.turn(self._now()) as writing:
                state = writing.issues.states([ground])[ground]
                if state.version == road.version:
                    return self._keep(writing.issues, road, walked, copies, state)

    def _road(self, turn: IssueTurn, name: str) -> Road | None:
        state = turn.states([name]).get(name)
        if state is None or state.dirty_since is None:
            return None
        reading = self._reading()
        brand, fence = name.split("\n", 1)
        copy = turn.snapshot(name, state.dirty_since)
        since = datetime.fromtimestamp(seconds_of(copy.last), UTC) if copy else LONG_AGO
        rows = turn.complaints(brand, fence or None, since)
        said = [complained(row, row.topic, row.fence, row.duplicate_of, reading) for row in rows]
        said = [one for one in said if copy is None or one.step.place > copy.last]
        grouping = Grouping(
            map(Centroid.from_json, copy.value["issues"] if copy else ()), thresholds=reading.thresholds
        )
        before = {mention: one for mention, one in turn.assigned([one.row.id for one in said]).items() if one}
        pins = turn.pins()
        known = turn.rows({*before.values(), *pins.values()})
        numbers = {one: row.number for one, row in known.items()}
        here = {one for one, row in known.items() if (row.brand, row.fence) == (brand, fence)}
        locks = tuple((number, at.timestamp()) for number, at in turn.locks([name]).get(name, ()))
        pins = held(said, before, here) | pins
        pinned = {mention: numbers[one] if one in here else None for mention, one in pins.items()}
        return Road(name, state.version, grouping, said, Ordered(pinned, locks), before, numbers, copy is None)

    def _keep(
        self, turn: IssueTurn, road: Road, walked: Walked, copies: Mapping[int, Copy], state: Row[Any]
    ) -> frozenset[str]:
        by_mention = {one.row.id: one for one in road.said}
        ids = named(turn, road, walked)
        new = [opening(by_mention[founder], number) for number, founder in unnamed(walked, ids)]
        turn.open(new)
        ids |= {one.number: one.id for one in new}
        moved = [one for one in walked.placed if road.before.get(one.mention) != ids[one.number]]
        changed = turn.assign([again(one, ids) for one in moved])
        turn.replace_words(
            road.name, {ids[one.issue]: one.as_json() for one in road.grouping.issues if one.issue in ids}
        )
        turn.drop_snapshots(road.name, state.dirty_since)
        for last, copy in copies.items():
            turn.keep_snapshot(road.name, last, copy)
        turn.thin_snapshots(road.name, thinned)
        turn.keep_states([(road.name, state.version + 1, state.last, None)])
        step = Stepped(road.name, Ground(0, road.grouping, None, ids), road.said, walked, new, None)
        turn.set(retitled(turn.rows([ids[number] for number in walked.grown]), step))
        # the brand may have been listened to for longer than was known, which no issue can tell by its own mentions
        return changed | frozenset(ids.values()) if road.from_the_first else changed


def gone_over(road: Road) -> tuple[Walked, dict[int, Copy]]:
    """Everything placed anew, and copies of the words on the way, by the last place that is in them.

    They are of before the last 200 complaints, the last 400, 800 …: the next late post begins near its own place.
    """
    walked = Walked((), {}, {})
    where: dict[int, int] = {}
    copies: dict[int, Copy] = {}
    parts = stretches([one.step for one in road.said])
    for number, steps in enumerate(parts, 1):
        part = walk(road.grouping, steps, road.ordered, where)
        where |= {one.mention: one.number for one in part.placed}
        walked = Walked(
            (*walked.placed, *part.placed), {**walked.grown, **part.grown}, {**walked.telling, **part.telling}
        )
        # after the last comes the present, which the ground itself is
        if number < len(parts):
            copies[steps[-1].place] = {"issues": [one.as_json() for one in road.grouping.issues]}
    return walked, copies


def stretches(steps: Sequence[Step]) -> list[Sequence[Step]]:
    """The steps in the order of posts, cut before the last 200 of them, the last 400, 800 …, never within one place."""
    steps = sorted(steps, key=lambda one: (one.place, one.mention))
    cuts, back = [len(steps)], SNAPSHOT_EVERY
    while (cut := len(steps) - back) > 0:
        back *= 2
        if steps[cut - 1].place < steps[cut].place:
            cuts.append(cut)
    return [steps[since:until] for since, until in pairwise([0, *reversed(cuts)]) if since < until]


def held(said: Sequence[Complained], before: Mapping[int, str], here: Collection[str]) -> dict[int, str]:
    """What words that are gone must not move, with its issue: whoever lost theirs, and all of an issue of theirs.

    Without the words of somebody who was erased the others might not find to each other again.
    """
    known = [(one.row, before[one.row.id]) for one in said if one.row.id in before]
    torn = {issue for row, issue in known if issue in here and (row.person or "").startswith(ERASED)}
    return {row.id: issue for row, issue in known if issue in torn or not (row.title or row.text)}


def again(one: Placed, ids: Mapping[int, str]) -> Membership:
    """An assignment that another order of posts made."""
    kept = membership(one, ids)
    return Membership(kept.mention, kept.issue, kept.score, f"late posts: {kept.reason}", VERSION)


def named(turn: IssueTurn, road: Road, walked: Walked) -> dict[int, str]:
    """The id of each issue: its own, else that of an issue which lost its founder to it, by the mentions they share."""
    numbers = {one.issue for one in road.grouping.issues} | {one.number for one in walked.placed}
    ids = turn.ids(numbers)
    homeless = {one.number for one in walked.placed} - ids.keys()
    lost = {one for one in road.before.values() if road.numbers.get(one) not in numbers}
    lost -= turn.members_outside(lost, road.before.keys()) if lost else set()
    shared: dict[int, Counter[str]] = defaultdict(Counter)
    for one in walked.placed:
        if one.number in homeless and road.before.get(one.mention) in lost:
            shared[one.number][road.before[one.mention]] += 1
    pairs = sorted((-count, number, known) for number, counts in shared.items() for known, count in counts.items())
    taken: dict[int, str] = {}
    for _, number, known in pairs:
        if number not in taken and known not in taken.values():
            taken[number] = known
    turn.rename({known: number for number, known in taken.items()})
    return ids | taken


def unnamed(walked: Walked, ids: Mapping[int, str]) -> Iterable[tuple[int, int]]:
    """(number, founder) of the issues that nobody knew before."""
    return [(one.number, one.mention) for one in walked.placed if one.founds and one.number not in ids]
