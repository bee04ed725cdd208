"""What people do to issues: each act is one transaction with its record, and can be undone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from listener.model.grouped import Act, Membership, Opening
from listener.model.issue import Issue, IssueAct, IssueEpisode, IssueLink, IssueMember, IssueState
from listener.model.mention import Mention
from listener.store import grouped, issues
from listener.store.engine import Database, table
from listener.store.house import audit, audit_line

issue, member, link = table(Issue), table(IssueMember), table(IssueLink)
act, state, mention, episode = table(IssueAct), table(IssueState), table(Mention), table(IssueEpisode)


class IssueActs:
    """Merging, splitting, pinning and the rest, with the counts made anew each time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def change(self, done: Act, at: datetime, **values: Any) -> Row[Any] | None:
        """Set columns of an issue; what was there is kept for undoing. Returns the row as it was."""
        with self._database.write() as connection:
            return issues.change(connection, done, at, **values)

    def merge(self, done: Act, other: str, at: datetime) -> int:
        """`other` counts in the issue from now on; returns the act's number."""
        with self._database.write() as connection:
            connection.execute(update(issue).where(issue.c.id == other).values(alias_of=done.issue))
            made = self._link(connection, done, at, kind="alias", issue=other, other=done.issue)
            _recount(connection, [done.issue, other])
            return issues.record(connection, _about(done, other=other, links=[made]), at, {})

    def split(self, done: Act, opening: Opening, numbers: Sequence[int], ground: str, since: int, at: datetime) -> int:
        """These mentions become an issue of their own that is never put together with this one again.

        All other mentions of the issue are held where they are: later words must not draw them over.
        """
        with self._database.write() as connection:
            before = grouped.assigned(connection, member.c.mention.in_(_counted(connection, done.issue)))
            grouped.open_all(connection, self._database, [opening], at)
            made = [self._link(connection, done, at, kind="cannot", issue=opening.id, other=done.issue)]
            stay = [(number, one) for number, one in before.items() if number not in numbers and one]
            for number, one in [*((number, opening.id) for number in numbers), *stay]:
                made.append(self._link(connection, done, at, kind="pin", issue=one, mention=number))
            _put(connection, dict.fromkeys(numbers, opening.id), done, at)
            _redo(connection, ground, since)
            moved = {str(number): before.get(number) for number in numbers}
            kept = _about(done, new=opening.id, links=made, moved=moved, ground=ground, since=since)
            return issues.record(connection, kept, at, {})

    def pin(self, done: Act, number: int, grounds: Mapping[str, int], at: datetime) -> int:
        """The mention belongs to the issue, whatever its words say."""
        with self._database.write() as connection:
            before = grouped.assigned(connection, member.c.mention == number).get(number)
            made = self._link(connection, done, at, kind="pin", issue=done.issue, mention=number)
            _put(connection, {number: done.issue}, done, at)
            for ground, since in grounds.items():
                _redo(connection, ground, since)
            kept = _about(done, links=[made], moved={str(number): before}, grounds=dict(grounds))
            return issues.record(connection, kept, at, {})

    def name_topic(self, done: Act, number: int, topic: str, grounds: Mapping[str, int], at: datetime) -> int:
        """The mention is about that, whatever its words or ops' rules say."""
        with self._database.write() as connection:
            made = self._link(connection, done, at, kind="topic", issue=done.issue, mention=number, other=topic)
            said = connection.execute(select(mention.c.verdict).where(mention.c.id == number)).scalar_one()
            others = [one for one in said.get("topics", ()) if one != topic]
            was = _set_topics(connection, number, fence=None, topics=[topic, *others], topic_by="ops")
            for ground, since in grounds.items():
                _redo(connection, ground, since)
            kept = _about(done, links=[made], grounds=dict(grounds), mention=number, was=was)
            return issues.record(connection, kept, at, {})

    def lock(self, done: Act, at: datetime) -> int:
        """It takes nothing that is posted from now on."""
        with self._database.write() as connection:
            connection.execute(update(issue).where(issue.c.id == done.issue).values(locked=True))
            made = self._link(connection, done, at, kind="lock", issue=done.issue)
            return issues.record(connection, _about(done, links=[made]), at, {"locked": False})

    def last(self, one: str | None = None) -> Row[Any] | None:
        """The newest act of a person that was not undone."""
        theirs = act.c.undone_at.is_(None) & (act.c.who != "listener")
        query = select(act).where(theirs).order_by(act.c.id.desc()).limit(1)
        query = query if one is None else query.where(act.c.issue == one)
        with self._database.read() as connection:
            return connection.execute(query).first()

    def get(self, number: int) -> Row[Any] | None:
        with self._database.read() as connection:
            return connection.execute(select(act).where(act.c.id == number)).first()

    def later(self, row: Row[Any]) -> Row[Any] | None:
        """An act on the same issue after this one that stands and changed the same: it must be undone first."""
        query = select(act).where(act.c.issue == row.issue, act.c.id > row.id, act.c.undone_at.is_(None))
        with self._database.read() as connection:
            for one in connection.execute(query.order_by(act.c.id.desc())):
                if set(one.before) & set(row.before) or (one.about and row.about):
                    return one
        return None

    def undo(self, row: Row[Any], at: datetime, who: str) -> None:
        """As if it had not been done. The record stays."""
        with self._database.write() as connection:
            connection.execute(update(act).where(act.c.id == row.id).values(undone_at=at, undone_by=who))
            if row.before:
                connection.execute(update(issue).where(issue.c.id == row.issue).values(row.before))
            links = row.about.get("links", [])
            connection.execute(update(link).where(link.c.id.in_(links)).values(undone_at=at))
            if row.what == "merge":
                connection.execute(update(issue).where(issue.c.id == row.about["other"]).values(alias_of=None))
                _recount(connection, [row.issue, row.about["other"]])
            if row.what == "fixed":
                mine = (episode.c.issue == row.issue) & episode.c.closed_at.is_(None)
                connection.execute(update(episode).where(mine).values(fixed_at=None, root_cause=None))
            if row.what == "regressed":
                _take_back_episode(connection, row)
            if was := row.about.get("was"):
                _set_topics(connection, row.about["mention"], **was)
            if moved := row.about.get("moved"):
                undone = Act(who, f"undo {row.what}", row.issue)
                _put(connection, {int(number): one for number, one in moved.items()}, undone, at)
            grounds = row.about.get("grounds") or {}
            if "ground" in row.about:
                grounds = {row.about["ground"]: row.about["since"]}
            for ground, since in grounds.items():
                _redo(connection, ground, since)
            connection.execute(audit.insert(), audit_line(at, who, f"undo issue {row.what}", row.issue))

    def _link(self, connection: Connection, done: Act, at: datetime, **values: Any) -> int:
        kept = {"other": None, "mention": None, "at": at, "who": done.who, "why": done.why} | values
        return int(connection.execute(link.insert().values(kept).returning(link.c.id)).scalar_one())


