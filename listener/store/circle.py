"""Conversations: what the person of a ticket says in its thread belongs to the ticket, whatever its mood."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, case, func, or_, select, union_all, update

from listener.model.handling import Handling
from listener.model.mention import Appearance, Mention
from listener.model.ticket import Ticket, TicketMention
from listener.store.engine import Database, chunks, table
from listener.store.tickets import Joinable, Joined, note, tell_tracker

appearance, mention, ticket = table(Appearance), table(Mention), table(Ticket)
ticket_mention = table(TicketMention)

# a closed ticket that is still to be looked back at is young enough to go on
GOES_ON = or_(ticket.c.status != "closed", ticket.c.look_at.is_not(None))
MOST = 20  # tickets of one person that are looked through, newest first
SPEAKS = (mention.c.person.is_not(None), mention.c.own.is_(False))
PRAISE = or_(mention.c.label == "positive", mention.c.decided_at.is_(None))


@dataclass(frozen=True, slots=True)
class Word:
    """A mention as part of a conversation. `to_us`: it answers one of our own accounts.

    `open_again`: it is a complaint or a question, so that a closed ticket is not over.
    """

    mention: int
    person: str
    source: str
    thread: str | None
    to_us: bool
    open_again: bool = False


class Talks:
    """Conversations within one open transaction. Only who has a ticket costs a question for each of their words."""

    def __init__(self, connection: Connection, database: Database, at: datetime, joinable: Joinable) -> None:
        self._connection = connection
        self._database = database
        self._at = at
        self._joinable = joinable
        self._in_care: set[str] = set()

    def with_persons(self, persons: Sequence[str]) -> None:
        """Find out which of them have a ticket that a word of theirs may belong to."""
        query = select(ticket.c.person).where(ticket.c.person.in_(persons), GOES_ON)
        self._in_care |= set(self._connection.execute(query.distinct()).scalars())

    def in_care(self, person: str) -> None:
        """They have one from now on."""
        self._in_care.add(person)

    def ticket_of(self, word: Word) -> Row[Any] | None:
        """The ticket of its conversation: that of its thread, for an answer to us also that of its source."""
        if word.person not in self._in_care or not (word.thread or word.to_us):
            return None
        self._joinable.flush()
        query = select(ticket).where(ticket.c.person == word.person, GOES_ON).order_by(ticket.c.id.desc()).limit(MOST)
        found = list(self._connection.execute(query))
        said = self._said([row.id for row in found], word.source)
        here = {one.ticket for one in said if word.thread and word.thread in (one.thread, one.external_id)}
        if not here and word.to_us and not self._elsewhere(word):
            # where a thread is named by the post that is answered, it is our own reply's name
            here = {one.ticket for one in said}
        return next((row for row in found if row.id in here), None)

    def threads(self, names: Collection[tuple[str, str]]) -> dict[str, dict[str, bool]]:
        """Who speaks in these conversations (source, thread), and whether it was praise.

        Where a source names a thread by the post answered, that post is part of it.
        """
        sources, threads = sorted({source for source, _ in names}), sorted({thread for _, thread in names})
        first = and_(appearance.c.source.in_(sources), appearance.c.external_id.in_(threads))
        begun = select(appearance.c.external_id.label("thread"), mention.c.person, mention.c.label)
        begun = begun.join(mention, mention.c.post == appearance.c.post).where(first, *SPEAKS)
        among = select(mention.c.thread, mention.c.person, mention.c.label).where(
            mention.c.thread.in_(threads), *SPEAKS
        )
        said = union_all(among, begun).subquery()
        praise = func.max(case((said.c.label == "positive", 1), else_=0)).label("praise")
        query = select(said.c.thread, said.c.person, praise).group_by(said.c.thread, said.c.person)
        found: dict[str, dict[str, bool]] = {}
        for row in self._connection.execute(query):
            found.setdefault(row.thread, {})[row.person] = bool(row.praise)
        return found

    def _said(self, tickets: Sequence[int], source: str) -> list[Row[Any]]:
        columns = (ticket_mention.c.ticket, mention.c.thread, mention.c.external_id)
        query = select(*columns).join(mention, mention.c.id == ticket_mention.c.mention)
        return list(
            self._connection.execute(query.where(ticket_mention.c.ticket.in_(tickets), mention.c.source == source))
        )

    def _elsewhere(self, word: Word) -> bool:
        """Whether the person said something else there, which is no part of a ticket."""
        theirs = and_(mention.c.thread == word.thread, mention.c.source == word.source, mention.c.person == word.person)
        query = select(mention.c.id).where(theirs, mention.c.id != word.mention).limit(1)
        return bool(word.thread) and self._connection.execute(query).first() is not None

    def take_up(self, row: Row[Any], word: Word, handling: Handling) -> str:
        """The word joins the ticket, its counterpart outside is told; how: joined, resumed, reopened, "": it had."""
        values = {"mention": word.mention, "ticket": row.id, "at": self._at}
        statement = self._database.insert(TicketMention).values(values).on_conflict_do_nothing()
        if self._connection.execute(statement.returning(ticket_mention.c.mention)).first() is None:
            return ""
        self._joinable.joined(word.mention, word.person, row.id)
        how = _how(row, word)
        if how != "joined":
            changed = (handling.reopened if how == "reopened" else handling.resumed)(row, self._at)
            self._connection.execute(update(ticket).where(ticket.c.id == row.id).values(changed))
        note(self._connection, row.id, self._at, "listener", how, f"mention {word.mention}: an answer")
        tell_tracker(self._connection, self._database, Joined(row.id, how), word.mention, self._at)
        return how


def _how(row: Row[Any], word: Word) -> str:
    if row.status == "waiting":
        return "resumed"
    return "reopened" if row.status == "closed" and word.open_again else "joined"


class Circle:
    """Whose words are followed in a source, though they do not name us: who answers a praise."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def praised(self, source: str, posts: Iterable[str]) -> dict[str, str]:
        """Those of the posts that are kept, each with the brand that it praises, "" where it praises none.

        What was not judged yet may be a praise.
        """
        found: dict[str, str] = {}
        praise = case((and_(PRAISE, mention.c.own.is_(False)), 1), else_=0).label("praise")
        columns = (appearance.c.external_id, mention.c.brand, praise)
        with self._database.read() as connection:
            for some in chunks(sorted(set(posts))):
                here = and_(appearance.c.source == source, appearance.c.external_id.in_(some))
                query = select(*columns).join(mention, mention.c.post == appearance.c.post)
                query = query.where(here).order_by("praise", mention.c.id.desc())
                found |= {row.external_id: row.brand if row.praise else "" for row in connection.execute(query)}
        return found
