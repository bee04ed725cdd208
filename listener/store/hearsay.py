"""What was said of tickets in outside systems: notes of theirs, each kept once; a reply is the person's contact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from listener.model.delivery import Contact
from listener.model.ticket import Ticket, TicketNote, TicketTrack
from listener.store.engine import Database, table

contact, ticket, ticket_note, track = table(Contact), table(Ticket), table(TicketNote), table(TicketTrack)

ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that was said there. `mark` is its name over all systems; `what` is answered, noted or wrote."""

    mark: str
    at: datetime
    who: str
    what: str
    text: str


@dataclass(frozen=True, slots=True)
class Listened:
    """What a look at a counterpart brought. `changed` is when it was written to last, in the system's own words."""

    track: Row[Any]
    remarks: Sequence[Remark]
    changed: str | None = None


class Hearsay:
    """Keeps it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self, row: Row[Any]) -> frozenset[str]:
        """The marks of what is kept of this counterpart."""
        query = select(ticket_note.c.mark).where(ticket_note.c.ticket == row.ticket, ticket_note.c.mark.is_not(None))
        with self._database.read() as connection:
            return frozenset(connection.execute(query).scalars())

    def keep(self, heard: Listened) -> list[str]:
        """Notes, first reply and contacts together; the marks of those that are new."""
        with self._database.write() as connection:
            new = [one for one in heard.remarks if self._note(connection, heard.track.ticket, one)]
            replies = [one for one in new if one.what == ANSWERED]
            if replies:
                _contacted(connection, heard.track, replies)
            if heard.changed is not None:
                mine = track.c.mark == heard.track.mark
                connection.execute(update(track).where(mine).values(changed=heard.changed))
        return [one.mark for one in new]

    def _note(self, connection: Connection, number: int, one: Remark) -> bool:
        values = {"ticket": number, "at": one.at, "who": one.who, "what": one.what, "text": one.text, "mark": one.mark}
        statement = self._database.insert(TicketNote).values(values).on_conflict_do_nothing(index_elements=["mark"])
        return connection.execute(statement.returning(ticket_note.c.id)).first() is not None


def _contacted(connection: Connection, row: Row[Any], replies: Sequence[Remark]) -> None:
    """Our people reached the person over there: that counts for the promise and for the contact budget."""
    mine = ticket.c.id == row.ticket
    whose = connection.execute(select(ticket.c.person, ticket.c.customer).where(mine)).one()
    known = {"person": whose.person, "customer": whose.customer, "purpose": "recovery", "channel": row.tracker}
    connection.execute(contact.insert(), [{**known, "at": one.at, "delivery": None} for one in replies])
    first = min(one.at for one in replies)
    connection.execute(update(ticket).where(mine, ticket.c.replied_at.is_(None)).values(replied_at=first))
