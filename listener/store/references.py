"""The reference programme: every step of a customer, and the pause that takes a reference down from every place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Text, cast, func, literal, select, update

from listener.model.delivery import Delivery
from listener.model.reference import Reference, ReferenceStep, Takedown, Use
from listener.store.asks import give_up
from listener.store.engine import Database, table
from listener.store.house import audit, audit_line

reference, step_table = table(Reference), table(ReferenceStep)
use, takedown, delivery = table(Use), table(Takedown), table(Delivery)

INSIDE = ("candidate", "invited", "accepted", "active", "resting")
OUTSIDE = ("paused", "withdrawn", "declined")
BY_ITSELF = "listener"  # who paused, where nobody did it by hand
LEFT = "left-programme:"  # the key, before the step's number, of the news that a reference serves no more


# (state, state before a pause) → the state after a step; it refuses by raising
After = Callable[[str, str | None], str]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a customer: what was done by whom, why, and what else changes with it (columns of Reference)."""

    customer: str
    what: str
    who: str
    at: datetime
    why: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    columns: Mapping[str, Any] = field(default_factory=dict)


def pause(connection: Connection, causes: Mapping[str, str], at: datetime, who: str = BY_ITSELF) -> list[str]:
    """Pause these customers' references, each with its cause, and open their takedown lists; returns who was paused.

    What they are reserved for goes to whoever stands by.

    Runs inside the transaction of whatever soured them: a complaint, a ticket, an outbreak, a withdrawal.
    """
    mine = reference.c.customer.in_(list(causes)) & reference.c.state.in_(INSIDE)
    rows = list(connection.execute(select(reference.c.customer, reference.c.state).where(mine))) if causes else []
    for row in rows:
        values = {"state": "paused", "before": row.state, "since": at, "why": causes[row.customer]}
        connection.execute(update(reference).where(reference.c.customer == row.customer).values(values))
        note(connection, Step(row.customer, "pause", who, at, causes[row.customer]), "paused")
        take_down(connection, row.customer, causes[row.customer], at)
        give_up(connection, row.customer, at, causes[row.customer])
    return [row.customer for row in rows]


def take_down(connection: Connection, customer: str, cause: str, at: datetime) -> int:
    """Open the takedown list of a customer: one entry for each place that is still up; returns how many."""
    up = select(use.c.id).where(use.c.customer == customer, use.c.status == "up")
    places = list(connection.execute(up).scalars())
    for place in places:
        values = {"use": place, "customer": customer, "cause": cause, "status": "open", "opened_at": at, "look_at": at}
        connection.execute(takedown.insert(), {**values, "seen": "", "detail": "", "confirmed_by": ""})
    connection.execute(update(use).where(use.c.id.in_(places)).values(status="coming down"))
    return len(places)


def _call_off(connection: Connection, customer: str) -> None:
    """The customer is back: what had not come down yet may stay."""
    mine = (takedown.c.customer == customer) & (takedown.c.status == "open")
    connection.execute(update(takedown).where(mine).values(status="called off", look_at=None))
    waiting = (use.c.customer == customer) & (use.c.status == "coming down")
    connection.execute(update(use).where(waiting).values(status="up"))


def stepped(connection: Connection, step: Step, after: After) -> Row[Any]:
    """One step and all that comes with it. Raises what `after` raises, before anything is changed."""
    mine = select(reference).where(reference.c.customer == step.customer).with_for_update()
    old = connection.execute(mine).first()
    state = after(old.state if old else "", old.before if old else None)
    row = _moved(connection, step, old, state)
    note(connection, step, state)
    connection.execute(audit.insert(), audit_line(step.at, step.who, step.what, step.customer, step.why))
    if state in OUTSIDE:
        take_down(connection, step.customer, step.why or step.what, step.at)
        give_up(connection, step.customer, step.at, step.why or step.what)
    elif old and old.state in OUTSIDE:
        _call_off(connection, step.customer)
    return row


def _moved(connection: Connection, step: Step, old: Row[Any] | None, state: str) -> Row[Any]:
    before = old.state if old and state == "paused" else None
    values = {"state": state, "before": before, "since": step.at, "why": step.why, **step.columns}
    if old is None:
        blank: dict[str, Any] = {"drivers": [], "owner": "", "review": "", "rests_until": None}
        statement = reference.insert().values(customer=step.customer, **{**blank, **values}).returning(reference)
        return connection.execute(statement).one()
    mine = reference.c.customer == step.customer
    return connection.execute(update(reference).where(mine).values(values).returning(reference)).one()


def note(connection: Connection, step: Step, state: str) -> None:
    """Keep a step on record."""
    values = {"customer": step.customer, "at": step.at, "who": step.who, "what": step.what, "why": step.why}
    connection.execute(step_table.insert(), {**values, "state": state, "evidence": dict(step.evidence)})


class References:
    """Who speaks for us, and how it came to that."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, customer: str) -> Row[Any] | None:
        with self._database.read() as connection:
            return connection.execute(select(reference).where(reference.c.customer == customer)).first()

    def steps(self, customer: str) -> list[Row[Any]]:
        """The customer's road through the programme, oldest first."""
        query = select(step_table).where(step_table.c.customer == customer).order_by(step_table.c.id)
        with self._database.read() as connection:
            return list(connection.execute(query))

    def take(self, step: Step, after: After) -> Row[Any]:
        """One step. A customer who leaves the programme is taken down from every place in the same transaction."""
        with self._database.write() as connection:
            return stepped(connection, step, after)

    def mark(self, customer: str, **columns: Any) -> None:
        """Set columns that are no step: drivers seen anew, a review that is due or done."""
        with self._database.write() as connection:
            connection.execute(update(reference).where(reference.c.customer == customer).values(columns))

    def untold(self, since: datetime) -> list[Row[Any]]:
        """Pauses and withdrawals since then that opened no takedown list, and of which nobody was told yet."""
        opened = (takedown.c.customer == step_table.c.customer) & (takedown.c.opened_at == step_table.c.at)
        told = delivery.c.key == literal(LEFT).concat(cast(step_table.c.id, Text))
        query = select(step_table).where(step_table.c.what.in_(("pause", "withdraw")), step_table.c.at >= since)
        query = query.where(~select(takedown.c.id).where(opened).exists(), ~select(delivery.c.id).where(told).exists())
        with self._database.read() as connection:
            return list(connection.execute(query.order_by(step_table.c.id)))

    def counts(self) -> dict[str, int]:
        """How many customers are in each state."""
        query = select(reference.c.state, func.count()).group_by(reference.c.state)
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}
