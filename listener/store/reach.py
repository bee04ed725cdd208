"""What a contact budget asks of the store about one person, within the transaction that depends on the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
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

from listener.model.contact import Entry, OptOut, Standing
from listener.model.customer import Customer
from listener.model.delivery import Contact, Delivery
from listener.model.mention import Mention
from listener.model.ticket import Ticket
from listener.store.endings import INSIDE
from listener.store.engine import Database, chunks, table
from listener.store.prepared import Prepared

contact, customer, delivery = table(Contact), table(Customer), table(Delivery)
mention, opt_out, ticket = table(Mention), table(OptOut), table(Ticket)

MEMORY = timedelta(days=400)  # how far back a policy may look; the configuration permits no more

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
_UNDER_WAY = (
    _BEGUN,
    delivery.c.id != _BUT,
    delivery.c.purpose != "internal",
    *(delivery.c.action != action for action in INSIDE),
)


def _entries(whose: Callable[[ColumnElement[Any]], ColumnElement[bool]]) -> CompoundSelect[Any]:
    """Contacts, and deliveries that may become one."""
    done = (contact.c.id, contact.c.delivery, contact.c.purpose, contact.c.channel, contact.c.at, false().label("open"))
    begun = (null(), delivery.c.id, delivery.c.purpose, delivery.c.channel, delivery.c.due_at, true())
    return union_all(
        select(contact.c.person, *done).where(whose(contact.c.person), contact.c.at > _SINCE),
        select(delivery.c.person, *begun).where(whose(delivery.c.person), *_UNDER_WAY),
    )


# made once: to put a statement together costs more than SQLite needs to answer it
_ENTRIES = Prepared(_entries(lambda person: person == _WHO))
_ENTRIES_OF_MANY = _entries(lambda person: person.in_(bindparam("persons", expanding=True)))


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
_author = mention.alias("author")
_WHO_WROTE = _author.c.person, func.coalesce(_author.c.customer, _author.c.person)
_FACTS_OF_AUTHORS = select(_author.c.person, _author.c.customer, *facts_of(*_WHO_WROTE)).where(
    _author.c.id.in_(bindparam("mentions", expanding=True))
)


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
    rows = _ENTRIES.all(connection, {"person": person, "since": now - MEMORY, "but": but})
    return standing(facts, rows, purpose, now, **more)


def standing(facts: Any, rows: Iterable[Row[Any]], purpose: str, now: datetime, **more: Any) -> Standing:
    """From the columns of `facts_of` and the rows of entries."""
    entries = sorted(map(_entry, rows), key=attrgetter("open", "at"), reverse=True)
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


class Standings:
    """How the people of one transaction stand with us: those that were expected are read all at once."""

    def __init__(self, connection: Connection, at: datetime) -> None:
        self._connection = connection
        self._at = at
        self._facts: dict[tuple[str, str | None], Row[Any]] = {}
        self._entries: dict[str, list[Row[Any]]] = {}
        self._opened: dict[str, int] = {}

    def expect(self, mentions: Sequence[int]) -> None:
        """The authors of these mentions will be asked for."""
        since = {"since": self._at - MEMORY}
        for some in chunks(mentions):
            for row in self._connection.execute(_FACTS_OF_AUTHORS, {**since, "mentions": some}):
                self._facts[row.person, row.customer] = row
        persons = sorted({person for person, _ in self._facts} - self._entries.keys())
        self._entries |= {person: [] for person in persons}
        for part in chunks(persons):
            for row in self._connection.execute(_ENTRIES_OF_MANY, {**since, "persons": part, "but": 0}):
                self._entries[row.person].append(row)

    def opened(self, person: str, number: int) -> None:
        """This person has an open ticket now."""
        self._opened[person] = max(number, self._opened.get(person, 0))

    def of(self, person: str, customer_id: str | None, purpose: str) -> Standing:
        facts = self._facts.get((person, customer_id))
        if facts is None:
            return standing_of(self._connection, person, customer_id, purpose, self._at)
        found = standing(facts, self._entries[person], purpose, self._at)
        opened = self._opened.get(person)
        return replace(found, ticket=max(opened, found.ticket or 0)) if opened else found


def _entry(row: Row[Any]) -> Entry:
    _, number, held, purpose, channel, at, is_open = tuple(row)
    return Entry(number, held, purpose, channel, at, bool(is_open))
