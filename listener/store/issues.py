"""Issues as people see them and work on them: every change is one transaction, on record, and can be undone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select, update

from listener.model.grouped import Act, Membership
from listener.model.issue import (
    Issue,
    IssueAct,
    IssueAlarm,
    IssueEpisode,
    IssueLink,
    IssueMember,
    IssueMoved,
    IssueState,
)
from listener.model.mention import Mention
from listener.store import grouped
from listener.store.engine import Database, chunks, narrowed, table
from listener.store.house import audit, audit_line

issue, member, link = table(Issue), table(IssueMember), table(IssueLink)
alarm, episode, act, mention = table(IssueAlarm), table(IssueEpisode), table(IssueAct), table(Mention)
moved = table(IssueMoved)

TOPIC_GIVEN = select(link.c.other).where(link.c.kind == "topic", link.c.undone_at.is_(None))


@dataclass(frozen=True, slots=True)
class IssueFilter:
    """Which issues a list shows; times are of the last mention."""

    since: datetime | None = None
    until: datetime | None = None
    brand: str | None = None
    topic: str | None = None
    id: str | None = None
    limit: int = 50


class Issues:
    """One trouble that several mentions are about."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, wanted: IssueFilter) -> list[Row[Any]]:
        """Newest mention first; merged ones are part of the issue they were merged into."""
        query = select(issue).where(issue.c.alias_of.is_(None), issue.c.mentions > 0)
        query = narrowed(
            query.order_by(issue.c.last_seen.desc(), issue.c.id).limit(wanted.limit),
            (wanted.since, issue.c.last_seen.__ge__),
            (wanted.until, issue.c.last_seen.__lt__),
            (wanted.brand, issue.c.brand.__eq__),
            (wanted.topic, issue.c.topic.__eq__),
            (wanted.id, issue.c.id.__eq__),
        )
        with self._database.read() as connection:
            return list(connection.execute(query))

    def get(self, one: str) -> Row[Any] | None:
        """The issue of that id as it is kept, also where it was merged into another."""
        with self._database.read() as connection:
            return connection.execute(select(issue).where(issue.c.id == one)).first()

    def root(self, one: str) -> Row[Any] | None:
        """The issue that this one counts in after all merges; None where there is none of that id."""
        with self._database.read() as connection:
            end = grouped.roots(connection, [one])[one]
            return connection.execute(select(issue).where(issue.c.id == end)).first()

    def roots(self, ids: Collection[str]) -> dict[str, str]:
        """Each id with that of the issue it counts in."""
        with self._database.read() as connection:
            return grouped.roots(connection, ids)

    def family(self, one: str) -> list[str]:
        """The root issue and all that were merged into it."""
        with self._database.read() as connection:
            return grouped.family(connection, grouped.roots(connection, [one])[one])

    def mentions(self, one: str, copies: bool = False) -> list[Row[Any]]:
        """The mentions that count in a root issue, oldest first; `copies` adds those that repeat another's text."""
        query = select(mention).where(mention.c.issue == one)
        query = query if copies else query.where(mention.c.duplicate_of.is_(None))
        with self._database.read() as connection:
            return list(connection.execute(query.order_by(mention.c.posted_at, mention.c.id)))

    def assignments(self, number: int) -> list[Row[Any]]:
        """Where a mention was put, first assignment first; the last one holds."""
        with self._database.read() as connection:
            return list(connection.execute(select(member).where(member.c.mention == number).order_by(member.c.id)))

    def alarms(self, one: str) -> list[Row[Any]]:
        """The bursts of an issue, first one first."""
        with self._database.read() as connection:
            return list(connection.execute(select(alarm).where(alarm.c.issue == one).order_by(alarm.c.id)))

    def episodes(self, one: str) -> list[Row[Any]]:
        """Each time that an issue lasted, first one first."""
        query = select(episode).where(episode.c.issue == one).order_by(episode.c.number)
        with self._database.read() as connection:
            return list(connection.execute(query))

    def links_of(self, ids: Collection[str]) -> list[Row[Any]]:
        """The links of any of these issues."""
        some = sorted(ids)
        about = link.c.issue.in_(some) | link.c.other.in_(some)
        with self._database.read() as connection:
            return list(connection.execute(select(link).where(about, link.c.undone_at.is_(None)).order_by(link.c.id)))

    def acts(self, limit: int = 50, one: str | None = None) -> list[Row[Any]]:
        """What people did, newest first."""
        query = narrowed(select(act).order_by(act.c.id.desc()).limit(limit), (one, act.c.issue.__eq__))
        with self._database.read() as connection:
            return list(connection.execute(query))

    def dirty_grounds(self) -> list[str]:
        """Brand and topic in one name, of those that have something to go over again."""
        state = table(IssueState)
        with self._database.read() as connection:
            query = select(state.c.name).where(state.c.dirty_since.is_not(None)).order_by(state.c.name)
            return list(connection.execute(query).scalars())

    def moved(self, most: int) -> set[str]:
        """Issues that were counted anew and not judged since, so many of those that were spoken of last."""
        waits = select(moved.c.issue).outerjoin(issue, issue.c.id == moved.c.issue).where(moved.c.looked_at.is_(None))
        newest = waits.group_by(moved.c.issue).order_by(func.max(issue.c.last_seen).desc(), moved.c.issue).limit(most)
        with self._database.read() as connection:
            return set(connection.execute(newest).scalars())

    def lively(self) -> list[str]:
        """Issues whose spread may change by time alone: with a burst, or widespread by their last look."""
        burst = select(alarm.c.issue).where(alarm.c.ended_at.is_(None), alarm.c.issue.is_not(None))
        spread = select(issue.c.id).where(issue.c.spread == "outbreak", issue.c.alias_of.is_(None))
        with self._database.read() as connection:
            found = {*connection.execute(burst).scalars(), *connection.execute(spread).scalars()}
            return sorted(set(grouped.roots(connection, found).values()))

    def lively_topics(self) -> set[tuple[str, str]]:
        """(brand, topic) of the topics with a burst."""
        query = select(alarm.c.brand, alarm.c.topic).where(alarm.c.ended_at.is_(None), alarm.c.issue.is_(None))
        with self._database.read() as connection:
            return {(row.brand, row.topic) for row in connection.execute(query)}

    def named_topics(self) -> list[Row[Any]]:
        """Mentions whose topic people named, or that of their issue, as `named`: what topics are learned from."""
        own = TOPIC_GIVEN.where(link.c.mention == mention.c.id).order_by(link.c.id.desc()).limit(1).scalar_subquery()
        query = select(mention, func.coalesce(own, issue.c.topic).label("named"))
        query = query.join(issue, mention.c.issue == issue.c.id)
        given = mention.c.id.in_(TOPIC_GIVEN.with_only_columns(link.c.mention))
        mine = or_(issue.c.topic_by.is_not(None), given) & mention.c.duplicate_of.is_(None) & (mention.c.text != "")
        with self._database.read() as connection:
            return list(connection.execute(query.where(mine).order_by(mention.c.id)))

    def given_topics(self, numbers: Sequence[int]) -> dict[int, str]:
        """The topics that people gave to mentions as they are now, by mention; an edit undoes what was given."""
        found: dict[int, str] = {}
        query = TOPIC_GIVEN.add_columns(link.c.mention).join(mention, mention.c.id == link.c.mention)
        query = query.where(or_(mention.c.edited_at.is_(None), mention.c.edited_at <= link.c.at)).order_by(link.c.id)
        with self._database.read() as connection:
            for part in chunks(numbers):
                rows = connection.execute(query.where(link.c.mention.in_(part)))
                found |= {row.mention: row.other for row in rows}
        return found

    def complaints(self, limit: int) -> list[Row[Any]]:
        """The newest mentions that are in an issue and still have their words, copies left out."""
        query = select(mention).where(
            mention.c.issue.is_not(None), mention.c.duplicate_of.is_(None), mention.c.text != ""
        )
        with self._database.read() as connection:
            return list(connection.execute(query.order_by(mention.c.id.desc()).limit(limit)))

    def move(self, one: str, state: str, at: datetime, who: str, why: str = "") -> Row[Any] | None:
        """Set the state (acknowledged, fixing, watching, resolved …); the issue before, None where there is none."""
        with self._database.write() as connection:
            return change(connection, Act(who, state, one, why), at, state=state)

    def fixed(self, one: str, at: datetime, who: str, cause: str, note: str = "") -> Row[Any] | None:
        """The trouble is over: state and episode say so, with the root cause. None where there is no such issue.

        Customers read the cause; the note stays with the act.
        """
        with self._database.write() as connection:
            why = ": ".join(filter(None, (cause, note)))
            before = change(connection, Act(who, "fixed", one, why), at, state="fixed")
            if before is not None:
                set_episode(connection, one, before.episode, fixed_at=at, root_cause=cause)
            return before

    def regressed(self, one: str, at: datetime, who: str, why: str) -> int | None:
        """It came back: a new episode of the same issue; returns its number."""
        with self._database.write() as connection:
            row = connection.execute(select(issue).where(issue.c.id == one).with_for_update()).first()
            if row is None:
                return None
            set_episode(connection, one, row.episode, closed_at=at)
            number = int(row.episode) + 1
            values = {"issue": one, "number": number, "kind": "regression", "opened_at": at}
            connection.execute(episode.insert(), values)
            change(connection, Act(who, "regressed", one, why), at, state="regressed", episode=number)
            return number


