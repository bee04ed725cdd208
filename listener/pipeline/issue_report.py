"""The whole ledger of one issue: who complained, who was told, who was not and why, and what they said later."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row

from listener.pipeline.people import NotPossible
from listener.store import Store

REACHED = ("done", "in_doubt")
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Person:
    """One person of the ledger. `complained_at` None: never said a word. `told` are [{stage, how, at, status}]."""

    person: str
    customer: str | None
    list: str | None
    complained_at: datetime | None
    told: tuple[dict[str, Any], ...] = ()
    not_told: str | None = None
    answer: str | None = None
    again: tuple[int, ...] = ()
    praised: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The figures, and everybody behind them. Seconds count from the first mention; shares are of 1, None: of nobody.

    `affected` are all customers that reported it or that a campaign named. `reached_before` is the share of those
    reached who had not complained by then. `repeats` complained again after the fix, `praised` spoke well later.
    """

    issue: str
    title: str
    state: str
    episode: int
    first_seen: datetime
    detected_after: float | None
    outreach_after: float | None
    fixed_at: datetime | None
    root_cause: str | None
    complained: int
    affected: int
    reached: int
    share_reached: float | None
    reached_before: float | None
    asked: int
    confirmed: int
    denied: int
    repeats: int
    new_after_fix: int
    praised: int
    untold: dict[str, int]
    people: tuple[Person, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Ledger:
    """Makes these reports."""

    store: Store
    now: Callable[[], datetime]

    def of(self, one: str) -> Report:
        """The report of an issue as it stands now. Raises NotPossible."""
        root = self.store.issues.root(one)
        if root is None:
            raise NotPossible(f"there is no issue {one!r}: `listener issues` lists them")
        return _report(_Sources.of(self.store, root))


@dataclass(frozen=True, slots=True)
class _Sources:
    """Everything that the store knows about the issue."""

    root: Row[Any]
    complainants: dict[str, Row[Any]]
    told: dict[str, list[Row[Any]]]
    recipients: dict[str, Row[Any]]
    alarms: Sequence[Row[Any]]
    episode: Row[Any] | None
    posts: Sequence[tuple[datetime, str]]
    again: dict[str, list[int]]
    praise: dict[str, list[Row[Any]]]

    @staticmethod
    def of(store: Store, root: Row[Any]) -> _Sources:
        complainants = {row.customer or row.person: row for row in store.audience.complainants(root.id)}
        told = _by(store.closing.told(root.id), lambda row: row.person)
        recipients = {row.customer: row for row in store.closing.recipients(root.id)}
        episodes = [row for row in store.issues.episodes(root.id) if row.fixed_at]
        fixed_at = episodes[-1].fixed_at if episodes else None
        posts = store.closing.posts(root.id)
        after = [row for row in store.issues.mentions(root.id) if fixed_at and row.posted_at > fixed_at]
        again = {
            who: [row.id for row in rows] for who, rows in _by(after, lambda row: row.customer or row.person).items()
        }
        persons = {*complainants, *told}
        praise = _by(store.closing.said_since(persons, "positive", root.first_seen), lambda row: row.person)
        return _Sources(
            root, complainants, told, recipients, store.issues.alarms(root.id), episodes[-1] if episodes else None,
            posts, again, praise,
        )  # fmt: skip


def _report(seen: _Sources) -> Report:
    people = tuple(_person(seen, who) for who in sorted({*seen.complainants, *seen.told, *seen.recipients}))
    customers = [each for each in people if each.customer]
    reached = [each for each in customers if _arrived(each)]
    before = [each for each in reached if each.complained_at is None or each.complained_at > _first_told(each)]
    answers = [each.answer for each in people]
    untold: dict[str, int] = {}
    for each in people:
        if each.not_told:
            untold[each.not_told] = untold.get(each.not_told, 0) + 1
    times = [each for person in people if (each := _first_told(person, None)) is not None]
    return Report(
        issue=seen.root.id,
        title=seen.root.title,
        state=seen.root.state,
        episode=seen.root.episode,
        first_seen=seen.root.first_seen,
        detected_after=_seconds(min(map(_noticed, seen.alarms)) - seen.root.first_seen) if seen.alarms else None,
        outreach_after=_seconds(min(times) - seen.root.first_seen) if times else None,
        fixed_at=seen.episode.fixed_at if seen.episode else None,
        root_cause=seen.episode.root_cause if seen.episode else None,
        complained=len(seen.complainants),
        affected=len(customers),
        reached=len(reached),
        share_reached=_share(len(reached), len(customers)),
        reached_before=_share(len(before), len(reached)),
        asked=sum(row.asked for rows in seen.told.values() for row in rows if row.status in REACHED),
        confirmed=answers.count("yes"),
        denied=answers.count("no"),
        repeats=sum(bool(each.again) and _complained_before(seen, each) for each in people),
        new_after_fix=sum(bool(each.again) and not _complained_before(seen, each) for each in people),
        praised=sum(bool(each.praised) for each in people),
        untold=untold,
        people=people,
    )


def _person(seen: _Sources, who: str) -> Person:
    complaint, rows = seen.complainants.get(who), seen.told.get(who, [])
    listed = seen.recipients.get(who)
    told = tuple(_telling(row) for row in rows)
    first = min((row.done_at for row in rows if row.done_at), default=complaint.first if complaint else None)
    praise = [row.id for row in seen.praise.get(who, []) if first is None or row.posted_at > first]
    return Person(
        person=who,
        customer=complaint.customer if complaint else who if listed or (rows and rows[0].customer) else None,
        list=listed.list if listed else "A" if complaint and complaint.customer else None,
        complained_at=complaint.first if complaint else None,
        told=told,
        not_told=None if any(row.status in REACHED for row in rows) else _why_not(rows, listed),
        answer=next((row.answer for row in reversed(rows) if row.answer), None),
        again=tuple(seen.again.get(who, ())),
        praised=tuple(praise),
    )


def _telling(row: Row[Any]) -> dict[str, Any]:
    how = "letter" if row.action == "notify" else "answer where they spoke"
    return {"stage": row.stage, "how": how, "status": row.status, "at": row.done_at, "delivery": row.delivery}


def _why_not(rows: Sequence[Row[Any]], listed: Row[Any] | None) -> str:
    """Why somebody has heard nothing: the newest reason there is."""
    if rows:
        row = rows[-1]
        reason = row.why or row.last_error
        return f"{str(row.status).replace('_', ' ')}: {reason}" if reason else str(row.status).replace("_", " ")
    if listed is not None and listed.excluded:
        return str(listed.excluded)
    return "not yet" if listed is not None else "no campaign named them"


def _noticed(alarm: Row[Any]) -> datetime:
    """When people were told; mentions may have come long after they were posted."""
    told_at: datetime | None = alarm.told_at
    return told_at or alarm.at


def _arrived(person: Person) -> bool:
    return any(each["status"] in REACHED for each in person.told)


def _first_told(person: Person, default: datetime | None = NEVER) -> Any:
    return min((each["at"] for each in person.told if each["at"]), default=default)


def _complained_before(seen: _Sources, person: Person) -> bool:
    fixed_at = seen.episode.fixed_at if seen.episode else None
    return bool(fixed_at and person.complained_at and person.complained_at <= fixed_at)


def _by(rows: Iterable[Row[Any]], key: Callable[[Row[Any]], str]) -> dict[str, list[Row[Any]]]:
    found: dict[str, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


def _seconds(span: timedelta) -> float:
    return max(0.0, span.total_seconds())


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
