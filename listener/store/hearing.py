"""Who spoke of what when: the (person, time) that bursts are counted on, always taken from the mentions themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Double,
    Row,
    Select,
    case,
    cast,
    delete,
    distinct,
    extract,
    func,
    select,
    update,
)

from listener.model.delivery import Delivery
from listener.model.issue import IssueAct, IssueAlarm, IssueMoved
from listener.model.mention import Mention
from listener.store import grouped
from listener.store.engine import chunks, many, table
from listener.store.grounds import COMPLAINTS

mention, alarm, act, moved = table(Mention), table(IssueAlarm), table(IssueAct), table(IssueMoved)
delivery = table(Delivery)

EDITION = select(func.coalesce(func.max(act.c.id), 0).label("made"), func.count(act.c.undone_at).label("undone"))
MOVED = select(func.coalesce(func.max(moved.c.id), 0))
PART = 5_000
NO_TOPIC = "other"
# an alert that people see, or have seen
GOES = ("due", "sending", "done", "in_doubt")
# a mention without an author is nobody's voice, and a copy is the voice of whom it copies
VOICES = (mention.c.duplicate_of.is_(None), mention.c.person.not_like("mention:%"))


def about(topic: str) -> ColumnElement[bool]:
    """Mentions of a topic; what nobody named is a topic too."""
    return mention.c.topic.is_(None) if topic == NO_TOPIC else mention.c.topic == topic


def seconds(when: ColumnElement[datetime], connection: Connection) -> ColumnElement[Any]:
    """A time in seconds of UTC since 1970, as `datetime.timestamp` has it: to read datetimes takes twice as long."""
    if connection.dialect.name != "sqlite":
        return cast(extract("epoch", when), Double)
    # apart from its millionths, as strftime rounds to thousandths
    whole = cast(func.strftime("%s", func.substr(when, 1, 19)), BigInteger)
    return (whole * 1_000_000 + cast(func.substr(when, 21), BigInteger)) / 1e6


class Hearing:
    """Voices within one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_issue(self, root: str, since: datetime) -> Iterator[tuple[str, float]]:
        """(person, when) of everybody who spoke of an issue, in seconds of UTC since 1970."""
        return self._said(mention.c.issue == root, mention.c.posted_at >= since)

    def of_topic(self, brand: str, topic: str, since: datetime) -> Iterator[tuple[str, float]]:
        """(person, when) of everybody who complained of a topic, in seconds of UTC since 1970."""
        theirs = mention.c.label.in_(COMPLAINTS) & mention.c.own.is_(False) & mention.c.decided_at.is_not(None)
        return self._said(mention.c.brand == brand, about(topic), theirs, mention.c.posted_at >= since)

    def _said(self, *which: ColumnElement[bool]) -> Iterator[Any]:
        said = select(mention.c.person, seconds(mention.c.posted_at, self._connection)).where(*which, *VOICES)
        # a busy topic has 100,000 voices a month: not all of them at once
        for part in self._connection.execute(said).partitions(PART):
            yield from part

    def complaints(self, brand: str, fence: str | None, since: datetime, until: datetime, most: int) -> list[Row[Any]]:
        """The newest complaints of a ground in a stretch of time that count in issues, without copies, oldest first.

        `at` is in seconds of UTC since 1970.
        """
        columns = [mention.c[name] for name in ("id", "person", "issue", "title", "text", "language")]
        said: Select[Any] = select(*columns, seconds(mention.c.posted_at, self._connection).label("at"))
        query = said.where(
            mention.c.brand == brand,
            mention.c.fence.is_(None) if fence is None else mention.c.fence == fence,
            mention.c.issue.is_not(None),
            mention.c.duplicate_of.is_(None),
            mention.c.posted_at >= since,
            mention.c.posted_at < until,
        )
        newest = query.order_by(mention.c.posted_at.desc(), mention.c.id.desc()).limit(most)
        return list(self._connection.execute(newest))[::-1]

    def began(self, brand: str, since: datetime) -> tuple[datetime | None, datetime | None]:
        """The first mention of a brand, and the first since then: silence between the two may be that of a feed that
        keeps a few old posts, or of a clock that stands in 1970, and is nothing to compare with."""
        first = func.min(mention.c.posted_at)
        lately = first.filter(mention.c.posted_at >= since)
        # who has no verdict waits for one: of both kinds an index knows, and no row of a million is read
        kinds = (mention.c.label.is_not(None) & mention.c.decided_at.is_not(None), mention.c.decided_at.is_(None))
        found = [
            self._connection.execute(select(first, lately).where(mention.c.brand == brand, kind)).one()
            for kind in kinds
        ]
        ever, late = (min(filter(None, times), default=None) for times in zip(*found, strict=True))
        return ever, late

    def nameless(self, root: str, since: datetime) -> int:
        """Mentions of an issue whose author nobody knows."""
        query = select(func.count()).where(
            mention.c.issue == root,
            mention.c.duplicate_of.is_(None),
            mention.c.person.like("mention:%"),
            mention.c.posted_at >= since,
        )
        return int(self._connection.execute(query).scalar_one())

    def edition(self) -> tuple[int, int, int]:
        """Grows whenever somebody did something to an issue, took it back, or mentions became another person's."""
        row = self._connection.execute(EDITION).one()
        return row.made, row.undone, int(self._connection.execute(MOVED).scalar_one())

    def add_moved(self, roots: Collection[str], at: datetime) -> None:
        """Mentions of these root issues went elsewhere or came from there: they are to be judged anew."""
        many(self._connection, moved.insert(), [{"issue": one, "at": at} for one in sorted(roots)])

    def take_moved(self, ids: Collection[str], at: datetime) -> set[str]:
        """The root issues of these; after this transaction they have been looked at."""
        for part in chunks(sorted(ids)):
            theirs = moved.c.looked_at.is_(None) & moved.c.issue.in_(part)
            self._connection.execute(update(moved).where(theirs).values(looked_at=at))
        # what was looked at before is of no use; the newest stays, as the edition counts from it
        newest = select(func.max(moved.c.id)).scalar_subquery()
        self._connection.execute(delete(moved).where(moved.c.looked_at < at, moved.c.id < newest))
        return set(grouped.roots(self._connection, ids).values())

    def alarms(self, keys: Collection[str]) -> dict[str, list[Row[Any]]]:
        """The bursts of these keys as they are kept, first one first."""
        found: dict[str, list[Row[Any]]] = {}
        for part in chunks(sorted(keys)):
            for row in self._connection.execute(select(alarm).where(alarm.c.key.in_(part)).order_by(alarm.c.at)):
                found.setdefault(row.key, []).append(row)
        return found

    def is_explained(self, brand: str, topic: str, since: datetime) -> bool:
        """Whether half of those who spoke of a topic since then speak of issues that have bursts of their own."""
        mine = (alarm.c.brand == brand) & alarm.c.ended_at.is_(None) & alarm.c.issue.is_not(None)
        bursting = list(self._connection.execute(select(alarm.c.issue).where(mine)).scalars())
        if not bursting:
            return False
        theirs = case((mention.c.issue.in_(bursting), mention.c.person))
        counts = select(func.count(distinct(mention.c.person)).label("all"), func.count(distinct(theirs)).label("some"))
        query = counts.where(mention.c.brand == brand, about(topic), mention.c.posted_at > since, *VOICES)
        row = self._connection.execute(query.where(mention.c.issue.is_not(None))).one()
        return bool(2 * row.some >= row.all)

    def topics_of(self, roots: Collection[str], since: datetime) -> set[tuple[str, str]]:
        """(brand, topic) of everything that was said of these issues since then."""
        found: set[tuple[str, str]] = set()
        for part in chunks(sorted(roots)):
            query = select(mention.c.brand, mention.c.topic).where(mention.c.issue.in_(part))
            rows = self._connection.execute(query.where(mention.c.posted_at >= since).distinct())
            found |= {(row.brand, row.topic or NO_TOPIC) for row in rows}
        return found

    def shown(self, root: str, spread: str, since: datetime) -> set[str]:
        """Channels that a rule has shown the card of an issue with this spread since then, in a message of its own."""
        lone = (delivery.c.action == "alert", delivery.c.status.in_(GOES), delivery.c.rule.is_not(None))
        query = select(delivery.c.channel, delivery.c.options).where(delivery.c.issue == root, *lone)
        rows = self._connection.execute(query.where(delivery.c.created_at >= since))
        return {
            row.channel
            for row in rows
            if "group" not in row.options and row.options.get("evidence", {}).get("spread") == spread
        }

    def open_alarms(self) -> list[Row[Any]]:
        """The bursts that go on, those of issues first, so that a topic's can be explained by them."""
        query = select(alarm).where(alarm.c.ended_at.is_(None))
        return list(self._connection.execute(query.order_by(alarm.c.issue.is_(None), alarm.c.id)))

    def live(self, row: Row[Any], since: datetime) -> bool:
        """Whether a burst has any mention that may be acted on, and is no history."""
        theirs = mention.c.issue == row.issue if row.issue else about(row.topic)
        recent = (mention.c.brand == row.brand, mention.c.history.is_(False), mention.c.posted_at >= since)
        return self._connection.execute(select(mention.c.id).where(theirs, *recent).limit(1)).first() is not None

    def add_alarms(self, rows: list[dict[str, Any]]) -> None:
        many(self._connection, alarm.insert(), rows)

    def change_alarm(self, number: int, **values: Any) -> None:
        self._connection.execute(alarm.update().where(alarm.c.id == number).values(values))

    def drop_alarm(self, number: int) -> None:
        """Late posts showed that there was no burst, and nobody had been told of it."""
        self._connection.execute(alarm.delete().where(alarm.c.id == number))