def _take_back_episode(connection: Connection, row: Row[Any]) -> None:
    """The one that a regression began is gone, and the one before goes on."""
    mine, number = episode.c.issue == row.issue, row.before["episode"]
    connection.execute(delete(episode).where(mine, episode.c.number > number))
    connection.execute(update(episode).where(mine, episode.c.number == number).values(closed_at=None))


def _about(done: Act, **about: Any) -> Act:
    return Act(done.who, done.what, done.issue, done.why, about)


def _counted(connection: Connection, one: str) -> list[int]:
    return list(connection.execute(select(mention.c.id).where(mention.c.issue == one)).scalars())


def _put(connection: Connection, where: Mapping[int, str | None], done: Act, at: datetime) -> None:
    rows = [Membership(number, one, 1.0, f"{done.what} by hand", "ops", done.who) for number, one in where.items()]
    issues.place(connection, rows, at)


def _set_topics(
    connection: Connection, number: int, fence: str | None, topics: Sequence[str], topic_by: str | None
) -> dict[str, Any]:
    """What a mention is about, the main topic first; returns what it was about before."""
    mine = mention.c.id == number
    row = connection.execute(select(mention.c.fence, mention.c.verdict).where(mine)).one()
    values = {"topic": topics[0] if topics else None, "fence": fence}
    said = {**row.verdict, "topics": list(topics), "topic_by": topic_by}
    connection.execute(update(mention).where(mine).values(values | {"verdict": said}))
    return {"fence": row.fence, "topics": row.verdict.get("topics", []), "topic_by": row.verdict.get("topic_by")}


def _recount(connection: Connection, ids: Collection[str]) -> None:
    """Every mention of these issues counts in their roots of now."""
    theirs = select(member.c.mention).where(member.c.issue.in_(_families(connection, ids)))
    raw = grouped.assigned(connection, member.c.mention.in_(theirs))
    root = grouped.roots(connection, {one for one in raw.values() if one})
    grouped.set_issues(connection, {number: root[one] if one else None for number, one in raw.items()})
    grouped.recount(connection, {*ids, *root.values()})
    connection.execute(update(state).where(state.c.version > 0).values(version=state.c.version + 1))


def _families(connection: Connection, ids: Collection[str]) -> list[str]:
    return sorted({one for root in ids for one in grouped.family(connection, root)})


def _redo(connection: Connection, ground: str, since: int) -> None:
    """The ground is gone over again from there."""
    row = connection.execute(select(state).where(state.c.name == ground)).first()
    if row is not None:
        dirty = since if row.dirty_since is None else min(row.dirty_since, since)
        new = {"version": row.version + 1, "dirty_since": dirty}
        connection.execute(update(state).where(state.c.name == ground).values(new))
