"""The first reply: a ticket's person heard from us, wherever that was seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, or_, select, update

from listener.model.mention import Mention
from listener.model.plan import OwnReply
from listener.model.ticket import Ticket, TicketMention, TicketNote
from listener.store.engine import table

ticket, ticket_mention, ticket_note = table(Ticket), table(TicketMention), table(TicketNote)
mention = table(Mention)


def contacted(connection: Connection, row: Row[Any], at: datetime) -> None:
    """A delivery reached its person: about a complaint, or as an act of recovery, that is a reply to the ticket."""
    if row.mention is None and row.purpose != "recovery":
        return
    about = select(ticket_mention.c.ticket).where(ticket_mention.c.mention == row.mention).scalar_subquery()
    theirs = and_(ticket.c.person == row.person, row.purpose == "recovery")
    _replied(connection, or_(ticket.c.id == about, theirs), at, f"delivery {row.id}")


def seen(connection: Connection, source: str, replies: Sequence[OwnReply], at: datetime) -> None:
    """Our own account answered at the source: to a complaint, or at least in its conversation."""
    for reply in replies:
        where = mention.c.external_id == reply.parent if reply.parent else mention.c.thread == reply.thread
        if reply.parent or reply.thread:
            said = select(mention.c.id).where(mention.c.source == source, where)
            about = select(ticket_mention.c.ticket).where(ticket_mention.c.mention.in_(said))
            _replied(connection, ticket.c.id.in_(about), at, reply.url or "seen at the source")


def _replied(connection: Connection, which: ColumnElement[bool], at: datetime, how: str) -> None:
    first = which & (ticket.c.status != "closed") & ticket.c.replied_at.is_(None)
    statement = update(ticket).where(first).values(replied_at=at).returning(ticket.c.id)
    notes = [
        {"ticket": number, "at": at, "who": "listener", "what": "answered", "text": how}
        for number in connection.execute(statement).scalars()
    ]
    if notes:
        connection.execute(ticket_note.insert(), notes)
