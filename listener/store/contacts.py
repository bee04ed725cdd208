"""Who may be reached: persons who opted out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, or_, select

from listener.model.contact import OptOut
from listener.model.delivery import Delivery
from listener.store.endings import OUTWARD, WITHDRAWABLE, cancel
from listener.store.engine import Database, table
from listener.store.house import audit, audit_line

delivery, opt_out = table(Delivery), table(OptOut)


class Contacts:
    """The right to be left alone."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def opt_out(self, person: str, at: datetime, how: str) -> bool:
        """From now on nothing goes out to this person, and what was on its way is cancelled. False when it was so."""
        row = self._database.insert(OptOut).values(person=person, at=at, how=how)
        once = row.on_conflict_do_nothing(index_elements=["person"]).returning(opt_out.c.person)
        theirs = or_(delivery.c.person == person, delivery.c.customer == person)
        mine = theirs & delivery.c.purpose.in_(OUTWARD) & delivery.c.status.in_(WITHDRAWABLE)
        with self._database.write() as connection:
            new = connection.execute(once).first() is not None
            if new:
                cancel(connection, self._database, mine, f"the person opted out ({how})")
                connection.execute(audit.insert(), audit_line(at, "the person", "opt out", person, how))
        return new

    def opt_in(self, person: str, at: datetime, who: str, why: str) -> bool:
        """This person may hear from us again. False when they had not opted out."""
        with self._database.write() as connection:
            gone = connection.execute(delete(opt_out).where(opt_out.c.person == person)).rowcount
            if gone:
                connection.execute(audit.insert(), audit_line(at, who, "opt in", person, why))
        return bool(gone)


def opted_out(connection: Connection, persons: Iterable[str]) -> frozenset[str]:
    """Those of the persons who opted out."""
    query = select(opt_out.c.person).where(opt_out.c.person.in_(list(persons)))
    return frozenset(connection.execute(query).scalars())
