"""Complaints join issues, or open them, within the transaction in which they are judged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from listener.issues.grouping import Centroid, Grouping, Thresholds
from listener.issues.order import place, thinned
from listener.issues.walking import Ordered, Walked, walk
from listener.model.grouped import Membership, ground_of
from listener.model.plan import Judgement
from listener.pipeline.joined import (
    VERSION,
    Complained,
    Ground,
    Reading,
    Stepped,
    complained,
    is_complaint,
    membership,
    opening,
    retitled,
    suggested,
)
from listener.store.grounds import IssueTurn

# a copy of a ground's words is kept after so many mentions, or as many as it has issues: late posts begin from it
SNAPSHOT_EVERY = 200


@dataclass(frozen=True, slots=True)
class Joined:
    """Issues whose counts changed, those of them that are new, and whether any lost or changed what it had before."""

    changed: frozenset[str]
    new: frozenset[str]
    moved: bool


class Joining:
    """Puts complaints into issues. What it remembers is checked against the store in each transaction."""

    def __init__(self, reading: Callable[[], Reading]) -> None:
        self._reading = reading
        self._thresholds = Thresholds()
        self._grounds: dict[str, Ground] = {}

    def join(self, turn: IssueTurn, rows: Sequence[Row[Any]], judgements: Mapping[int, Judgement]) -> Joined:
        """Every complaint of a batch gets its issue.

        A mention that was judged before stays where it is, and its ground is gone over again later.
        """
        reading = self._reading()
        self._thresholds = reading.thresholds
        before = turn.assigned([row.id for row in rows if row.label is not None])
        left = self._leave(turn, rows, judgements, before)
        fresh: dict[str, list[Complained]] = defaultdict(list)
        again: dict[str, list[Complained]] = defaultdict(list)
        for row in rows:
            judgement = judgements[row.id]
            if is_complaint(judgement.verdict.label, row):
                verdict = judgement.verdict
                one = complained(row, verdict.topic, verdict.fence, verdict.language, judgement.duplicate_of, reading)
                (again if before.get(row.id) else fresh)[one.ground].append(one)
        grounds = sorted({*fresh, *again})
        states, locks = turn.states(grounds), turn.locks(grounds)
        steps = [
            self._place(turn, name, states.get(name), locks.get(name, ()), fresh[name], again[name]) for name in grounds
        ]
        self._keep(turn, steps)
        memberships = [membership(one, step.ground.ids) for step in steps for one in step.walked.placed]
        new = frozenset(one.id for step in steps for one in step.openings)
        stay = [mention for mention, one in before.items() if one]
        return Joined(left | turn.assign(memberships, stay), new, any(before.values()))

    def _keep(self, turn: IssueTurn, steps: Sequence[Stepped]) -> None:
        """Everything that the grounds learned, in one statement of each kind."""
        turn.open([one for step in steps for one in step.openings])
        turn.keep_words([row for step in steps for row in step.words()])
        turn.keep_states([(step.name, step.ground.version, step.ground.last, step.redo) for step in steps])
        turn.suggest([pair for step in steps for pair in suggested(step)])
        rows = turn.rows([step.ground.ids[number] for step in steps for number in step.walked.grown])
        turn.set([one for step in steps for one in retitled(rows, step)])
        for step in steps:
            self._snapshot(turn, step.name, step.ground, len(step.fresh), step.redo)

    def later(self, turn: IssueTurn, rows: Sequence[Row[Any]], judgements: Mapping[int, Judgement]) -> None:
        """Complaints that were never in an issue: their grounds are gone over from the first of them on, all at once.

        Where much comes together that takes a fraction of placing batch for batch, and it ends the same.
        """
        waiting: dict[str, list[int]] = defaultdict(list)
        for row in rows:
            verdict = judgements[row.id].verdict
            if is_complaint(verdict.label, row):
                waiting[ground_of(row.brand, verdict.fence)].append(place(row.posted_at, row.post))
        states = turn.states(waiting)
        rows_kept = []
        for ground, places in sorted(waiting.items()):
            state = states.get(ground)
            known = [one for one in (state.last if state else None,) if one is not None]
            dirty = earliest(state.dirty_since if state else None, *places)
            rows_kept.append((ground, (state.version if state else 0) + 1, max([*known, *places]), dirty))
        turn.keep_states(rows_kept)

    def refenced(self, turn: IssueTurn, rows: Sequence[Row[Any]], judgements: Mapping[int, Judgement]) -> None:
        """Mentions that were judged again where they stay: those that are fenced otherwise move at the next look."""
        moved = [row for row in rows if row.issue and judgements[row.id].verdict.fence != row.fence]
        self.later(turn, moved, judgements)
        for row in moved:
            self._redo(turn, ground_of(row.brand, row.fence), place(row.posted_at, row.post))

    def _leave(
        self,
        turn: IssueTurn,
        rows: Sequence[Row[Any]],
        judgements: Mapping[int, Judgement],
        before: Mapping[int, str | None],
    ) -> frozenset[str]:
        """What turns out to be no complaint leaves its issue; a ground that it left is gone over again."""
        known = [(row, judgements[row.id].verdict) for row in rows if before.get(row.id)]
        gone = [row for row, verdict in known if not is_complaint(verdict.label, row)]
        for row in [*gone, *(row for row, verdict in known if verdict.fence != row.fence)]:
            self._redo(turn, ground_of(row.brand, row.fence), place(row.posted_at, row.post))
        turn.pass_voice(gone)
        why = "no complaint any more"
        return turn.assign([Membership(row.id, None, 0.0, why, VERSION) for row in gone])

    def _redo(self, turn: IssueTurn, ground: str, since: int) -> None:
        state = turn.states([ground]).get(ground)
        if state is not None:
            turn.keep_states([(ground, state.version + 1, state.last, earliest(state.dirty_since, since))])

    def _place(
        self,
        turn: IssueTurn,
        name: str,
        state: Row[Any] | None,
        locks: Sequence[tuple[int, datetime]],
        fresh: Sequence[Complained],
        again: Sequence[Complained],
    ) -> Stepped:
        ground = self._ground(turn, name, state)
        late = [one.step.place for one in fresh if ground.last is not None and one.step.place < ground.last]
        redo = earliest(state.dirty_since if state else None, *late, *(one.step.place for one in again))
        walked = self._walk(turn, name, ground, locks, fresh)
        by_mention = {one.row.id: one for one in fresh}
        openings = [opening(by_mention[one.mention], one.number) for one in walked.placed if one.founds]
        ground.ids |= {one.number: one.id for one in openings}
        ground.ids |= turn.ids(name, {one.number for one in walked.placed} - ground.ids.keys())
        ground.version = (state.version if state else 0) + 1
        ground.last = max((one.step.place for one in fresh), default=ground.last)
        if state is not None and state.last is not None and ground.last is not None:
            ground.last = max(ground.last, state.last)
        return Stepped(name, ground, fresh, walked, openings, redo)

    def _ground(self, turn: IssueTurn, name: str, state: Row[Any] | None) -> Ground:
        """What is remembered of a ground, read anew when another process changed it."""
        known = self._grounds.get(name)
        if known is None or known.version != (state.version if state else 0):
            kept = turn.words(name) if state else {}
            centroids = {one: Centroid.from_json(value) for one, value in kept.items()}
            last = state.last if state else None
            grouping = Grouping(centroids.values())
            ids = {centroid.issue: one for one, centroid in centroids.items()}
            known = Ground(state.version if state else 0, grouping, last, ids)
            self._grounds[name] = known
        known.grouping.thresholds = self._thresholds
        return known

    def _walk(
        self,
        turn: IssueTurn,
        name: str,
        ground: Ground,
        locks: Sequence[tuple[int, datetime]],
        fresh: Sequence[Complained],
    ) -> Walked:
        """Where the walk breaks off, nothing of this ground may be remembered."""
        closed = tuple((number, at.timestamp()) for number, at in locks)
        try:
            return walk(ground.grouping, [one.step for one in fresh], Ordered({}, closed), known_copies(turn, fresh))
        except BaseException:
            self._grounds.pop(name, None)
            raise

    def _snapshot(self, turn: IssueTurn, name: str, ground: Ground, fresh: int, redo: int | None) -> None:
        ground.since_snapshot += fresh
        live = ground.grouping.issues
        if redo is None and ground.last is not None and ground.since_snapshot >= max(SNAPSHOT_EVERY, len(live)):
            turn.drop_snapshots(name, ground.last + 1)
            turn.keep_snapshot(name, ground.last, {"issues": [one.as_json() for one in live]})
            turn.thin_snapshots(name, thinned)
            ground.since_snapshot = 0

    def forget(self) -> None:
        """A transaction was rolled back: what was remembered since is not in the store."""
        self._grounds.clear()


def earliest(*places: int | None) -> int | None:
    """The first of these places, None where there is none."""
    return min((one for one in places if one is not None), default=None)


def known_copies(turn: IssueTurn, fresh: Sequence[Complained]) -> dict[int, int]:
    """The numbers of the issues of mentions that these repeat."""
    originals = {one.step.copy_of for one in fresh if one.step.copy_of is not None}
    if not originals:
        return {}
    issues = {mention: one for mention, one in turn.assigned(originals).items() if one}
    rows = turn.rows(set(issues.values()))
    return {mention: rows[one].number for mention, one in issues.items() if one in rows}
