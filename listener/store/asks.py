"""Who was asked for what, what teams need, who is reserved for it, and what was given and received."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from listener.model.reference import Booking, Consent, Favour, Reference, ReferenceAsk, ReferenceRequest, Use
from listener.store.engine import Database, table
from listener.store.house import audit, audit_line

ask, request, booking = table(ReferenceAsk), table(ReferenceRequest), table(Booking)
favour, consent = table(Favour), table(Consent)
reference, use = table(Reference), table(Use)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a team needs: a form of advocacy by a customer with these attributes, by a date."""

    form: str
    wanted: Mapping[str, str]
    team: str
    needed_by: datetime | None = None


class NotHeld(Exception):
    """The customer is not reserved for this request."""


def give_up(connection: Connection, customer: str, at: datetime, why: str) -> None:
    """The customer cannot serve: whoever stands by for the request moves up; without a stand-by it is open again."""
    mine = (booking.c.customer == customer) & (booking.c.status == "held")
    ended = update(booking).where(mine).values(status="cancelled", ended_at=at, why=why)
    for row in list(connection.execute(ended.returning(booking.c.request, booking.c.role))):
        if row.role != "main":
            continue
        waits = (booking.c.request == row.request) & (booking.c.status == "held") & (booking.c.role == "stand-by")
        following = connection.execute(select(booking.c.id).where(waits).order_by(booking.c.id).limit(1)).scalar()
        if following is None:
            connection.execute(update(request).where(request.c.id == row.request).values(status="open"))
        else:
            connection.execute(update(booking).where(booking.c.id == following).values(role="main"))


def hold(
    connection: Connection,
    database: Database,
    number: int,
    customer: str,
    role: str,
    at: datetime,
    asked: Mapping[str, Any],
) -> bool:
    """Hold a customer for a request (`role`: main or stand-by); false when another request holds the customer.

    The one held booking of a customer is an index of the store: two teams in the same second cannot both have it.
    `asked` is the ask that goes with it: form, asker, driver, expected.
    """
    values = {"request": number, "customer": customer, "role": role, "status": "held", "at": at, "why": ""}
    statement = database.insert(Booking).values(values).on_conflict_do_nothing().returning(booking.c.id)
    if connection.execute(statement).first() is None:
        return False
    columns = {"customer": customer, "at": at, "request": number, "why": f"request {number}"}
    connection.execute(ask.insert().values(**columns, **asked))
    still = (request.c.id == number) & (request.c.status == "open")
    connection.execute(update(request).where(still).values(status="reserved"))
    return True


