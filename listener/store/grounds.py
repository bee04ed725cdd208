"""What grouping remembers between batches: the words of live issues, how far each ground has come, what is to redo."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, func, select, update

from listener.model.grouped import Membership, Opening
from listener.model.issue import Issue, IssueLink, IssueMember, IssueState, IssueWords
from listener.model.mention import Mention
from listener.store import grouped
from listener.store.engine import Database, chunks, many, narrowed, table
from listener.store.suggestions import suggest

issue, member, link = table(Issue), table(IssueMember), table(IssueLink)
state, words, mention = table(IssueState), table(IssueWords), table(Mention)

COMPLAINTS = ("negative", "mixed")
# what grouping reads of a complaint
SAID = ("id", "brand", "post", "posted_at", "title", "text", "topic", "fence", "duplicate_of", "person", "language")
OF_GROUND = select(words.c.issue, words.c.value).where(words.c.ground == bindparam("whose"))


class IssueTurn:
    """Grouping within one open transaction."""

    def __init__(self, connection: Connection, database: Database, at: datetime) -> None:
        self._connection = connection
        self._database = database
        self._at = at

    def states(self, grounds: Collection[str]) -> dict[str, Row[Any]]:
        """How far each ground has come; `version` grows with each change. Held until the transaction ends."""
        query = select(state).where(state.c.name.in_(sorted(grounds))).order_by(state.c.name).with_for_update()
        return {row.name: row for row in self._connection.execute(query)}

    def words(self, ground: str) -> dict[str, Mapping[str, Any]]:
        """The words of the ground's issues, by issue."""
        return {row.issue: row.value for row in self._connection.execute(OF_GROUND, {"whose": ground})}

    def ids(self, ground: str, numbers: Collection[int]) -> dict[int, str]:
        """Issue ids by the numbers that grouping knows them by: a post about two brands may found one in each."""
        brand, fence = ground.split("\n", 1)
        mine = (issue.c.brand == brand) & (issue.c.fence == fence)
        found: dict[int, str] = {}
        for part in chunks(sorted(numbers)):
            query = select(issue.c.number, issue.c.id).where(mine, issue.c.number.in_(part))
            found |= {row.number: row.id for row in self._connection.execute(query)}
        return found

    def assigned(self, numbers: Collection[int]) -> dict[int, str | None]:
        """The issue that each of these mentions was put in last, merges not followed."""
        found: dict[int, str | None] = {}
        for part in chunks(sorted(numbers)):
            found |= grouped.assigned(self._connection, member.c.mention.in_(part))
        return found

    def locks(self, grounds: Collection[str]) -> dict[str, list[tuple[int, datetime]]]:
        """(number, since when) of the issues that take no more mentions, by ground."""
        mine = (link.c.kind == "lock") & link.c.undone_at.is_(None) & words.c.ground.in_(sorted(grounds))
        query = select(words.c.ground, issue.c.number, link.c.at).join(link, link.c.issue == issue.c.id)
        found: dict[str, list[tuple[int, datetime]]] = {}
        for row in self._connection.execute(query.join(words, words.c.issue == issue.c.id).where(mine)):
            found.setdefault(row.ground, []).append((row.number, row.at))
        return found

    def pins(self, numbers: Collection[int] | None = None) -> dict[int, str]:
        """The issue that ops put a mention in, by mention: the newest pin holds."""
        query = select(link.c.mention, link.c.issue).where(link.c.kind == "pin", link.c.undone_at.is_(None))
        query = query if numbers is None else query.where(link.c.mention.in_(sorted(numbers)))
        return {row.mention: row.issue for row in self._connection.execute(query.order_by(link.c.id))}

    def apart(self) -> frozenset[frozenset[str]]:
        """Pairs of root issues that ops split: what is in one is never like what is in the other."""
        query = select(link.c.issue, link.c.other).where(link.c.kind == "cannot", link.c.undone_at.is_(None))
        pairs = [(row.issue, row.other) for row in self._connection.execute(query)]
        ends = grouped.roots(self._connection, {one for pair in pairs for one in pair})
        return frozenset(frozenset((ends[one], ends[other])) for one, other in pairs)

    def open(self, openings: Iterable[Opening]) -> None:
        """New issues."""
        grouped.open_all(self._connection, self._database, openings, self._at)

    def assign(self, memberships: Collection[Membership], stay: Collection[int] = ()) -> frozenset[str]:
        """Put mentions into issues and count these anew; returns the issues that they count in now or did before.

        `stay` are mentions that changed where they are: they may be copies now, or somebody else's.
        """
        changed = grouped.assign(self._connection, list(memberships), self._at)
        changed |= frozenset(filter(None, self.roots_of(stay).values())) if stay else frozenset()
        grouped.recount(self._connection, changed)
        return changed

    def pass_voice(self, rows: Iterable[Row[Any]]) -> None:
        """These count no more in their issues; who repeated them does."""
        grouped.pass_voice(self._connection, rows)

    def let_speak(self, copies: Collection[int]) -> frozenset[str]:
        """These copies are in other issues than what they repeat and count there; returns the issues counted anew."""
        found: set[str] = set()
        for part in chunks(sorted(copies)):
            alone = update(mention).where(mention.c.id.in_(part)).values(duplicate_of=None)
            found.update(filter(None, self._connection.execute(alone.returning(mention.c.issue)).scalars()))
        grouped.recount(self._connection, found)
        return frozenset(found)

    def suggest(self, pairs: Iterable[tuple[str, str, float, str]]) -> None:
        """Issues that may be one, for people to look at."""
        suggest(self._connection, self._database, pairs, self._at)

    def rows(self, ids: Collection[str]) -> dict[str, Row[Any]]:
        """Issues by id."""
        return grouped.rows(self._connection, ids)

    def neighbours(self, brand: str, topic: str, since: datetime) -> dict[str, Row[Any]]:
        """Issues of a topic whose spread its alarms may change: spoken of since then, or thought to be shared."""
        theirs = (issue.c.brand == brand, issue.c.topic == topic, issue.c.alias_of.is_(None), issue.c.mentions > 0)
        shared = issue.c.spread.in_(("outbreak", "possibly_shared"))
        query = select(issue).where(*theirs, (issue.c.last_seen >= since) | shared)
        return {row.id: row for row in self._connection.execute(query)}

    def roots_of(self, numbers: Collection[int]) -> dict[int, str | None]:
        """The issue that each mention counts in."""
        return grouped.issues_of(self._connection, numbers)

    def set(self, changes: Iterable[Mapping[str, Any]]) -> None:
        """Columns of issues, `id` among them; all rows have the same columns."""
        rows = [{**row, "which": row["id"]} for row in changes]
        if rows:
            names: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name not in ("id", "which")}
            many(self._connection, update(issue).where(issue.c.id == bindparam("which")).values(names), rows)

    def keep_words(self, rows: Sequence[tuple[str, str, Mapping[str, Any]]]) -> None:
        """(issue, ground, words): the words of these issues as they are now."""
        statement = self._database.insert(IssueWords)
        new = {"ground": statement.excluded.ground, "value": statement.excluded.value}
        statement = statement.on_conflict_do_update(index_elements=["issue"], set_=new)
        kept = [{"issue": one, "ground": ground, "value": value} for one, ground, value in rows]
        many(self._connection, statement, kept)

    def replace_words(self, ground: str, by_issue: Mapping[str, Mapping[str, Any]]) -> None:
        """The words of all live issues of a ground; those that are not among them live no more."""
        self._connection.execute(delete(words).where(words.c.ground == ground))
        self.keep_words([(one, ground, value) for one, value in by_issue.items()])

    def keep_states(self, rows: Sequence[tuple[str, int, int | None, int | None]]) -> None:
        """(ground, version, last, dirty_since): how far these grounds have come."""
        statement = self._database.insert(IssueState)
        names = ("version", "at", "last", "dirty_since", "value")
        new = {name: getattr(statement.excluded, name) for name in names}
        statement = statement.on_conflict_do_update(index_elements=["name"], set_=new)
        columns = ("name", "version", "last", "dirty_since")
        kept = [dict(zip(columns, row, strict=True)) | {"at": self._at, "value": {}} for row in rows]
        many(self._connection, statement, kept)

    def snapshot(self, ground: str, before: int) -> Row[Any] | None:
        """The newest kept copy of a ground's words from before that place."""
        mine = copies_of(ground) & (state.c.last < before)
        return self._connection.execute(select(state).where(mine).order_by(state.c.last.desc()).limit(1)).first()

    def keep_snapshot(self, ground: str, last: int, value: Mapping[str, Any]) -> None:
        """A copy of a ground's words as they were at that place."""
        values = {"version": 0, "at": self._at, "last": last, "value": dict(value)}
        statement = self._database.insert(IssueState).values(name=f"{ground}\n{last}", **values)
        self._connection.execute(statement.on_conflict_do_nothing(index_elements=["name"]))

    def drop_snapshots(self, ground: str, since: int) -> None:
        """Copies from that place on hold no more."""
        self._connection.execute(delete(state).where(copies_of(ground), state.c.last >= since))

    def thin_snapshots(self, ground: str, kept: Callable[[Iterable[int]], Collection[int]]) -> None:
        """Let go of the copies whose places are not `kept`, of all places that there are."""
        mine = copies_of(ground)
        places = set(self._connection.execute(select(state.c.last).where(mine)).scalars())
        self._connection.execute(delete(state).where(mine, state.c.last.in_(places.difference(kept(places)))))

    def complaints(
        self, brand: str, fence: str | None, since: datetime, until: datetime | None = None, most: int | None = None
    ) -> list[Row[Any]]:
        """Judged complaints of a ground that were posted from then on, the oldest first: all, or so many of them."""
        query = select(*(mention.c[name] for name in SAID)).where(
            *of_ground(brand, fence), mention.c.posted_at >= since
        )
        query = narrowed(query, (until, mention.c.posted_at.__lt__))
        return list(self._connection.execute(query.order_by(mention.c.posted_at, mention.c.id).limit(most)))

    def said(self, numbers: Collection[int]) -> Iterator[Row[Any]]:
        """The same of these mentions."""
        for part in chunks(sorted(numbers)):
            yield from self._connection.execute(
                select(*(mention.c[name] for name in SAID)).where(mention.c.id.in_(part))
            )

    def rename(self, numbers: Mapping[str, int]) -> None:
        """These issues are known to grouping by another number: an earlier post than their founder came in."""
        # first out of the way, as two may change places
        for one in numbers:
            self._connection.execute(update(issue).where(issue.c.id == one).values(number=None))
        for one, number in numbers.items():
            self._connection.execute(update(issue).where(issue.c.id == one).values(number=number))


def of_ground(brand: str, fence: str | None) -> tuple[ColumnElement[bool], ...]:
    """Judged complaints of a ground.

    `coalesce` keeps SQLite from finding them by brand, to then sort all of them by time, for each part of them anew.
    """
    return (
        func.coalesce(mention.c.brand, "") == brand,
        mention.c.fence.is_(None) if fence is None else mention.c.fence == fence,
        mention.c.label.in_(COMPLAINTS),
        mention.c.own.is_(False),
        mention.c.decided_at.is_not(None),
    )


def copies_of(ground: str) -> ColumnElement[bool]:
    """The copies of a ground's words at earlier times."""
    escaped = ground.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return state.c.name.like(f"{escaped}\n%", escape="\\")
