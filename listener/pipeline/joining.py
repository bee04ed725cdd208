"""Complaints join issues, or open them, within the transaction in which they are judged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from listener.issues.grouping import Centroid, Complaint, Grouping, Thresholds
from listener.issues.order import NO_TOPIC, ground_of, name_of, place
from listener.issues.walking import Ordered, Placed, Step, Walked, walk
from listener.issues.words import stem, terms
from listener.likeness import normal_words
from listener.model.grouped import Membership, Opening
from listener.model.plan import Judgement
from listener.store.grounds import COMPLAINTS, IssueTurn

VERSION = "words-1"
KEYWORDS = 5
# a copy of a ground's words is kept after so many mentions, or as many as it has issues: late posts begin from it
SNAPSHOT_EVERY = 200
SNAPSHOTS = 6


@dataclass
class Ground:
    """The issues of one brand and topic as this process remembers them, as of a version of the store."""

    version: int
    grouping: Grouping
    last: int | None
    ids: dict[int, str]
    since_snapshot: int = 0


@dataclass(frozen=True, slots=True)
class Complained:
    """One complaint that is to be placed, with the ground it belongs to."""

    row: Row[Any]
    ground: str
    step: Step


@dataclass(frozen=True, slots=True)
class Stepped:
    """One ground after a batch: what came, where it ended, the issues that it opened, from where to go over again."""

    name: str
    ground: Ground
    fresh: Sequence[Complained]
    walked: Walked
    openings: Sequence[Opening]
    redo: int | None

    def words(self) -> list[tuple[str, str, dict[str, Any]]]:
        """(issue, ground, words) of the issues that grew."""
        ids = self.ground.ids
        return [(ids[number], self.name, one.as_json()) for number, one in self.walked.grown.items()]


@dataclass(frozen=True, slots=True)
class Joined:
    """Issues whose counts changed, those of them that are new, and whether any lost or changed what it had before."""

    changed: frozenset[str]
    new: frozenset[str]
    moved: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """How complaints are read: from which likeness on they are one issue, and the words by which a brand is called.

    Its own name tells no trouble of a brand from another.
    """

    thresholds: Thresholds = field(default_factory=Thresholds)
    names: Mapping[str, frozenset[str]] = field(default_factory=dict)


def complained(row: Row[Any], topic: str | None, copy_of: int | None, reading: Reading) -> Complained:
    """A mention as grouping sees it."""
    text = f"{row.title}\n{row.text}" if row.title else row.text
    names = reading.names.get(row.brand, frozenset())
    words = tuple(term for term in terms(text) if term not in names)
    at = row.posted_at.timestamp()
    said = Complaint(row.brand, topic or NO_TOPIC, words, at)
    return Complained(row, ground_of(row.brand, topic), Step(row.id, place(row.posted_at, row.post), said, copy_of))


def is_complaint(label: str, row: Row[Any]) -> bool:
    """What is looked at for issues: trouble that somebody else than us voices."""
    return label in COMPLAINTS and not row.own


class Joining:
    """Puts complaints into issues. What it remembers is checked against the store in each transaction."""

    def __init__(self, reading: Callable[[], Reading]) -> None:
        self._reading = reading
        self._grounds: dict[str, Ground] = {}

    def join(self, turn: IssueTurn, rows: Sequence[Row[Any]], judgements: Mapping[int, Judgement]) -> Joined:
        """Every complaint of a batch gets its issue.

        A mention that was judged before stays where it is, and its ground is gone over again later.
        """
        reading = self._reading()
        before = turn.assigned([row.id for row in rows if row.label is not None])
        left = self._leave(turn, rows, judgements, before)
        fresh: dict[str, list[Complained]] = defaultdict(list)
        again: dict[str, list[Complained]] = defaultdict(list)
        for row in rows:
            judgement = judgements[row.id]
            if is_complaint(judgement.verdict.label, row):
                topics = judgement.verdict.topics
                one = complained(row, topics[0] if topics else None, judgement.duplicate_of, reading)
                (again if before.get(row.id) else fresh)[one.ground].append(one)
        grounds = sorted({*fresh, *again})
        states, locks = turn.states(grounds), turn.locks(grounds)
        steps = [
            self._place(turn, name, states.get(name), locks.get(name, ()), fresh[name], again[name]) for name in grounds
        ]
        self._keep(turn, steps)
        memberships = [membership(one, step.ground.ids) for step in steps for one in step.walked.placed]
        new = frozenset(one.id for step in steps for one in step.openings)
        return Joined(left | turn.assign(memberships), new, any(before.values()))

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
                topic = verdict.topics[0] if verdict.topics else None
                waiting[ground_of(row.brand, topic)].append(place(row.posted_at, row.post))
        states = turn.states(waiting)
        rows_kept = []
        for ground, places in sorted(waiting.items()):
            state = states.get(ground)
            known = [one for one in (state.last if state else None,) if one is not None]
            dirty = earliest(state.dirty_since if state else None, *places)
            rows_kept.append((ground, (state.version if state else 0) + 1, max([*known, *places]), dirty))
        turn.keep_states(rows_kept)

    def _leave(
        self,
        turn: IssueTurn,
        rows: Sequence[Row[Any]],
        judgements: Mapping[int, Judgement],
        before: Mapping[int, str | None],
    ) -> frozenset[str]:
        """What turns out to be no complaint leaves its issue."""
        gone = [row for row in rows if before.get(row.id) and not is_complaint(judgements[row.id].verdict.label, row)]
        for row in gone:
            self._redo(turn, ground_of(row.brand, row.topic), place(row.posted_at, row.post))
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
        ground.ids |= turn.ids({one.number for one in walked.placed} - ground.ids.keys())
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
            grouping = Grouping(centroids.values(), thresholds=self._reading().thresholds)
            ids = {centroid.issue: one for one, centroid in centroids.items()}
            known = Ground(state.version if state else 0, grouping, last, ids)
            self._grounds[name] = known
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
            turn.keep_snapshot(name, ground.last, {"issues": [one.as_json() for one in live]})
            turn.drop_snapshots(name, ground.last + 1, SNAPSHOTS)
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


def opening(founder: Complained, number: int) -> Opening:
    """A new issue, named by its topic and its founder's place."""
    row, topic = founder.row, founder.step.said.topic
    return Opening(name_of(topic, number, row.brand), number, row.brand, topic, row.id, row.posted_at)


