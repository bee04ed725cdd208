"""References that somebody must look at: handed to a new owner, gone from the registry, or over what paused them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from listener.model.customer import Customer
from listener.model.mention import Mention
from listener.model.reference import Reference, ReferenceStep
from listener.model.ticket import Ticket
from listener.store import outbox, references
from listener.store.engine import Database, table
from listener.store.grounds import COMPLAINTS
from listener.store.references import BY_ITSELF, INSIDE

reference, step, customer = table(Reference), table(ReferenceStep), table(Customer)
mention, ticket = table(Mention), table(Ticket)

OUTBREAK = "an outbreak touches them: issue"
SPOKEN_LATELY = timedelta(days=30)
ONCE = timedelta(days=7)  # who was reinstated while an outbreak goes on is not paused for it again within a week


class Reviews:
    """What the daily look over references finds."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def handed_over(self) -> list[Row[Any]]:
        """References whose customer has another owner than when they were last reviewed: customer, before, owner."""
        found = select(reference.c.customer, reference.c.owner.label("before"), customer.c.owner)
        found = found.join(customer, customer.c.id == reference.c.customer)
        due = reference.c.state.in_((*INSIDE, "paused")) & (reference.c.review == "")
        with self._database.read() as connection:
            return list(connection.execute(found.where(due, reference.c.owner != customer.c.owner)))

    def review(self, number: str, why: str, notice: Mapping[str, Any]) -> None:
        """Somebody must look at this reference, and is told so."""
        mine = (reference.c.customer == number) & (reference.c.review == "")
        with self._database.write() as connection:
            if connection.execute(update(reference).where(mine).values(review=why)).rowcount:
                outbox.add(connection, self._database, [notice])

    def paused(self, hurt_since: datetime) -> list[Row[Any]]:
        """References that the house paused, of customers without an open ticket or a complaint since then.

        Each with how the last ticket ended: `outcome` and `closed_at`, None where there was none.
        """
        troubled = select(ticket.c.id).where(ticket.c.customer == reference.c.customer, ticket.c.status != "closed")
        hurt = select(mention.c.id).where(
            mention.c.customer == reference.c.customer,
            mention.c.label.in_(COMPLAINTS),
            mention.c.posted_at >= hurt_since,
        )
        newest = select(func.max(step.c.id)).where(step.c.customer == reference.c.customer).correlate(reference)
        last = select(func.max(ticket.c.id)).where(ticket.c.customer == reference.c.customer).correlate(reference)
        query = (
            select(reference, ticket.c.outcome, ticket.c.closed_at)
            .join(step, step.c.id == newest.scalar_subquery())
            .outerjoin(ticket, ticket.c.id == last.scalar_subquery())
            .where(reference.c.state == "paused", step.c.what == "pause", step.c.who == BY_ITSELF)
            .where(~troubled.correlate(reference).exists(), ~hurt.correlate(reference).exists())
        )
        with self._database.read() as connection:
            return list(connection.execute(query))

    def gone(self, at: datetime, why: str) -> list[str]:
        """Pause those whose customer is in the registry no more; returns who. An empty registry says nothing."""
        with self._database.write() as connection:
            if connection.execute(select(customer.c.id).limit(1)).first() is None:
                return []
            known = select(customer.c.id).where(customer.c.id == reference.c.customer)
            query = select(reference.c.customer).where(reference.c.state.in_(INSIDE), ~known.exists())
            left = list(connection.execute(query).scalars())
            return references.pause(connection, dict.fromkeys(left, why), at)


def struck(connection: Connection, issue: str, at: datetime) -> list[str]:
    """An outbreak goes on: pause the references of customers who reported it; returns who."""
    why = f"{OUTBREAK} {issue}"
    before = select(step.c.id).where(step.c.customer == reference.c.customer, step.c.why == why, step.c.at > at - ONCE)
    query = (
        select(mention.c.customer)
        .distinct()
        .join(reference, reference.c.customer == mention.c.customer)
        .where(mention.c.issue == issue, mention.c.posted_at > at - SPOKEN_LATELY, mention.c.history.is_(False))
        .where(reference.c.state.in_(INSIDE), ~before.exists())
    )
    return references.pause(connection, dict.fromkeys(connection.execute(query).scalars(), why), at)
