"""Invitations by rule: the customer becomes a candidate with the decision, and is invited when it went out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from listener.model.reference import Booking, Reference, ReferenceAsk
from listener.store import goodwill
from listener.store.engine import Database, table
from listener.store.panel import is_detractor
from listener.store.references import Step, note

reference, ask, booking = table(Reference), table(ReferenceAsk), table(Booking)

INVITE = "invite_reference"
PROGRAMME = "programme"
# how rules name the forms of advocacy that the programme calls otherwise
FORMS: Mapping[str, str] = {"one_on_one": "call", "writing": "written", "": "call"}


@dataclass(frozen=True, slots=True)
class Nomination:
    """A candidate by rule: who, whose customer, why they are happy, and the mention that says so."""

    customer: str
    owner: str
    drivers: Sequence[Mapping[str, Any]]
    rule: str
    mention: int


class Inviting:
    """What is known of a customer whom a rule wants to invite, within one open transaction."""

    def __init__(self, connection: Connection, database: Database, at: datetime) -> None:
        self._connection = connection
        self._database = database
        self._at = at

    def standing(self, customer: str) -> Row[Any] | None:
        """How the customer stands as one to be asked; None where the registry does not know them."""
        return self._connection.execute(goodwill.standing_of(customer, self._at - goodwill.YEAR)).first()

    def asks(self, customer: str) -> list[Row[Any]]:
        """Every ask of the customer, oldest first: when, and what was answered."""
        query = select(ask.c.at, ask.c.answer).where(ask.c.customer == customer).order_by(ask.c.at)
        return list(self._connection.execute(query))

    def is_detractor(self, customer: str) -> bool:
        """Whether this customer complained within a year, or gave a low score in a survey."""
        return is_detractor(self._connection, customer, self._at - goodwill.YEAR)

    def praise(self, customer: str) -> list[Row[Any]]:
        """A year of the customer's praise, newest first."""
        return list(self._connection.execute(goodwill.praise_of(customer, self._at - goodwill.YEAR)))

    def answers(self, form: str, segment: str) -> tuple[int, int]:
        """How often customers of this segment said yes to this form, of how many answers."""
        rows = self._connection.execute(goodwill.acceptance_by("segment", form))
        return next(((row.yes, row.all) for row in rows if (row.group or "") == segment), (0, 0))

    def nominate(self, new: Nomination) -> None:
        """Make a candidate of who is not in the programme."""
        values = {"customer": new.customer, "state": "candidate", "since": self._at, "owner": new.owner, "review": ""}
        why = f"praised us: mention {new.mention}"
        columns = {**values, "why": why, "drivers": [dict(one) for one in new.drivers]}
        statement = self._database.insert(Reference).values(columns).on_conflict_do_nothing()
        if self._connection.execute(statement.returning(reference.c.customer)).first():
            evidence = {"mention": new.mention, "drivers": columns["drivers"]}
            by = f"rule:{new.rule}"
            note(self._connection, Step(new.customer, "nominate", by, self._at, why, evidence), "candidate")


def outdated(connection: Connection, customer: str | None) -> str:
    """Why an invitation that was ordered must not go any more; "" where it may."""
    states = select(reference.c.state).where(reference.c.customer == customer)
    state = connection.execute(states).scalar() if customer else None
    if state not in (None, "candidate"):
        return f"{customer} is {state} by now"
    held = select(booking.c.request).where(booking.c.customer == customer, booking.c.status == "held")
    request = connection.execute(held).scalar() if customer else None
    return f"{customer} is reserved for request {request}" if request is not None else ""


def invited(connection: Connection, database: Database, row: Row[Any], at: datetime) -> None:
    """A rule's invitation reached its customer: that is an ask, entered once, and the candidate is invited."""
    mine = reference.c.customer == row.customer
    old = connection.execute(select(reference.c.state).where(mine).with_for_update()).first()
    if old is None:
        return
    told = dict(row.options or {})
    form, asker = str(told.get("form") or ""), str(told.get("reference.asker") or PROGRAMME)
    values = {"customer": row.customer, "at": at, "form": FORMS.get(form, form), "asker": asker, "delivery": row.id}
    known = {"driver": told.get("reference.driver") or "", "expected": told.get("reference.expected")}
    first = database.insert(ReferenceAsk).values({**values, **known, "why": str(told.get("benefit") or "")})
    first = first.on_conflict_do_nothing(index_elements=["delivery"]).returning(ask.c.id)
    if connection.execute(first).first() and old.state == "candidate":
        why = f"asked by {asker}: delivery {row.id}"
        connection.execute(update(reference).where(mine).values(state="invited", since=at, why=why))
        note(connection, Step(str(row.customer), "invite", f"rule:{row.rule}", at, why), "invited")
