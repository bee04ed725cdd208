"""Asking a customer: whether they may be asked is looked at once more in the transaction that enters the ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from listener.model.customer import Customer
from listener.model.delivery import Contact
from listener.model.reference import Reference, ReferenceAsk
from listener.store import asks, goodwill, references
from listener.store.engine import Database, table
from listener.store.references import Step

customer, reference, ask = table(Customer), table(Reference), table(ReferenceAsk)
contact = table(Contact)

# (how the customer stands, when they were asked) → whether they may be asked now; it may also refuse by raising
Fits = Callable[[Row[Any] | None, Sequence[datetime]], bool]
Joins = Callable[[str], tuple[Step, references.After]]


class Asking:
    """Asks that are entered, and answers. Two people who ask one customer in the same second never both may."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def invite(self, step: Step, after: references.After, fits: Fits, asked: Mapping[str, Any]) -> int:
        """The step and its ask together; returns the ask's number. Raises what `after` and `fits` raise."""
        with self._database.write() as connection:
            _may_be_asked(connection, step.customer, step.at, fits)
            references.stepped(connection, step, after)
            _enter_contact(connection, step.customer, step.at)
            columns = {"customer": step.customer, "at": step.at, **asked}
            return int(connection.execute(ask.insert().values(columns).returning(ask.c.id)).scalar_one())

    def reserve(self, number: int, who: str, role: str, at: datetime, asked: Mapping[str, Any], fits: Fits) -> bool:
        """Hold a customer for a request, with its ask; false where `fits` says no or another request holds them."""
        with self._database.write() as connection:
            if not _may_be_asked(connection, who, at, fits):
                return False
            held = asks.hold(connection, self._database, number, who, role, at, asked)
            if held:
                _enter_contact(connection, who, at)
            return held

    def answered(self, number: int, answer: str, at: datetime, why: str, joins: Joins | None = None) -> str | None:
        """The customer said yes or no; returns who. None when there is no such ask, or it was answered before.

        `joins` makes the step of a customer who was invited: in, or not.
        """
        mine = (ask.c.id == number) & ask.c.answer.is_(None)
        values = {"answer": answer, "answered_at": at} | ({"why": why} if why else {})
        with self._database.write() as connection:
            who = connection.execute(update(ask).where(mine).values(values).returning(ask.c.customer)).scalar()
            invited = (reference.c.customer == who) & (reference.c.state == "invited")
            if who and joins and connection.execute(select(reference.c.customer).where(invited)).first():
                step, after = joins(who)
                references.stepped(connection, step, after)
        return who


def _enter_contact(connection: Connection, who: str, at: datetime) -> None:
    """Whoever asked by hand: rules see it as `days_since.ask`, and letters keep the distance of the contact budget."""
    values = {"person": who, "customer": who, "purpose": "ask", "at": at}
    connection.execute(contact.insert(), {**values, "channel": "by hand", "delivery": None})


def _may_be_asked(connection: Connection, who: str, at: datetime, fits: Fits) -> bool:
    connection.execute(select(customer.c.id).where(customer.c.id == who).with_for_update())
    standing = connection.execute(goodwill.standing_of(who, at - goodwill.YEAR)).first()
    times = select(ask.c.at).where(ask.c.customer == who).order_by(ask.c.at)
    return fits(standing, list(connection.execute(times).scalars()))
