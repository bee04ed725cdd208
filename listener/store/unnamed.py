"""A post about several brands was edited and names some of them no more: what we hold about those ends."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from listener.model.delivery import Delivery
from listener.model.label import LISTENER, GivenLabel
from listener.model.ticket import TicketMention, TicketNote
from listener.store.endings import set_aside
from listener.store.engine import Database, many, table

delivery, given_label = table(Delivery), table(GivenLabel)
ticket_mention, ticket_note = table(TicketMention), table(TicketNote)

PARTED = select(given_label.c.mention).where(given_label.c.who == LISTENER)


def part(connection: Connection, database: Database, rows: Sequence[Row[Any]], at: datetime) -> None:
    """These mentions' posts speak of other brands now, so what they say tells nothing about theirs.

    They are neutral until they name it again. What was still to go out about them is cancelled; a ticket stays, as its
    person may still have the trouble, with a note.
    """
    # of the others the words never told whom they are about
    for row in filter(lambda row: row.words, rows):
        why = f"the post no longer names {row.brand}"
        set_aside(connection, database, delivery.c.mention == row.id, why, at)
        values = {"label": "neutral", "verdict": row.label or "unscored", "drawn": False, "who": LISTENER, "at": at}
        statement = database.insert(GivenLabel).values(mention=row.id, **values)
        connection.execute(statement.on_conflict_do_update(index_elements=["mention"], set_=values))
        held = connection.execute(select(ticket_mention.c.ticket).where(ticket_mention.c.mention == row.id)).scalars()
        note = {"at": at, "who": LISTENER, "what": "edited", "text": f"mention {row.id}: {why}"}
        many(connection, ticket_note.insert(), [{"ticket": number, **note} for number in held])


def named_again(connection: Connection, ids: Collection[int]) -> None:
    """These are judged by what they say again."""
    by_us = given_label.c.mention.in_(ids) & (given_label.c.who == LISTENER)
    connection.execute(delete(given_label).where(by_us))
