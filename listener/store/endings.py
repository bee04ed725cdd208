"""How deliveries end: a contact entered, reservations given back, withdrawn before they go, their words purged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, case, or_, select, update

from listener.model import Contact, Customer, Delivery, OptOut, RuleMode
from listener.store import postings
from listener.store.engine import Database, table
from listener.store.ledger import StoredLedger, reservation_from_json
from listener.store.replies import contacted

delivery, contact = table(Delivery), table(Contact)
customer, rule_mode, opt_out = table(Customer), table(RuleMode), table(OptOut)

OPEN = ("due", "held", "waiting", "by_hand", "sending", "in_doubt", "failed")
WITHDRAWABLE = ("due", "held", "waiting", "by_hand")
OUTWARD = ("thanks", "gift", "ask", "engage", "recovery", "notice")
INSIDE = ("open_ticket",)  # of purpose recovery, and nobody outside hears of it


def purge(connection: Connection, database: Database, mentions: Any, at: datetime | None = None) -> None:
    """Take the words of these mentions (ids, or a query for them) out of deliveries that have ended.

    Messages that can be changed lose them too. With `at` the posts are gone from their source: what was still to go
    out about them is cancelled.
    """
    about = delivery.c.mention.in_(mentions)
    if at is not None:
        open_ones = about & delivery.c.status.in_(WITHDRAWABLE)
        cancel = update(delivery).where(open_ones).values(status="cancelled", why="the post was deleted at its source")
        release(connection, database, list(connection.execute(cancel.returning(delivery))))
    in_alerts = select(delivery.c.alert).where(about, delivery.c.alert.is_not(None))
    quoting = about | (delivery.c.alert.in_(in_alerts) & delivery.c.mention.is_(None))
    ended = quoting & delivery.c.status.not_in(OPEN)
    posted = select(delivery).where(quoting, delivery.c.status == "done", delivery.c.action.in_(postings.QUOTING))
    postings.redact(connection, database, list(connection.execute(posted)), at)
    connection.execute(update(delivery).where(ended).values(text="", message={}))


def release(connection: Connection, database: Database, rows: Sequence[Row[Any]]) -> None:
    """What was reserved for deliveries that never go out is given back."""
    ledger = StoredLedger(connection, database)
    for row in rows:
        ledger.release(tuple(reservation_from_json(kept) for kept in row.reservations))
    ledger.flush()


def enter_contact(connection: Connection, row: Row[Any], at: datetime) -> None:
    """An outward delivery that arrived is a contact with its person."""
    if row.purpose in OUTWARD and row.action not in INSIDE and row.person:
        values = {"person": row.person, "customer": row.customer, "purpose": row.purpose}
        connection.execute(contact.insert(), {**values, "channel": row.channel, "delivery": row.id, "at": at})
        contacted(connection, row, at)


def withdraw(connection: Connection, database: Database, number: int) -> bool:
    """Cancel a delivery that was due and must not go any more: its person opted out, or its rule was switched off.

    What a person approved goes whatever became of the rule. True when it was withdrawn.
    """
    quiet = select(customer.c.id).where(customer.c.id == delivery.c.customer, customer.c.do_not_contact)
    left = select(opt_out.c.person).where(opt_out.c.person.in_((delivery.c.person, delivery.c.customer)))
    outward = delivery.c.purpose.in_(OUTWARD) & delivery.c.action.not_in(INSIDE)
    opted_out = and_(outward, or_(quiet.exists(), left.exists()))
    off = select(rule_mode.c.rule).where(rule_mode.c.rule == delivery.c.rule, rule_mode.c.mode.in_(("off", "shadow")))
    switched_off = and_(delivery.c.decided_by.is_(None), off.exists())
    why = case((opted_out, "the person does not want to be contacted"), else_="its rule was switched off meanwhile")
    mine = delivery.c.id == number, delivery.c.status.in_(("due", "held")), or_(opted_out, switched_off)
    statement = update(delivery).where(*mine).values(status="cancelled", why=why).returning(delivery)
    rows = list(connection.execute(statement))
    release(connection, database, rows)
    return bool(rows)
