"""Recovery tickets: opened or joined inside a decision's transaction, worked on by people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, update

from listener.model.delivery import Contact
from listener.model.handling import ANEW
from listener.model.plan import OwnReply, TicketPlan
from listener.model.ticket import Ticket, TicketMention, TicketNote
from listener.store import references, tracks
from listener.store import replies as first_reply
from listener.store.engine import Database, chunks, many, narrowed, table
from listener.store.prepared import Prepared

ticket, ticket_mention, ticket_note = table(Ticket), table(TicketMention), table(TicketNote)
contact = table(Contact)


# made once: a decision's transaction runs them for each complaint
OF_MENTION = select(ticket_mention.c.ticket).where(ticket_mention.c.mention == bindparam("about"))
LATEST = select(ticket).where(ticket.c.person == bindparam("whose")).order_by(ticket.c.id.desc()).limit(1)
OF_MENTIONS = select(ticket_mention).where(ticket_mention.c.mention.in_(bindparam("about", expanding=True)))
LATEST_OF_MANY = select(ticket).where(ticket.c.person.in_(bindparam("whose", expanding=True))).order_by(ticket.c.id)
OPENED = (
    *("person", "customer", "issue", "status", "queue", "urgency", "owner", "owner_role", "opened_at"),
    *("first_reply_due", "resolve_due", "reply_warn_at", "resolve_warn_at", "look_at"),
)
OPEN = Prepared(ticket.insert().values({name: bindparam(name) for name in OPENED}).returning(ticket.c.id))
_OF_MENTION = Prepared(OF_MENTION)
_ONE = Prepared(select(ticket).where(ticket.c.id == bindparam("which")))
JOIN, NOTE = ticket_mention.insert(), ticket_note.insert()
OURS = "one of our own accounts wrote it"
WRITTEN = ("noted", "answered")  # what our people write, which its counterpart outside gets too


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """Which tickets a list shows."""

    since: datetime | None = None
    until: datetime | None = None
    id: int | None = None
    status: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Joined:
    """Which ticket a complaint ended in, and how: opened, joined, reopened; had, where it was in it before."""

    ticket: int
    how: str


class Joinable:
    """The tickets that complaints of one transaction may join: those that were expected are read all at once.

    Which complaint is in which ticket is written by `flush`, before the transaction ends.
    """

    def __init__(self, connection: Connection, at: datetime) -> None:
        self._connection = connection
        self._at = at
        self._joins: list[dict[str, Any]] = []
        self._notes: list[dict[str, Any]] = []
        self._of_mention: dict[int, int | None] = {}
        self._latest: dict[str, Row[Any] | None] = {}

    def expect(self, mentions: Mapping[int, str]) -> None:
        """These mentions, each with its person, will most likely want a ticket."""
        self._of_mention |= dict.fromkeys(mentions)
        for some in chunks(sorted(mentions)):
            found = self._connection.execute(OF_MENTIONS, {"about": some})
            self._of_mention |= {row.mention: row.ticket for row in found}
        persons = sorted(set(mentions.values()))
        self._latest |= dict.fromkeys(persons)
        for part in chunks(persons):
            self._latest |= {row.person: row for row in self._connection.execute(LATEST_OF_MANY, {"whose": part})}

    def of(self, mention: int) -> int | None:
        """The ticket that has this mention already."""
        if mention in self._of_mention:
            return self._of_mention[mention]
        found: int | None = self._connection.execute(OF_MENTION, {"about": mention}).scalar()
        return found

    def latest(self, person: str, conversation: int | None = None) -> Row[Any] | None:
        """The ticket of this conversation, else the person's newest: about to change, so it is read anew later."""
        known = person in self._latest
        newest = self._latest.pop(person, None)
        if conversation is not None:
            return self._connection.execute(select(ticket).where(ticket.c.id == conversation)).first()
        return newest if known else self._connection.execute(LATEST, {"whose": person}).first()

    def join(self, plan: TicketPlan, joined: Joined) -> None:
        self._of_mention[plan.mention] = joined.ticket
        self._joins.append({"mention": plan.mention, "ticket": joined.ticket, "at": self._at})
        self._notes.append(_noted(joined.ticket, self._at, plan.rule, joined.how, f"mention {plan.mention}"))

    def joined(self, mention: int, person: str, number: int) -> None:
        """This mention is in that ticket by now, which may have changed with it."""
        self._of_mention[mention] = number
        self._latest.pop(person, None)

    def flush(self) -> None:
        """Write who joined what."""
        many(self._connection, JOIN, self._joins)
        many(self._connection, NOTE, self._notes)
        self._joins, self._notes = [], []


