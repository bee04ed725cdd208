"""How a person stands with us at this moment, seen from one mention that was decided before."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, func, select

from listener.model.delivery import Contact
from listener.model.ticket import Ticket, TicketMention
from listener.store.engine import Database, table
from listener.store.person_records import PersonRecord

contact, ticket, ticket_mention = table(Contact), table(Ticket), table(TicketMention)


class Standing:
    """What is known of a person now."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, mention: Row[Any]) -> PersonRecord:
        """Contacts and open ticket of its person. The ticket that was opened for this very mention does not count."""
        with self._database.read() as connection:
            return PersonRecord({}, self._contacts(connection, mention), self._open_ticket(connection, mention))

    def _contacts(self, connection: Connection, mention: Row[Any]) -> dict[str, Any]:
        query = select(contact.c.purpose, func.max(contact.c.at).label("at"))
        query = query.where(contact.c.person == mention.person).group_by(contact.c.purpose)
        return {row.purpose: row.at for row in connection.execute(query)}

    def _open_ticket(self, connection: Connection, mention: Row[Any]) -> bool:
        own = select(ticket_mention.c.ticket).where(ticket_mention.c.mention == mention.id)
        others = ticket.c.id.not_in(own) | (ticket.c.opened_at < mention.decided_at)
        query = select(ticket.c.id).where(ticket.c.person == mention.person, ticket.c.status != "closed", others)
        return connection.execute(query.limit(1)).first() is not None
