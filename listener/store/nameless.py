"""A post or its author's account is deleted at the source: what we keep of it is nobody's from then on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, String, cast, func, literal, select, update

from listener.model.delivery import Delivery
from listener.model.mention import Decision, Mention
from listener.model.ticket import Ticket, TicketMention
from listener.store.endings import OPEN, notices_of, strike
from listener.store.engine import Database, table

mention, decision, delivery = table(Mention), table(Decision), table(Delivery)
ticket, ticket_mention = table(Ticket), table(TicketMention)

NAMING = frozenset({"author.handle", "author.account", "person.id"})  # facts of a decision that name a stranger


def forget_person(connection: Connection, database: Database, ids: Sequence[int], at: datetime) -> None:
    """A person known by the handle alone becomes this mention alone; a customer stays who they are."""
    strangers = mention.c.id.in_(ids) & mention.c.customer.is_(None) & mention.c.person.is_not(None)
    persons = set(connection.execute(select(mention.c.person).where(strangers)).scalars())
    alone = literal("mention:") + cast(mention.c.id, String)
    connection.execute(update(mention).where(strangers).values(person=alone))
    for row in connection.execute(select(decision.c.id, decision.c.facts).where(decision.c.mention.in_(ids))):
        left = {name: value for name, value in row.facts.items() if name not in NAMING}
        connection.execute(update(decision).where(decision.c.id == row.id).values(facts=left))
    kept = set(connection.execute(select(mention.c.person).where(mention.c.person.in_(persons))).scalars())
    tickets = _out_of_tickets(connection, persons - kept)
    strike(connection, database, notices_of(connection, tickets), at)
    # of others the contact budget still asks whom they are to reach
    theirs = delivery.c.mention.in_(ids) & delivery.c.person.in_(persons) & delivery.c.status.not_in(OPEN)
    about = literal("mention:") + cast(delivery.c.mention, String)
    connection.execute(update(delivery).where(theirs).values(person=about))


def _out_of_tickets(connection: Connection, persons: Collection[str]) -> list[int]:
    """Of whom nothing else is kept the tickets are about their posts alone; returns those."""
    first = select(func.min(ticket_mention.c.mention)).where(ticket_mention.c.ticket == ticket.c.id).scalar_subquery()
    theirs = ticket.c.person.in_(persons) & ticket.c.customer.is_(None)
    alone = literal("mention:") + cast(func.coalesce(first, 0), String)
    return list(connection.execute(update(ticket).where(theirs).values(person=alone).returning(ticket.c.id)).scalars())