def open_or_join(connection: Connection, database: Database, plan: TicketPlan, at: datetime, known: Joinable) -> Joined:
    """A person's open ticket takes every further complaint; a closed one reopens where a limit forbids a new one, and
    where the complaint goes on in its own conversation.
    """
    already = known.of(plan.mention)
    if already is not None:
        return Joined(already, "had")
    latest = known.latest(plan.person, plan.conversation)
    if latest is None or (latest.status == "closed" and plan.may_open and latest.id != plan.conversation):
        joined = Joined(_open(connection, plan, at), "opened")
    else:
        joined = _join(connection, latest, plan, at)
    known.join(plan, joined)
    if plan.customer:  # nobody vouches for us while their own trouble is open
        references.pause(connection, {plan.customer: f"ticket {joined.ticket} is open"}, at)
    if joined.how == "opened":
        if tracker := plan.handling.tracker(plan.queue):
            tracks.begin(connection, database, joined.ticket, tracker, plan.handling.house, at)
    else:
        tell_tracker(connection, database, joined, plan.mention, at)
    return joined


def _join(connection: Connection, latest: Row[Any], plan: TicketPlan, at: datetime) -> Joined:
    """Whoever writes again ends our waiting for them; a closed ticket begins its promises anew."""
    if latest.status == "open":
        return Joined(latest.id, "joined")
    closed = latest.status == "closed"
    values = {**ANEW, **plan.promised(latest.queue, at)} if closed else plan.handling.resumed(latest, at)
    connection.execute(update(ticket).where(ticket.c.id == latest.id).values(values))
    return Joined(latest.id, "reopened" if closed else "joined")


def tell_tracker(connection: Connection, database: Database, joined: Joined, mention: int, at: datetime) -> None:
    """The ticket's counterpart outside, where it has one, gets what was said, and reopens with it."""
    if joined.how == "reopened":
        tracks.order(connection, database, joined.ticket, tracks.Order("reopen", at.isoformat()), at)
    about = {"mention": mention}
    tracks.order(connection, database, joined.ticket, tracks.Order("comment", f"mention {mention}", about), at)


def assign(connection: Connection, number: int, owner: str, rule: str, at: datetime) -> None:
    """Give the ticket of a mention to somebody, where it has one that is not already theirs."""
    mine = select(ticket_mention.c.ticket).where(ticket_mention.c.mention == number).scalar_subquery()
    theirs = (ticket.c.id == mine) & (ticket.c.owner.is_distinct_from(owner))
    moved = connection.execute(update(ticket).where(theirs).values(owner=owner).returning(ticket.c.id)).scalar()
    if moved is not None:
        note(connection, moved, at, rule, "assigned", owner)


def close_ours(connection: Connection, database: Database, mentions: Sequence[int], at: datetime) -> None:
    """Tickets about nothing but these, which turned out to be by our own accounts: nobody waits for an answer."""
    if not mentions:
        return
    mine = select(ticket_mention.c.ticket).where(ticket_mention.c.mention.in_(mentions))
    joined = select(ticket_mention.c.ticket).where(ticket_mention.c.ticket == ticket.c.id)
    others = joined.where(ticket_mention.c.mention.not_in(mentions)).exists()
    ours = ticket.c.id.in_(mine) & ~others & (ticket.c.status != "closed")
    ended = {"status": "closed", "closed_at": at, "root_cause": OURS, "outcome": "neutral"}
    ended |= dict.fromkeys(("look_at", "waiting_since", "wait_until"))
    for number in connection.execute(update(ticket).where(ours).values(ended).returning(ticket.c.id)).scalars():
        note(connection, number, at, "listener", "closed", OURS)
        about = {"cause": OURS, "outcome": "neutral", "who": "listener"}
        tracks.order(connection, database, number, tracks.Order("close", at.isoformat(), about), at)


def _open(connection: Connection, plan: TicketPlan, at: datetime) -> int:
    return int(OPEN.one(connection, plan.columns(at)).id)


def note(connection: Connection, number: int, at: datetime, who: str, what: str, text: str = "") -> None:
    """What happened to a ticket."""
    connection.execute(NOTE, _noted(number, at, who, what, text))


