"""Recovery tickets: opened or joined inside a decision's transaction, worked on by people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, update

from listener.model import Ticket, TicketMention, TicketNote
from listener.model.plan import TicketPlan
from listener.store import references
from listener.store.engine import Database, narrowed, table

ticket, ticket_mention, ticket_note = table(Ticket), table(TicketMention), table(TicketNote)


# made once: a decision's transaction runs them for each complaint
OF_MENTION = select(ticket_mention.c.ticket).where(ticket_mention.c.mention == bindparam("about"))
LATEST = (
    select(ticket.c.id, ticket.c.status)
    .where(ticket.c.person == bindparam("whose"))
    .order_by(ticket.c.id.desc())
    .limit(1)
)
OPEN = ticket.insert().returning(ticket.c.id)
JOIN, NOTE = ticket_mention.insert(), ticket_note.insert()


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
    """Which ticket a complaint ended in, and how: opened, joined or reopened."""

    ticket: int
    how: str


def open_or_join(connection: Connection, plan: TicketPlan, at: datetime) -> Joined:
    """A person's open ticket takes every further complaint; a closed one reopens where a limit forbids a new one."""
    already = connection.execute(OF_MENTION, {"about": plan.mention}).scalar()
    if already is not None:
        return Joined(already, "joined")
    latest = connection.execute(LATEST, {"whose": plan.person}).first()
    if latest is None or (latest.status == "closed" and plan.may_open):
        joined = Joined(_open(connection, plan, at), "opened")
    else:
        joined = Joined(latest.id, "reopened" if latest.status == "closed" else "joined")
    if joined.how == "reopened":
        again = {"status": "open", "closed_at": None, "outcome": None}
        connection.execute(update(ticket).where(ticket.c.id == joined.ticket).values(again))
    connection.execute(JOIN, {"mention": plan.mention, "ticket": joined.ticket, "at": at})
    if plan.customer:  # nobody vouches for us while their own trouble is open
        references.pause(connection, {plan.customer: f"ticket {joined.ticket} is open"}, at)
    _note(connection, joined.ticket, at, plan.rule, joined.how, f"mention {plan.mention}")
    return joined


def assign(connection: Connection, number: int, owner: str, rule: str, at: datetime) -> None:
    """Give the ticket of a mention to somebody, where it has one that is not already theirs."""
    mine = select(ticket_mention.c.ticket).where(ticket_mention.c.mention == number).scalar_subquery()
    theirs = (ticket.c.id == mine) & (ticket.c.owner.is_distinct_from(owner))
    moved = connection.execute(update(ticket).where(theirs).values(owner=owner).returning(ticket.c.id)).scalar()
    if moved is not None:
        _note(connection, moved, at, rule, "assigned", owner)


def _open(connection: Connection, plan: TicketPlan, at: datetime) -> int:
    row = connection.execute(OPEN, plan.columns(at))
    return int(row.scalar_one())


def _note(connection: Connection, number: int, at: datetime, who: str, what: str, text: str = "") -> None:
    connection.execute(NOTE, {"ticket": number, "at": at, "who": who, "what": what, "text": text})


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
            query = select(ticket_mention.c.ticket).where(ticket_mention.c.mention == mention)
            return connection.execute(query).scalar()

    def open_for(self, delivery: Row[Any], at: datetime) -> int:
        """The ticket that a delivery orders, once a person approved it."""
        who = (delivery.mention, delivery.person, delivery.customer, delivery.issue, delivery.rule)
        plan = TicketPlan(*who, options=delivery.options)
        with self._database.write() as connection:
            return open_or_join(connection, plan, at).ticket

    def change(self, number: int, at: datetime, who: str, what: str, text: str = "", **values: Any) -> bool:
        """Set columns and note who did it; false when there is no such ticket."""
        with self._database.write() as connection:
            if connection.execute(select(ticket.c.id).where(ticket.c.id == number)).first() is None:
                return False
            if values:
                connection.execute(update(ticket).where(ticket.c.id == number).values(values))
            _note(connection, number, at, who, what, text)
        return True
