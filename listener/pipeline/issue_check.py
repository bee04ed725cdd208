"""Step 2½: whose trouble is it, too? Every complaint joins an issue, and the issue gets its spread and its alarms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row

from listener.issues.bursts import Level
from listener.issues.order import NO_TOPIC
from listener.issues.rates import LEAST_USUAL, Rate
from listener.issues.spread import Circumstances, Verdict, judged
from listener.issues.voices import DAY, Voices
from listener.model.plan import Judgement
from listener.pipeline.alarms import keep_alarms
from listener.pipeline.alike import Alike
from listener.pipeline.joined import Reading, is_complaint
from listener.pipeline.joining import Joining
from listener.store.judging import Turn

# a month is twice what a count looks back, so that bursts of the time before are known and left out
LOOK_BACK = timedelta(days=30)
# who is spoken of at least so often was listened to in between
QUIET = timedelta(days=14)
WEEK = 7 * DAY
# the window that bursts are counted in
LATELY = 6 * 3_600.0
# (brand, topic)
Topics = Set[tuple[str, str]]


class Began(NamedTuple):
    """When a brand was first spoken of, and since when without a long silence, in seconds of UTC since 1970."""

    first: float
    lately: float


NEVER = Began(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Seen:
    """What rules can ask of the issue of a mention; `trend` is the topic's persons against the usual."""

    issue: str
    spread: str
    state: str
    persons: int
    customers: int
    ratio: float | None
    trend: float | None


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found of one issue: the verdict, and its rate and that of its topic."""

    verdict: Verdict
    rate: Rate
    topic: Rate


class IssueCheck:
    """The issue check of a batch, in its transaction. A patient one leaves history to the watch over issues."""

    def __init__(self, reading: Callable[[], Reading], patient: bool = False) -> None:
        self._patient = patient
        self._joining = Joining(reading)
        self._alike = Alike(reading)
        self._voices: dict[str, Voices] = {}
        self._began: dict[str, Began] = {}
        self._heard = True
        self._day = ""
        self._edition = (0, 0, 0)

    def check(
        self, turn: Turn, rows: Sequence[Row[Any]], judgements: Mapping[int, Judgement], now: datetime
    ) -> dict[int, Seen]:
        """Every complaint of the batch joins an issue; what rules may ask of it, by mention."""
        rows = self._pressing(turn, rows, judgements) if self._patient else rows
        if not rows:
            return {}
        joined = self._joining.join(turn.issues, rows, judgements)
        if not joined.changed:
            return {}
        if self._age(turn, rows, now) or joined.moved:
            self._read_anew()
        if any(row.posted_at < _midnight(now) for row in rows):
            self._alike.forget()
        where = {number: root for number, root in turn.issues.roots_of([row.id for row in rows]).items() if root}
        self._hear(turn, rows, judgements, where, joined.new, now)
        looked = self._judge(turn, joined.changed, _topics(rows, judgements), now)
        self._heard = True
        issues = turn.issues.rows(set(where.values()))
        return {number: _seen(issues[root], looked[root]) for number, root in where.items()}

    def _pressing(
        self, turn: Turn, rows: Sequence[Row[Any]], judgements: Mapping[int, Judgement]
    ) -> Sequence[Row[Any]]:
        """What cannot wait: all but history that was never judged."""
        waits = {row.id for row in rows if row.history and row.label is None}
        self._joining.later(turn.issues, [row for row in rows if row.id in waits], judgements)
        return [row for row in rows if row.id not in waits]

    def refenced(self, turn: Turn, rows: Sequence[Row[Any]], judgements: Mapping[int, Judgement]) -> None:
        """Stored mentions were scored anew: issues of those whose fence changed are gone over at the next look."""
        self._joining.refenced(turn.issues, rows, judgements)

    def read(self, seen: Turn, changed: Set[str], now: datetime) -> None:
        """Who spoke of issues that changed, before they are judged: of many it takes longer than others may wait."""
        self._keep_up(seen, now)
        for row in seen.issues.rows(changed).values():
            self._issue(seen, row, now).spans(now.timestamp())
            self._topic(seen, row.brand, row.topic, now).spans(now.timestamp())

    def look_at(self, turn: Turn, changed: Set[str], now: datetime) -> None:
        """Judge issues that changed, of any time."""
        self._keep_up(turn, now)
        self._judge(turn, changed, turn.hearing.topics_of(changed, _since(now)), now)
        self._heard = True

    def look_again(self, turn: Turn, changed: Set[str], lively: Set[str], bursting: Topics, now: datetime) -> None:
        """Judge issues that changed and the lively ones anew, and the alarms of bursting topics."""
        if changed:
            self.forget()
        self._keep_up(turn, now)
        topics = bursting | turn.hearing.topics_of(changed, _since(now))
        # who speaks of what decides whether issues explain a topic's burst, and so what other issues of it are
        near = bursting if self._heard or changed else frozenset()
        self._judge(turn, changed | lively, topics, now, near)
        self._heard = False

    def _keep_up(self, turn: Turn, now: datetime) -> None:
        if self._age(turn, (), now):
            self._read_anew()

    def _judge(
        self, turn: Turn, roots: Iterable[str], topics: Topics, now: datetime, near: Topics = frozenset()
    ) -> dict[str, Looked]:
        """Judge these issues: their spread is kept, and the alarms of them and of their topics and these.

        Where an alarm begins or ends in a topic, its other issues of late are judged again, too, and those `near`.
        """
        issues = turn.issues.rows(set(roots))
        for brand, topic in sorted(self._ring(turn, issues, topics, now) | near):
            issues |= turn.issues.neighbours(brand, topic, now - timedelta(seconds=LATELY))
        alike = self._alike.persons(turn, issues.values(), now)
        looked = {root: self._look(turn, row, alike[root], now) for root, row in sorted(issues.items())}
        turn.issues.set([_kept(root, found) for root, found in looked.items()])
        for root, found in looked.items():
            if found.verdict.spread == "outbreak":
                turn.outbreak(root)
        return looked

    def _ring(self, turn: Turn, issues: Mapping[str, Row[Any]], topics: Topics, now: datetime) -> Topics:
        """Keep the alarms of issues and of topics; the topics in which one began or ended, or that it may explain."""
        topics = frozenset(topics) | {(row.brand, row.topic) for row in issues.values()}
        by_key = {f"topic:{brand}:{topic}": (brand, topic) for brand, topic in sorted(topics)}
        kept = turn.hearing.alarms({*(f"issue:{root}" for root in issues), *by_key})
        rung = set()
        for root, row in sorted(issues.items()):
            key, voices = f"issue:{root}", self._issue(turn, row, now)
            if keep_alarms(turn.hearing, key, row.brand, row.topic, root, voices, kept.get(key, []), now):
                rung.add(root)
        found = turn.hearing.topics_of(rung, now - timedelta(seconds=LATELY)) if rung else set()
        for key, (brand, topic) in by_key.items():
            voices = self._topic(turn, brand, topic, now)
            if keep_alarms(turn.hearing, key, brand, topic, None, voices, kept.get(key, []), now):
                found.add((brand, topic))
        return frozenset(found)

    def looked(self, turn: Turn, row: Row[Any], now: datetime) -> Looked:
        """The verdict on an issue as it is now, keeping nothing."""
        return self._look(turn, row, self._alike.persons(turn, [row], now)[row.id], now)

    def voices(self, turn: Turn, row: Row[Any], now: datetime) -> Voices:
        """Everybody who spoke of an issue."""
        return self._issue(turn, row, now)

    def forget(self) -> None:
        """Another process changed issues, or a transaction was rolled back."""
        self._read_anew()
        self._began.clear()
        self._joining.forget()

    def _read_anew(self) -> None:
        """What is remembered of who said what may be otherwise in the store."""
        self._voices.clear()
        self._alike.forget()

    def _age(self, turn: Turn, rows: Sequence[Row[Any]], now: datetime) -> bool:
        """Whether to read anew: once a day, when people changed issues, when older mentions of a brand come in."""
        day, edition = f"{now:%F}", turn.hearing.edition()
        older = any(row.posted_at.timestamp() < self._began.get(row.brand, NEVER).lately for row in rows)
        if (day, edition) == (self._day, self._edition) and not older:
            return False
        self._day, self._edition = day, edition
        self._began.clear()
        return True

    def _hear(
        self,
        turn: Turn,
        rows: Sequence[Row[Any]],
        judgements: Mapping[int, Judgement],
        where: Mapping[int, str],
        new: frozenset[str],
        now: datetime,
    ) -> None:
        """What is remembered hears of the new voices; what is not is read from the store with them in it."""
        for row in rows:
            if (root := where.get(row.id)) in new:
                self._known(turn, f"issue:{root}", row.brand, list, now)
        for row in rows:
            person, root = judgements[row.id].person, where.get(row.id)
            if root is None or judgements[row.id].duplicate_of is not None or person.startswith("mention:"):
                continue
            for key in (f"issue:{root}", f"topic:{row.brand}:{judgements[row.id].verdict.topic or NO_TOPIC}"):
                if key in self._voices:
                    self._voices[key].hear(person, row.posted_at.timestamp())

    def _look(self, turn: Turn, row: Row[Any], alike: frozenset[int], now: datetime) -> Looked:
        mine, topic = self._issue(turn, row, now), self._topic(turn, row.brand, row.topic, now)
        present = now.timestamp()
        at = min(present, row.last_seen.timestamp())
        persons = mine.persons(at - DAY, at)
        before = mine.persons(at - WEEK, at - DAY) - persons - alike
        elsewhere = len(alike - persons)
        circumstances = Circumstances(
            others=max(0, len(persons) - 1) + elsewhere,
            elsewhere=elsewhere,
            earlier=len(before),
            nameless=turn.hearing.nameless(row.id, datetime.fromtimestamp(at - DAY, UTC)) if len(persons) < 1 else 0,
            has_author=bool(persons),
            listened=at - self._began[row.brand].first,
            issue=mine.level(present),
            topic=self._unexplained(turn, row, topic, at, now),
        )
        return Looked(judged(circumstances), mine.rate(at), topic.rate(at))

    def _unexplained(self, turn: Turn, row: Row[Any], topic: Voices, at: float, now: datetime) -> Level | None:
        """The topic's alarm, as far as it may be this issue's: one that is spoken of now, and none explains it."""
        present = now.timestamp()
        level = topic.level(present)
        if level is None or present - at > LATELY:
            return None
        lately = now - timedelta(seconds=LATELY)
        return None if turn.hearing.is_explained(row.brand, row.topic, lately) else level

    def _issue(self, turn: Turn, row: Row[Any], now: datetime) -> Voices:
        said = lambda: turn.hearing.of_issue(row.id, _since(now))  # noqa: E731  # read only where not remembered
        return self._known(turn, f"issue:{row.id}", row.brand, said, now)

    def _topic(self, turn: Turn, brand: str, topic: str, now: datetime) -> Voices:
        said = lambda: turn.hearing.of_topic(brand, topic, _since(now))  # noqa: E731  # read only where not remembered
        return self._known(turn, f"topic:{brand}:{topic}", brand, said, now)

    def _known(
        self, turn: Turn, key: str, brand: str, said: Callable[[], Iterable[tuple[str, float]]], now: datetime
    ) -> Voices:
        if brand not in self._began:
            began = turn.hearing.began(brand, _since(now) - QUIET)
            first, lately = (at.timestamp() if at else now.timestamp() for at in began)
            self._began[brand] = Began(first, lately)
        voices = self._voices.get(key)
        if voices is None:
            # of an issue of which nobody spoke before, one person in 6 h now and then is nothing
            prior = LEAST_USUAL if key.startswith("issue:") else 0.0
            voices = Voices(self._began[brand].lately, said(), prior)
            self._voices[key] = voices
        return voices


def _topics(rows: Sequence[Row[Any]], judgements: Mapping[int, Judgement]) -> Topics:
    """What these complaints are about, and mentions that were judged before were about."""
    said = ((row, judgements[row.id].verdict) for row in rows)
    now = {(row.brand, verdict.topic or NO_TOPIC) for row, verdict in said if is_complaint(verdict.label, row)}
    return now | {(row.brand, row.topic or NO_TOPIC) for row in rows if row.label is not None}


def _since(now: datetime) -> datetime:
    """The same all day long, so that what is remembered and what is read anew agree."""
    return _midnight(now) - LOOK_BACK


def _midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def _kept(root: str, found: Looked) -> dict[str, Any]:
    rate = found.rate
    return {
        "id": root,
        "spread": found.verdict.spread,
        "persons_now": rate.persons,
        "usual_rate": rate.expected if rate.windows else None,
        "ratio": rate.ratio if rate.windows else None,
    }


def _seen(row: Row[Any], looked: Looked) -> Seen:
    ratio, trend = ((rate.ratio if rate.windows else None) for rate in (looked.rate, looked.topic))
    return Seen(row.id, looked.verdict.spread, row.state, row.persons, row.customers, ratio, trend)