def change(connection: Connection, done: Act, at: datetime, **values: Any) -> Row[Any] | None:
    """Set columns of an issue, with what was there on record; returns the row as it was before."""
    row = connection.execute(select(issue).where(issue.c.id == done.issue).with_for_update()).first()
    if row is None:
        return None
    connection.execute(update(issue).where(issue.c.id == done.issue).values(values))
    record(connection, done, at, before={name: getattr(row, name) for name in values})
    return row


def record(connection: Connection, done: Act, at: datetime, before: dict[str, Any]) -> int:
    """Keep what somebody did, and the audit line; returns its number."""
    values = {"at": at, "who": done.who, "what": done.what, "issue": done.issue, "why": done.why}
    kept = values | {"about": done.about, "before": done.before | before}
    number = connection.execute(act.insert().values(kept).returning(act.c.id)).scalar_one()
    connection.execute(audit.insert(), audit_line(at, done.who, f"issue {done.what}", done.issue, done.why))
    return int(number)


def set_episode(connection: Connection, one: str, number: int, **values: Any) -> None:
    """Set columns of one episode."""
    mine = (episode.c.issue == one) & (episode.c.number == number)
    connection.execute(update(episode).where(mine).values(values))


def place(connection: Connection, memberships: list[Membership], at: datetime) -> None:
    """Assign by hand and count anew."""
    grouped.recount(connection, grouped.assign(connection, memberships, at))