def _noted(number: int, at: datetime, who: str, what: str, text: str) -> dict[str, Any]:
    return {"ticket": number, "at": at, "who": who, "what": what, "text": text}


class Tickets:
    """What people see of tickets and do to them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, wanted: TicketFilter) -> list[Row[Any]]:
        """Newest first."""
        query = select(ticket).order_by(ticket.c.id.desc()).limit(wanted.limit)
        query = narrowed(
            query,
            (wanted.since, ticket.c.opened_at.__ge__),
            (wanted.until, ticket.c.opened_at.__lt__),
            (wanted.id, ticket.c.id.__eq__),
            (wanted.status, ticket.c.status.__eq__),
        )
        with self._database.read() as connection:
            return list(connection.execute(query))

    def mentions_of(self, tickets: list[int]) -> dict[int, list[int]]:
        query = select(ticket_mention).where(ticket_mention.c.ticket.in_(tickets)).order_by(ticket_mention.c.mention)
        found: dict[int, list[int]] = {}
        with self._database.read() as connection:
            for row in connection.execute(query):
                found.setdefault(row.ticket, []).append(row.mention)
        return found

    def notes(self, number: int) -> list[Row[Any]]:
        with self._database.read() as connection:
            query = select(ticket_note).where(ticket_note.c.ticket == number).order_by(ticket_note.c.id)
            return list(connection.execute(query))

    def opened_since(self, since: datetime) -> int:
        with self._database.read() as connection:
            query = select(func.count()).select_from(ticket).where(ticket.c.opened_at >= since)
            return connection.execute(query).scalar_one()

    def of_mention(self, mention: int) -> int | None:
        with self._database.read() as connection:
            row = _OF_MENTION.first(connection, {"about": mention})
            return int(row.ticket) if row else None

    def open_now(self, plan: TicketPlan, at: datetime) -> int:
        """A ticket that a person approved."""
        with self._database.write() as connection:
            known = Joinable(connection, at)
            joined = open_or_join(connection, self._database, plan, at, known)
            known.flush()
            return joined.ticket

    def get(self, number: int) -> Row[Any] | None:
        with self._database.read() as connection:
            return _ONE.first(connection, {"which": number})

    def change(self, number: int, at: datetime, who: str, what: str, text: str = "", **values: Any) -> bool:
        """Set columns and note who did it; false when there is no such ticket. Its counterpart outside follows."""
        with self._database.write() as connection:
            old = connection.execute(select(ticket).where(ticket.c.id == number)).first()
            if old is None:
                return False
            if values:
                connection.execute(update(ticket).where(ticket.c.id == number).values(values))
            self._written(connection, number, at, who, what, text)
            if op := _followed(old.status, values.get("status", old.status)):
                about = {"cause": values.get("root_cause"), "outcome": values.get("outcome"), "who": who}
                tracks.order(connection, self._database, number, tracks.Order(op, at.isoformat(), about), at)
        return True

    def answered(self, source: str, replies: Sequence[OwnReply], at: datetime) -> None:
        """Our own account was seen to answer there: the first reply to the tickets of those mentions."""
        with self._database.write() as connection:
            first_reply.seen(connection, source, replies, at)

    def contact(self, number: int, at: datetime, who: str, text: str) -> bool:
        """A person reached the ticket's person by another way: a reply, and an entry of the contact ledger."""
        with self._database.write() as connection:
            row = connection.execute(select(ticket).where(ticket.c.id == number)).first()
            if row is None:
                return False
            values = {"person": row.person, "customer": row.customer, "purpose": "recovery", "at": at}
            connection.execute(contact.insert(), {**values, "channel": "by hand", "delivery": None})
            first = ticket.c.replied_at.is_(None) & (ticket.c.id == number)
            connection.execute(update(ticket).where(first).values(replied_at=at))
            self._written(connection, number, at, who, "answered", text)
        return True

    def _written(self, connection: Connection, number: int, at: datetime, who: str, what: str, text: str) -> None:
        row = _noted(number, at, who, what, text)
        made = connection.execute(NOTE.returning(ticket_note.c.id), row).scalar_one()
        if what in WRITTEN and text:
            told = tracks.Order("note", f"note {made}", {"note": made})
            tracks.order(connection, self._database, number, told, at)


def _followed(before: str, after: str) -> str | None:
    """What a change of status means for the counterpart."""
    if (before == "closed") == (after == "closed"):
        return None
    return "close" if after == "closed" else "reopen"
