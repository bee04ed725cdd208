"""Tickets that the daemon looks at by itself: due, waiting for somebody, or closed long enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, update

from listener.model.delivery import Delivery
from listener.model.mention import Mention
from listener.model.ticket import Ticket, TicketMention, TicketNote
from listener.store.engine import Database, table
from listener.store.grounds import COMPLAINTS

ticket, ticket_mention, ticket_note = table(Ticket), table(TicketMention), table(TicketNote)
mention = table(Mention)


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at a ticket led to: columns, a note, and whom we tell."""

    values: Mapping[str, Any]
    what: str = ""
    text: str = ""
    notices: Sequence[Mapping[str, Any]] = field(default=())


@dataclass(frozen=True, slots=True)
class Mood:
    """How somebody spoke of us: how many mentions with a verdict, and their mean score (−1 to 1)."""

    mentions: int
    score: float | None


class Recovery:
    """The tickets that are next, and what became of looking at them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def to_look(self, now: datetime, limit: int = 200) -> list[Row[Any]]:
        """Tickets whose time has come, longest ago first."""
        query = select(ticket).where(ticket.c.look_at <= now).order_by(ticket.c.look_at).limit(limit)
        with self._database.read() as connection:
            return list(connection.execute(query))

    def looked(self, row: Row[Any], look: Look, at: datetime) -> bool:
        """Keep what a look led to, with its notices; false when somebody changed the ticket meanwhile."""
        same = (ticket.c.id == row.id) & (ticket.c.look_at == row.look_at) & (ticket.c.status == row.status)
        with self._database.write() as connection:
            statement = update(ticket).where(same).values(dict(look.values)).returning(ticket.c.id)
            if connection.execute(statement).first() is None:
                return False
            if look.what:
                note = {"ticket": row.id, "at": at, "who": "listener", "what": look.what, "text": look.text}
                connection.execute(ticket_note.insert(), note)
            if look.notices:
                insert = self._database.insert(Delivery).on_conflict_do_nothing(index_elements=["key"])
                connection.execute(insert, [dict(notice) for notice in look.notices])
        return True

    def complaints_of(self, number: int) -> Mood:
        """How the person spoke in the complaints of a ticket; where it has none, in all its mentions."""
        mine = mention.c.id.in_(select(ticket_mention.c.mention).where(ticket_mention.c.ticket == number))
        unhappy = self._mood(mine & mention.c.label.in_(COMPLAINTS))
        return unhappy if unhappy.mentions else self._mood(mine)

    def said_after(self, person: str, since: datetime) -> Mood:
        """How the person has spoken since then."""
        return self._mood((mention.c.person == person) & (mention.c.posted_at > since))

    def _mood(self, which: Any) -> Mood:
        told = which & mention.c.label.in_(("positive", "negative", "neutral", "mixed"))
        with self._database.read() as connection:
            count, mean = connection.execute(select(func.count(), func.avg(mention.c.score)).where(told)).one()
        return Mood(count, float(mean) if mean is not None else None)
