"""Late posts: what came out of the order of posts is gone over again, so that any order of arrival ends the same.

A ground is gone over part by part, each as of the end of the one before, so that memory is bounded, others are served
in between, and whoever is interrupted goes on from there. What moves is put elsewhere when all parts are done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from listener.issues.grouping import Grouping
from listener.issues.order import next_name, thinned
from listener.issues.walking import Placed, Walked
from listener.issues.words import stem
from listener.likeness import normal_words
from listener.model.grouped import Membership, Opening
from listener.pipeline import roads
from listener.pipeline.joined import VERSION, Reading, complained, opening, reason_of, renamed, written
from listener.pipeline.roads import Copy, Mark, Road
from listener.store import Store
from listener.store.engine import chunks
from listener.store.judging import Turn
from listener.store.walks import Part, Told, told_again

# mentions that are put elsewhere in one transaction; it is a second in which nobody else writes
AT_ONCE = 2_000


# seconds between two of them: who waits for the store looks for it ten times a second
BREATH = 0.2


def never(_: float = 0) -> bool:
    return False


class Settling:
    """Goes over grounds again. Issues whose counts changed wait in the store to be judged anew."""

    def __init__(
        self,
        store: Store,
        reading: Callable[[], Reading],
        now: Callable[[], datetime],
        pause: Callable[[float], bool] = never,
    ) -> None:
        """`pause` waits for so many seconds, and is true as soon as the work is to be left as it is."""
        self._store = store
        self._reading = reading
        self._now = now
        self._pause = pause
        self._known: dict[str, dict[Mark, Grouping]] = {}

    def settle(self, rest: Callable[[], bool] = never) -> None:
        """Everything that waits for it, or as much as there is time for: `rest` is asked after each part.

        What is left is gone on with at the next call, by whichever process. Raises StoreTrouble.
        """
        grounds = self._store.issues.dirty_grounds()
        self._known = {ground: known for ground, known in self._known.items() if ground in grounds}
        for ground in grounds:
            while not self._go_on(ground):
                if rest() or self._pause(0):
                    return
            if rest() or self._pause(0):
                return

    def _go_on(self, ground: str) -> bool:
        """One part more; whether it was the last. The walk is outside of the writing transaction.

        If something came in meanwhile the part is walked again.
        """
        known = self._known.pop(ground, {})
        with self._store.judging.look(self._now()) as seen:
            road = roads.read(seen, ground, self._reading(), known)
        if road is None:
            return True
        walked, copies = roads.gone_over(road)
        if road.is_last:
            return self._finish(road, walked, copies)
        self._keep(road, walked, copies)
        return False

    def _keep(self, road: Road, walked: Walked, copies: Mapping[int, Copy]) -> None:
        """A part, aside until all are done."""
        with self._store.judging.turn(self._now()) as turn:
            if not is_still(turn, road):
                return
            keep_copies(turn, road, copies)
            turn.walks.drop(road.name, (road.base or 0) + 1)
            places = {one.step.mention: one.step.place for one in road.said}
            moved = [aside(one, road, places[one.mention]) for one in roads.moved(road, walked)]
            last = max(copies)
            turn.walks.keep(road.name, Part(road.since, last, roads.told(road, walked)), moved)
            turn.hearing.add_moved(turn.issues.let_speak(roads.apart(road, walked)), self._now())
            state = turn.issues.states([road.name])[road.name]
            turn.issues.keep_states([(road.name, state.version, state.last, last + 1)])
        self._known[road.name] = {Mark(road.mark.version, last + 1): road.grouping}

    def _finish(self, road: Road, walked: Walked, copies: Mapping[int, Copy]) -> bool:
        """The last part; whether all is done.

        Where much moves, it does so in several transactions, which may be gone on with later, too.
        """
        with self._store.judging.turn(self._now()) as turn:
            if not is_still(turn, road):
                return False
            turn.walks.drop(road.name, (road.base or 0) + 1)
            told = turn.walks.told(road.name)
            told_again(told, roads.told(road, walked))
            ids = named(turn, road, walked, told)
            if not turn.walks.has_more(road.name, AT_ONCE):
                self._end(turn, road, walked, copies, told, ids)
                return True
        if not self._move(road.name, ids):
            return False
        with self._store.judging.turn(self._now()) as turn:
            if not is_still(turn, road):
                return False
            self._end(turn, road, walked, copies, told, ids)
            return True

    def _move(self, ground: str, ids: Mapping[int, str]) -> bool:
        """Put elsewhere what waits for it, all but what one transaction can do; false where it was interrupted."""
        while not self._pause(BREATH):
            with self._store.judging.turn(self._now()) as turn:
                if not turn.walks.has_more(ground, AT_ONCE):
                    return True
                turn.hearing.add_moved(put(turn, ground, ids), self._now())
        return False

    def _end(
        self,
        turn: Turn,
        road: Road,
        walked: Walked,
        copies: Mapping[int, Copy],
        told: Told,
        ids: Mapping[int, str],
    ) -> None:
        changed = put(turn, road.name, ids)
        new = [one for one in walked.placed if road.before.get(one.mention) != ids[one.number]]
        changed |= turn.issues.assign([again(one, ids) for one in new])
        changed |= turn.issues.let_speak(roads.apart(road, walked))
        words = {ids[one.issue]: one.as_json() for one in road.grouping.issues if one.issue in ids}
        turn.issues.replace_words(road.name, words)
        keep_copies(turn, road, copies)
        retell(turn, told, ids)
        state = turn.issues.states([road.name])[road.name]
        turn.issues.keep_states([(road.name, state.version + 1, state.last, None)])
        turn.walks.drop(road.name)
        # the brand may have been listened to for longer than was known, which no issue can tell by its own mentions
        turn.hearing.add_moved(changed | frozenset(ids.values()) if road.since is None else changed, self._now())


def is_still(turn: Turn, road: Road) -> bool:
    """Whether nothing came in since the part was read, and nobody else went on with it."""
    state = turn.issues.states([road.name]).get(road.name)
    return state is not None and Mark(state.version, state.dirty_since) == road.mark


def keep_copies(turn: Turn, road: Road, copies: Mapping[int, Copy]) -> None:
    turn.issues.drop_snapshots(road.name, road.mark.dirty_since)
    for last, copy in copies.items():
        turn.issues.keep_snapshot(road.name, last, copy)
    turn.issues.thin_snapshots(road.name, thinned)


def aside(one: Placed, road: Road, place: int) -> dict[str, object]:
    """Where a mention will be put, as it is kept until then."""
    before = road.before.get(one.mention)
    about = {"number": one.number, "score": one.score, "reason": reason_of(one)}
    return {"mention": one.mention, "place": place, "before": before} | about


def put(turn: Turn, ground: str, ids: Mapping[int, str]) -> frozenset[str]:
    """Put elsewhere what waits for it, as much as one transaction can do."""
    rows = turn.walks.waiting(ground, AT_ONCE)
    turn.walks.done(ground, [row.mention for row in rows])
    # an issue that lost its founder has another number now, and its mentions are where they were
    moved = [row for row in rows if row.before != ids[row.number]]
    return turn.issues.assign([late(row.mention, ids[row.number], row.score, row.reason) for row in moved])


def again(one: Placed, ids: Mapping[int, str]) -> Membership:
    """An assignment that another order of posts made."""
    return late(one.mention, ids[one.number], one.score, reason_of(one))


def late(mention: int, issue: str, score: float, reason: str) -> Membership:
    return Membership(mention, issue, score, f"late posts: {reason}", VERSION)


def named(turn: Turn, road: Road, walked: Walked, told: Told) -> dict[int, str]:
    """The id of each issue: its own, else that of an issue which lost its founder to it, else a new one.

    Of several that lost theirs it is the one with which it shares the most mentions.
    """
    moves = turn.walks.moves(road.name)
    placed = {*told, *(one.number for one in walked.placed), *(number for number, _, _ in moves)}
    numbers = placed | {one.issue for one in road.grouping.issues}
    ids = turn.issues.ids(road.name, numbers)
    homeless = placed - ids.keys()
    shared = Counter({(number, before): count for number, before, count in moves if before})
    shared.update((one.number, road.before[one.mention]) for one in walked.placed if one.mention in road.before)
    known = {before for _, before in shared}
    lost = {one for one, row in turn.issues.rows(known).items() if row.number not in numbers}
    lost -= turn.walks.with_others(road.name, lost, road.before.keys()) if lost else set()
    taken = matched({pair: count for pair, count in shared.items() if pair[0] in homeless and pair[1] in lost})
    if taken:
        turn.issues.rename({known: number for number, known in taken.items()})
        turn.walks.drop_others(road.name)
    ids |= taken
    founders = {one.number: one.mention for one in walked.placed if one.founds} | turn.walks.founders(road.name)
    new = {founders[number]: number for number in homeless if number not in taken and number in founders}
    openings = [
        opening(complained(row, row.topic, row.fence, None, None, Reading()), new[row.id])
        for row in turn.issues.said(new)
    ]
    openings = called(turn, openings)
    turn.issues.open(openings)
    return ids | {one.number: one.id for one in openings}


def called(turn: Turn, openings: Sequence[Opening]) -> list[Opening]:
    """Each by a name that no issue has: its own may be with one that its founder lost to another order of posts."""
    named = list(openings)
    while taken := turn.issues.rows({one.id for one in named}).keys():
        named = [replace(one, id=next_name(one.id)) if one.id in taken else one for one in named]
    return named


def matched(shared: Mapping[tuple[int, str], int]) -> dict[int, str]:
    """Issues without an id, each with the id that nobody has any more and with which it shares the most."""
    taken: dict[int, str] = {}
    for _, number, known in sorted((-count, number, known) for (number, known), count in shared.items()):
        if number not in taken and known not in taken.values():
            taken[number] = known
    return taken


def retell(turn: Turn, told: Told, ids: Mapping[int, str]) -> None:
    """Topics, keywords and titles of the issues that grew."""
    for numbers in chunks(sorted(told)):
        rows = turn.issues.rows([ids[number] for number in numbers])
        turn.issues.set([retold(turn, rows[ids[number]], *told[number]) for number in numbers if ids[number] in rows])


def retold(
    turn: Turn, row: Row[Any], topic: str, fence: str, terms: Sequence[str], spoken: Mapping[str, str]
) -> dict[str, Any]:
    known = {**spoken, **written(row)}
    if missing := set(terms) - known.keys():
        known |= asked(turn, row.id, missing)
    return renamed(row, topic, fence, [known.get(term, term) for term in terms])


def asked(turn: Turn, issue: str, missing: Collection[str]) -> dict[str, str]:
    """How its people write words that nobody said of late."""
    found: dict[str, str] = {}
    for text in turn.walks.texts(issue):
        found |= {term: word for word in normal_words(text) if (term := stem(word)) in missing}
        if len(found) == len(missing):
            break
    return found
