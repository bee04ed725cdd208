"""Places where references appear, and the takedown lists that are kept until each place is confirmed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from listener.model.reference import Reference, Takedown, Use
from listener.store import outbox
from listener.store.engine import Database, table
from listener.store.house import audit, audit_line

use, takedown, reference = table(Use), table(Takedown), table(Reference)
WITH_PLACE = (
    select(takedown, use.c.kind, use.c.place, use.c.owner, use.c.looks_for, use.c.seen_at)
    .join(use, use.c.id == takedown.c.use)
    .order_by(takedown.c.id)
)


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at a place found: `seen` is still up, gone, or cannot tell; `again_at` None: not by itself."""

    takedown: int
    at: datetime
    seen: str
    detail: str
    again_at: datetime | None


class Places:
    """Where references appear."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, columns: Mapping[str, Any], who: str, states: Collection[str] = ()) -> int | None:
        """A new place; returns its number, or None where the customer's reference is in none of these states.

        They are looked at in the transaction: a pause in the same second has the place on its list, or there is none.
        """
        mine = (reference.c.customer == columns["customer"]) & reference.c.state.in_(states)
        with self._database.write() as connection:
            if states and connection.execute(select(reference.c.state).where(mine).with_for_update()).first() is None:
                return None
            number = connection.execute(use.insert().values(**columns).returning(use.c.id)).scalar_one()
            line = audit_line(columns["since"], who, "reference use", columns["customer"], columns["place"])
            connection.execute(audit.insert(), line)
        return int(number)

    def seen(self, number: int, at: datetime) -> None:
        """One of the texts was found at this place."""
        with self._database.write() as connection:
            connection.execute(update(use).where(use.c.id == number).values(seen_at=at))

    def of(self, customer: str) -> list[Row[Any]]:
        with self._database.read() as connection:
            return list(connection.execute(select(use).where(use.c.customer == customer).order_by(use.c.id)))

    def open_takedowns(self, customer: str | None = None) -> list[Row[Any]]:
        """What must still come down, oldest first, each with its place."""
        query = WITH_PLACE.where(takedown.c.status == "open")
        query = query.where(takedown.c.customer == customer) if customer else query
        with self._database.read() as connection:
            return list(connection.execute(query))

    def to_look_at(self, now: datetime, limit: int = 50) -> list[Row[Any]]:
        """Open entries whose place is to be looked at now."""
        query = WITH_PLACE.where(takedown.c.status == "open", takedown.c.look_at <= now).limit(limit)
        with self._database.read() as connection:
            return list(connection.execute(query))

    def looked(self, look: Look) -> None:
        """Keep what was found; a place where nothing is left is confirmed."""
        values = {"looked_at": look.at, "seen": look.seen, "detail": look.detail, "look_at": look.again_at}
        mine = (takedown.c.id == look.takedown) & (takedown.c.status == "open")
        with self._database.write() as connection:
            connection.execute(update(takedown).where(mine).values(values))
        if look.seen == "gone":
            self.confirm(look.takedown, look.at, "listener")

    def confirm(self, number: int, at: datetime, who: str) -> bool:
        """A place is down; false when there is no such open entry."""
        mine = (takedown.c.id == number) & (takedown.c.status == "open")
        values = {"status": "confirmed", "confirmed_at": at, "confirmed_by": who, "look_at": None}
        with self._database.write() as connection:
            place = connection.execute(update(takedown).where(mine).values(values).returning(takedown.c.use)).scalar()
            if place is None:
                return False
            connection.execute(update(use).where(use.c.id == place).values(status="down", ended_at=at))
            connection.execute(audit.insert(), audit_line(at, who, "taken down", f"takedown {number}"))
        return True

    def untold(self) -> dict[str, list[Row[Any]]]:
        """Entries of which nobody was told yet, by customer: also of places that a look found down already."""
        found: dict[str, list[Row[Any]]] = {}
        query = WITH_PLACE.where(takedown.c.status.in_(("open", "confirmed")), takedown.c.told_at.is_(None))
        with self._database.read() as connection:
            for row in connection.execute(query):
                found.setdefault(row.customer, []).append(row)
        return found

    def told(self, numbers: Sequence[int], at: datetime, notices: Sequence[Mapping[str, Any]]) -> None:
        """The notices, and that they were sent, together."""
        with self._database.write() as connection:
            outbox.add(connection, self._database, notices)
            connection.execute(update(takedown).where(takedown.c.id.in_(numbers)).values(told_at=at))
