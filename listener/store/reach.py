"""What a contact budget asks of the store about one person, within the transaction that depends on the answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)

from listener.model import Contact, Customer, Delivery, Mention, OptOut, Ticket
from listener.model.contact import Entry, Standing
from listener.store.endings import INSIDE
from listener.store.engine import Database, table

contact, customer, delivery = table(Contact), table(Customer), table(Delivery)
mention, opt_out, ticket = table(Mention), table(OptOut), table(Ticket)

MEMORY = timedelta(days=400)  # how far back a policy may look

_WHO: Any = bindparam("person")
_CUSTOMER: Any = bindparam("customer")
_SINCE: Any = bindparam("since")
_BUT: Any = bindparam("but")
_STATUS = delivery.c.status

# what is under way, or was begun and may have arrived, takes its place in the budget until it has ended
_BEGUN = or_(
    _STATUS == "sending",
    _STATUS == "in_doubt",
    _STATUS == "by_hand",
    and_(or_(_STATUS == "due", _STATUS == "held"), delivery.c.attempts > 0),
)
_OPEN = and_(
    delivery.c.person == _WHO,
    _BEGUN,
    delivery.c.id != _BUT,
    delivery.c.purpose != "internal",
    *(delivery.c.action != action for action in INSIDE),
)
# made once: to put a statement together costs more than SQLite needs to answer it
_ENTRIES = union_all(
    select(contact.c.id, contact.c.delivery, contact.c.purpose, contact.c.channel, contact.c.at, false().label("open"))
    .where(contact.c.person == _WHO, contact.c.at > _SINCE)
    .select_from(contact),
    select(null(), delivery.c.id, delivery.c.purpose, delivery.c.channel, delivery.c.due_at, true()).where(_OPEN),
)


def facts_of(person: ColumnElement[Any], customer_id: ColumnElement[Any]) -> tuple[ColumnElement[Any], ...]:
    """The columns `ticket`, `complaint`, `complained_at`, `zone`, `left` about a person; `since` is bound."""
    open_ticket = select(func.max(ticket.c.id)).where(ticket.c.person == person, ticket.c.status != "closed")
    complaints = (mention.c.person == person, mention.c.label == "negative", mention.c.own.is_(False))
    newest = mention.c.posted_at.desc(), mention.c.id.desc()
    left = or_(
        select(opt_out.c.person).where(or_(opt_out.c.person == person, opt_out.c.person == customer_id)).exists(),
        select(customer.c.id).where(customer.c.id == customer_id, customer.c.do_not_contact).exists(),
    )
    complaint, complained_at = (
        select(column).where(*complaints, mention.c.posted_at > _SINCE).order_by(*newest).limit(1).scalar_subquery()
        for column in (mention.c.id, mention.c.posted_at)
    )
    return (
        open_ticket.scalar_subquery().label("ticket"),
        complaint.label("complaint"),
        complained_at.label("complained_at"),
        select(customer.c.timezone).where(customer.c.id == customer_id).scalar_subquery().label("zone"),
        left.label("left_us"),
    )


_FACTS = select(*facts_of(_WHO, _CUSTOMER), literal(1))


def lock(connection: Connection, database: Database, person: str) -> None:
    """Until this transaction ends nobody else decides about this person. SQLite has one writer anyway."""
    if not database.is_sqlite:
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(person))))


def standing_of(connection: Connection, person: str, customer_id: str | None, purpose: str, now: datetime) -> Standing:
    """How this person stands with us."""
    who = {"person": person, "customer": customer_id or person, "since": now - MEMORY}
    return with_entries(connection, connection.execute(_FACTS, who).one(), person, purpose, now)


def with_entries(
    connection: Connection, facts: Any, person: str, purpose: str, now: datetime, but: int = 0, **more: Any
) -> Standing:
    """The same from facts that were read already. `but`: a delivery that is no entry, being the one asked about."""
    rows = connection.execute(_ENTRIES, {"person": person, "since": now - MEMORY, "but": but})
    entries = sorted(map(_entry, rows), key=lambda entry: (entry.open, entry.at), reverse=True)
    return Standing(
        now=now,
        since=more.pop("since", now),
        purpose=purpose,
        opted_out=bool(facts.left_us),
        zone=facts.zone or "",
        ticket=facts.ticket,
        complaint=(facts.complaint, facts.complained_at) if facts.complaint else None,
        entries=tuple(entries),
        **more,
    )


def _entry(row: Row[Any]) -> Entry:
    number, held, purpose, channel, at, is_open = tuple(row)
    return Entry(number, held, purpose, channel, at, bool(is_open))