class Asks:
    """Requests, reservations, asks and favours."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, wanted: Wanted, at: datetime) -> int:
        """A new request; returns its number."""
        values = {"form": wanted.form, "wanted": dict(wanted.wanted), "team": wanted.team, "status": "open"}
        statement = request.insert().values(opened_at=at, needed_by=wanted.needed_by, outcome="", **values)
        with self._database.write() as connection:
            number = connection.execute(statement.returning(request.c.id)).scalar_one()
            connection.execute(audit.insert(), audit_line(at, wanted.team, "request", f"request {number}", wanted.form))
        return int(number)

    def get(self, number: int) -> Row[Any] | None:
        with self._database.read() as connection:
            return connection.execute(select(request).where(request.c.id == number)).first()

    def bookings(self, number: int) -> list[Row[Any]]:
        """Who is, or was, reserved for a request, in the order of the reservations."""
        with self._database.read() as connection:
            return list(connection.execute(select(booking).where(booking.c.request == number).order_by(booking.c.id)))

    def held(self, customers: Sequence[str]) -> dict[str, int]:
        """The requests that these customers are reserved for."""
        mine = booking.c.customer.in_(customers) & (booking.c.status == "held")
        with self._database.read() as connection:
            rows = connection.execute(select(booking.c.customer, booking.c.request).where(mine))
            return {row[0]: row[1] for row in rows}

    def cancelled(self, number: int, customer: str, at: datetime, why: str) -> Row[Any] | None:
        """The customer cannot: the stand-by, if there is one, moves up. Returns the booking of whoever serves now.

        Raises NotHeld where the customer is not reserved for this request.
        """
        mine = (booking.c.customer == customer) & (booking.c.request == number) & (booking.c.status == "held")
        with self._database.write() as connection:
            if connection.execute(select(booking.c.id).where(mine)).first() is None:
                raise NotHeld(f"{customer} is not reserved for request {number}")
            give_up(connection, customer, at, why)
            serves = (booking.c.request == number) & (booking.c.status == "held") & (booking.c.role == "main")
            return connection.execute(select(booking).where(serves)).first()

    def given_up(self, customer: str, at: datetime) -> list[Row[Any]]:
        """The requests that lost this customer at that time: id, team, and who serves now (None: nobody)."""
        lost = (booking.c.customer == customer) & (booking.c.status == "cancelled") & (booking.c.ended_at == at)
        now = booking.alias("now")
        serves = (now.c.request == request.c.id) & (now.c.status == "held") & (now.c.role == "main")
        whole = booking.join(request, request.c.id == booking.c.request).outerjoin(now, serves)
        query = select(request.c.id, request.c.team, now.c.customer).select_from(whole).where(lost)
        with self._database.read() as connection:
            return list(connection.execute(query))

    def close(self, number: int, status: str, outcome: str, at: datetime, favours: Sequence[Mapping[str, Any]]) -> bool:
        """End a request, free everybody held for it, and enter what was given and received. False when it had ended."""
        mine = (request.c.id == number) & request.c.status.in_(("open", "reserved"))
        held = (booking.c.request == number) & (booking.c.status == "held")
        end = update(request).where(mine).values(status=status, outcome=outcome, closed_at=at)
        with self._database.write() as connection:
            if not connection.execute(end).rowcount:
                return False
            served = "done" if status == "filled" else "released"
            connection.execute(update(booking).where(held, booking.c.role == "main").values(status=served, ended_at=at))
            released = {"status": "released", "ended_at": at}
            connection.execute(update(booking).where(held, booking.c.role != "main").values(released))
            for one in favours:
                connection.execute(favour.insert(), dict(one))
        return True

    def asks(self, limit: int) -> list[Row[Any]]:
        """Who was asked for what, newest first."""
        with self._database.read() as connection:
            return list(connection.execute(select(ask).order_by(ask.c.id.desc()).limit(limit)))

    def requests(self, limit: int) -> list[Row[Any]]:
        """What teams need, newest first."""
        with self._database.read() as connection:
            return list(connection.execute(select(request).order_by(request.c.id.desc()).limit(limit)))

    def asks_of(self, customers: Sequence[str]) -> dict[str, list[datetime]]:
        """When these customers were asked, over all askers and forms."""
        found: dict[str, list[datetime]] = {}
        query = select(ask.c.customer, ask.c.at).where(ask.c.customer.in_(customers)).order_by(ask.c.at)
        with self._database.read() as connection:
            for row in connection.execute(query):
                found.setdefault(row.customer, []).append(row.at)
        return found

    def favours(self, customer: str) -> list[Row[Any]]:
        """Give and take of one customer, oldest first."""
        query = select(favour).where(favour.c.customer == customer).order_by(favour.c.id)
        with self._database.read() as connection:
            return list(connection.execute(query))

    def favour(self, columns: Mapping[str, Any]) -> None:
        """Enter something given or received."""
        with self._database.write() as connection:
            connection.execute(favour.insert(), dict(columns))

    def agree(self, columns: Mapping[str, Any]) -> None:
        """What a customer agreed to for one form; a new agreement takes the place of the old one."""
        new = {name: value for name, value in columns.items() if name not in ("customer", "form")}
        statement = self._database.insert(Consent).values(**columns)
        with self._database.write() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["customer", "form"], set_=new))
            line = audit_line(columns["at"], columns["who"], "consent", columns["customer"], columns["form"])
            connection.execute(audit.insert(), line)

    def lapsed(self, now: datetime) -> list[Row[Any]]:
        """Consents that have run out, of customers in the programme, each with how many places show them."""
        shown = select(func.count()).where(use.c.customer == consent.c.customer, use.c.status == "up")
        query = select(consent.c.customer, consent.c.form, consent.c.until, shown.scalar_subquery().label("places"))
        query = query.join(reference, reference.c.customer == consent.c.customer)
        gone = consent.c.until <= now, reference.c.state.not_in(("withdrawn", "declined"))
        with self._database.read() as connection:
            return list(connection.execute(query.where(*gone).order_by(consent.c.id)))

    def agreed(self, customer: str) -> list[Row[Any]]:
        """What a customer agreed to, by form."""
        query = select(consent).where(consent.c.customer == customer).order_by(consent.c.form)
        with self._database.read() as connection:
            return list(connection.execute(query))
