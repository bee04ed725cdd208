"""Which mention belongs to which issue, inside a transaction: assigned, traced to the root, counted anew."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, distinct, func, select, update

from listener.model.grouped import Membership, Opening
from listener.model.issue import Issue, IssueEpisode, IssueMember
from listener.model.mention import Mention
from listener.store.engine import Database, chunks, many, table

issue, member = table(Issue), table(IssueMember)
episode, mention = table(IssueEpisode), table(Mention)

NEW = {"spread": "cannot_tell", "state": "open", "mentions": 0, "persons": 0, "customers": 0, "persons_now": 0}
SET_ISSUE = update(mention).where(mention.c.id == bindparam("which")).values(issue=bindparam("root"))
NEW |= {"locked": False, "episode": 1}


def open_all(connection: Connection, database: Database, openings: Iterable[Opening], at: datetime) -> None:
    """New issues with their first episode; one that is there already stays as it is."""
    rows = list(openings)
    if not rows:
        return
    times = ("opened_at", "first_seen", "last_seen")
    issues, firsts = [], []
    for row in rows:
        about: dict[str, Any] = {"id": row.id, "brand": row.brand, "topic": row.topic, "fence": row.fence}
        about |= {"number": row.number, "founder": row.founder, "title": row.title, "keywords": list(row.keywords)}
        issues.append(NEW | about | dict.fromkeys(times, row.at))
        firsts.append({"issue": row.id, "number": 1, "kind": "first", "opened_at": row.at})
    many(connection, database.insert(Issue).on_conflict_do_nothing(), issues)
    many(connection, database.insert(IssueEpisode).on_conflict_do_nothing(), firsts)


def rows(connection: Connection, ids: Collection[str]) -> dict[str, Row[Any]]:
    """Issues by id."""
    found: dict[str, Row[Any]] = {}
    for part in chunks(sorted(ids)):
        found |= {row.id: row for row in connection.execute(select(issue).where(issue.c.id.in_(part)))}
    return found


def assign(connection: Connection, memberships: Sequence[Membership], at: datetime) -> frozenset[str]:
    """Append these assignments and set the mentions' issues; returns the roots whose counts may have changed."""
    if not memberships:
        return frozenset()
    before = issues_of(connection, [row.mention for row in memberships])
    columns = ("mention", "issue", "version", "score", "reason", "who")
    rows = [{name: getattr(row, name) for name in columns} | {"at": at} for row in memberships]
    many(connection, member.insert(), rows)
    root = roots(connection, {row.issue for row in memberships if row.issue})
    now = {row.mention: root.get(row.issue, row.issue) if row.issue else None for row in memberships}
    set_issues(connection, now)
    return frozenset(filter(None, (*before.values(), *now.values())))


def set_issues(connection: Connection, roots_by_mention: Mapping[int, str | None]) -> None:
    """The issue that each mention counts in."""
    rows = [{"which": number, "root": root} for number, root in sorted(roots_by_mention.items())]
    many(connection, SET_ISSUE, rows)


def issues_of(connection: Connection, numbers: Collection[int]) -> dict[int, str | None]:
    """The root issue that each mention counts in now."""
    found: dict[int, str | None] = {}
    for part in chunks(sorted(numbers)):
        query = select(mention.c.id, mention.c.issue).where(mention.c.id.in_(part))
        found |= {row.id: row.issue for row in connection.execute(query)}
    return found


def assigned(connection: Connection, clause: ColumnElement[bool]) -> dict[int, str | None]:
    """The newest assignment of each mention that the clause (on `issue_member`) names, aliases not followed."""
    newest = select(func.max(member.c.id)).where(clause).group_by(member.c.mention)
    rows = connection.execute(select(member.c.mention, member.c.issue).where(member.c.id.in_(newest)))
    return {row.mention: row.issue for row in rows}


def roots(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """Where each issue counts after all merges; an issue that was never merged is its own root."""
    found = {one: one for one in ids}
    while True:
        ends = sorted(set(found.values()))
        merged: dict[str, str] = {}
        for part in chunks(ends):
            query = select(issue.c.id, issue.c.alias_of).where(issue.c.id.in_(part), issue.c.alias_of.is_not(None))
            merged |= {row.id: row.alias_of for row in connection.execute(query)}
        if not merged:
            return found
        found = {one: merged.get(end, end) for one, end in found.items()}


def family(connection: Connection, root: str) -> list[str]:
    """An issue with all that were merged into it, straight or through others."""
    found, new = [root], [root]
    while new:
        query = select(issue.c.id).where(issue.c.alias_of.in_(new)).order_by(issue.c.id)
        new = [one for one in connection.execute(query).scalars() if one not in found]
        found += new
    return found


def recount(connection: Connection, ids: Iterable[str]) -> None:
    """Count the mentions of these issues anew. Copies of a post count once, as the post that they copy; a mention whose
    author is not known is nobody's.
    """
    for part in chunks(sorted(set(ids))):
        counted = {row.one: row for row in connection.execute(COUNTS, {"ids": part})}
        full = [_counts(row) for row in counted.values()]
        many(connection, update(issue).where(issue.c.id == bindparam("one")).values(_binds(full)), full)
        emptied = [one for one in part if one not in counted]
        nothing = {"mentions": 0, "persons": 0, "customers": 0, "persons_now": 0}
        if emptied:
            connection.execute(update(issue).where(issue.c.id.in_(emptied)).values(nothing))


def pass_voice(connection: Connection, posts: Iterable[Row[Any]]) -> None:
    """These are gone or say something else now: of the copies of each the first one counts, and is judged again."""
    told = [row for row in posts if row.issue is not None]
    for row in told:
        copies = (mention.c.issue == row.issue) & (mention.c.duplicate_of == row.id)
        query = select(func.min(mention.c.id)).where(copies, mention.c.gone_at.is_(None))
        first = connection.execute(query).scalar()
        if first is not None:
            later = copies & (mention.c.id != first)
            connection.execute(update(mention).where(later).values(duplicate_of=first))
            alone = {"duplicate_of": None, "decided_at": None}
            connection.execute(update(mention).where(mention.c.id == first).values(alone))
    recount(connection, (row.issue for row in told))


def repeated(connection: Connection, ids: Collection[int]) -> list[Row[Any]]:
    """Those of these mentions that others of their issue repeat: (id, issue)."""
    copy = mention.alias()
    others = (copy.c.issue == mention.c.issue) & (copy.c.duplicate_of == mention.c.id) & copy.c.id.not_in(ids)
    query = select(mention.c.id, mention.c.issue).where(mention.c.id.in_(ids), select(copy.c.id).where(others).exists())
    return list(connection.execute(query))


COUNTS = (
    select(
        mention.c.issue.label("one"),
        func.count().label("mentions"),
        func.count(distinct(mention.c.person)).filter(mention.c.person.not_like("mention:%")).label("persons"),
        func.count(distinct(mention.c.customer)).label("customers"),
        func.min(mention.c.posted_at).label("first_seen"),
        func.max(mention.c.posted_at).label("last_seen"),
    )
    .where(mention.c.issue.in_(bindparam("ids", expanding=True)), mention.c.duplicate_of.is_(None))
    .group_by(mention.c.issue)
)


def _counts(row: Row[Any]) -> dict[str, Any]:
    names = ("one", "mentions", "persons", "customers", "first_seen", "last_seen")
    return {name: getattr(row, name) for name in names}


def _binds(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {name: bindparam(name) for name in (rows[0] if rows else ()) if name != "one"}