def suggested(step: Stepped) -> list[tuple[str, str, float, str]]:
    """Issues that a new one may be the same as: near, but not near enough to be counted together."""
    ids = step.ground.ids
    return [
        (ids[one.number], ids[number], score, f"share {', '.join(one.words) or 'some words'}")
        for one in step.walked.placed
        for number, score in one.maybe
        if number in ids
    ]


def membership(one: Placed, ids: Mapping[int, str]) -> Membership:
    """An assignment, with the words that decided it."""
    shared = f": {', '.join(one.words)}" if one.words and not one.founds else ""
    return Membership(one.mention, ids[one.number], one.score, f"{one.reason}{shared}", VERSION)


def retitled(rows: Mapping[str, Row[Any]], step: Stepped) -> list[dict[str, Any]]:
    """Keywords and titles of the issues that grew, in words as people wrote them."""
    said, ids = step.fresh, step.ground.ids
    spoken = {stem(word): word for one in said for word in normal_words(f"{one.row.title} {one.row.text}")}
    found = []
    for number, centroid in step.walked.grown.items():
        row = rows.get(ids[number])
        if row is None:
            continue
        known = {stem(word): word for word in row.keywords}
        weight = step.ground.grouping.ground(centroid.brand, centroid.topic).weight
        best = sorted(centroid.terms, key=lambda term: (-centroid.terms[term] * max(weight(term), 0.01), term))
        keywords = [known.get(term) or spoken.get(term, term) for term in best[:KEYWORDS]]
        title = row.title if row.titled_by else f"{centroid.topic}: {', '.join(keywords[:3])}"
        found.append({"id": row.id, "keywords": keywords, "title": title})
    return found
