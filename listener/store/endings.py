"""How deliveries end: a contact entered, reservations given back, their words purged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select, update

from listener.model.delivery import Contact, Delivery
from listener.store import postings
from listener.store.engine import Database, chunks, table
from listener.store.gifts import put_back
from listener.store.inviting import INVITE, invited
from listener.store.ledger import StoredLedger, reservation_from_json
from listener.store.prepared import entry
from listener.store.replies import contacted

delivery, contact = table(Delivery), table(Contact)

_CONTACT = entry(contact)
OPEN = ("due", "held", "waiting", "by_hand", "sending", "in_doubt", "failed")
WITHDRAWABLE = ("due", "held", "waiting", "by_hand")
COMING = ("due", "held", "sending")
NOTICE = "notice"
OUTWARD = ("thanks", "gift", "ask", "engage", "recovery", "notice")
ASIDE = ":corrected "  # and when; ends the key of what was cancelled and may be ordered again
INSIDE = ("open_ticket",)  # of purpose recovery, and nobody outside hears of it


def purge(
    connection: Connection,
    database: Database,
    mentions: Any,
    at: datetime | None = None,
    why: str = "the post was deleted at its source",
) -> None:
    """Take the words of these mentions (ids, or a query for them) out of deliveries that have ended.

    Messages that can be changed lose them too. With `at` the posts are gone: what was still to go out about them is
    cancelled, and says `why`.
    """
    about = delivery.c.mention.in_(mentions)
    if at is not None:
        cancel(connection, database, about & delivery.c.status.in_(WITHDRAWABLE), why)
    in_alerts = select(delivery.c.alert).where(about, delivery.c.alert.is_not(None))
    quoting = about | (delivery.c.alert.in_(in_alerts) & delivery.c.mention.is_(None))
    ended = quoting & delivery.c.status.not_in(OPEN)
    _redact(connection, database, quoting, at)
    connection.execute(update(delivery).where(ended).values(text="", message={}))


def notices_of(connection: Connection, tickets: Sequence[int]) -> list[int]:
    """The messages to our own people about these tickets, which say whose they are."""
    found: list[int] = []
    for some in chunks(tickets):
        about = delivery.c.options["ticket"].as_integer().in_(some)
        found += connection.execute(select(delivery.c.id).where(delivery.c.action == NOTICE, about)).scalars()
    return found


def strike(connection: Connection, database: Database, deliveries: Sequence[int], at: datetime) -> None:
    """Nothing of what these said is kept, nor shown where a message can be changed."""
    for some in chunks(deliveries):
        # what is on its way still needs its words
        mine = delivery.c.id.in_(some) & delivery.c.status.not_in(COMING)
        _redact(connection, database, mine, at)
        connection.execute(update(delivery).where(mine).values(text="", message={}, reservations=[]))


def _redact(connection: Connection, database: Database, which: ColumnElement[bool], at: datetime | None) -> None:
    """Of these deliveries the messages that can be changed lose their words."""
    posted = select(delivery).where(which, delivery.c.status == "done", delivery.c.action.in_(postings.QUOTING))
    postings.redact(connection, database, list(connection.execute(posted)), at)


def cancel(connection: Connection, database: Database, which: ColumnElement[bool], why: str) -> None:
    """These deliveries never go out, and what was reserved for them is given back."""
    cancelled = update(delivery).where(which).values(status="cancelled", why=why)
    release(connection, database, list(connection.execute(cancelled.returning(delivery))))


def set_aside(
    connection: Connection, database: Database, which: ColumnElement[bool], why: str, at: datetime
) -> tuple[Row[Any], ...]:
    """Of these deliveries cancel what has not gone out, under other keys: the same may be ordered once more."""
    queued = which & delivery.c.status.in_((*WITHDRAWABLE, "failed"))
    # given back by the keys that they had
    before = list(connection.execute(select(delivery).where(queued).with_for_update()))
    values = {"status": "cancelled", "why": why, "key": delivery.c.key + f"{ASIDE}{at.isoformat()}"}
    aside = update(delivery).where(delivery.c.id.in_([row.id for row in before])).values(values)
    rows = tuple(connection.execute(aside.returning(delivery)))
    release(connection, database, before)
    return rows


def release(connection: Connection, database: Database, rows: Sequence[Row[Any]]) -> None:
    """What was reserved for deliveries that never go out is given back."""
    ledger = StoredLedger(connection, database)
    for row in rows:
        ledger.release(tuple(reservation_from_json(kept) for kept in row.reservations))
    ledger.flush()
    put_back(connection, list(rows))


def enter_contact(connection: Connection, database: Database, row: Row[Any], at: datetime) -> None:
    """An outward delivery that arrived is a contact with its person."""
    if row.purpose in OUTWARD and row.action not in INSIDE and row.person:
        values = {"person": row.person, "customer": row.customer, "purpose": row.purpose}
        _CONTACT.all(connection, {**values, "channel": row.channel, "delivery": row.id, "at": at})
        contacted(connection, row, at)
        if row.action == INVITE and row.customer:
            invited(connection, database, row, at)
