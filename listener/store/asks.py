"""Who was asked for what, what teams need, who is reserved for it, and what was given and received."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from listener.model import Booking, Consent, Favour, ReferenceAsk, ReferenceRequest
from listener.store.engine import Database, table
from listener.store.house import audit, audit_line

ask, request, booking = table(ReferenceAsk), table(ReferenceRequest), table(Booking)
favour, consent = table(Favour), table(Consent)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a team needs: a form of advocacy by a customer with these attributes, by a date."""

    form: str
    wanted: Mapping[str, str]
    team: str
    needed_by: datetime | None = None


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

    def reserve(self, number: int, customer: str, role: str, at: datetime, asked: Mapping[str, Any]) -> bool:
        """Hold a customer for a request (`role`: main or stand-by); false when another request holds the customer.

        The one held booking of a customer is an index of the store: two teams in the same second cannot both have it.
        `asked` is the ask that goes with it: form, asker, driver, expected.
        """
        values = {"request": number, "customer": customer, "role": role, "status": "held", "at": at, "why": ""}
        statement = self._database.insert(Booking).values(values).on_conflict_do_nothing().returning(booking.c.id)
        with self._database.write() as connection:
            if connection.execute(statement).first() is None:
                return False
            columns = {"customer": customer, "at": at, "request": number, "why": f"request {number}"}
            connection.execute(ask.insert().values(**columns, **asked))
            still = (request.c.id == number) & (request.c.status == "open")
            connection.execute(update(request).where(still).values(status="reserved"))
        return True

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
        """The customer cannot: the stand-by, if there is one, moves up. Returns that booking."""
        mine = (booking.c.request == number) & (booking.c.status == "held")
        ended = {"status": "cancelled", "ended_at": at, "why": why}
        next_one = select(booking).where(mine, booking.c.role == "stand-by").order_by(booking.c.id).limit(1)
        with self._database.write() as connection:
            connection.execute(update(booking).where(mine, booking.c.customer == customer).values(ended))
            moved = connection.execute(next_one).first()
            if moved is None:
                connection.execute(update(request).where(request.c.id == number).values(status="open"))
                return None
            up = update(booking).where(booking.c.id == moved.id).values(role="main").returning(booking)
            return connection.execute(up).one()

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

    def asked(self, columns: Mapping[str, Any]) -> int:
        """Enter one ask; returns its number."""
        with self._database.write() as connection:
            return int(connection.execute(ask.insert().values(**columns).returning(ask.c.id)).scalar_one())

    def answered(self, number: int, answer: str, at: datetime, why: str = "") -> str | None:
        """The customer said yes or no; returns who. None when there is no such ask, or it was answered before."""
        mine = (ask.c.id == number) & ask.c.answer.is_(None)
        values = {"answer": answer, "answered_at": at} | ({"why": why} if why else {})
        with self._database.write() as connection:
            return connection.execute(update(ask).where(mine).values(values).returning(ask.c.customer)).scalar()

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

    def agreed(self, customer: str) -> list[Row[Any]]:
        """What a customer agreed to, by form."""
        query = select(consent).where(consent.c.customer == customer).order_by(consent.c.form)
        with self._database.read() as connection:
            return list(connection.execute(query))
