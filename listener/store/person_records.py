"""What the store knows of the persons who wrote a batch of mentions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from listener.model.delivery import Contact
from listener.model.mention import Mention
from listener.model.ticket import Ticket
from listener.store import advocates
from listener.store.contacts import opted_out
from listener.store.engine import table

contact, mention, ticket = table(Contact), table(Mention), table(Ticket)


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """What the store knows of a person when a mention is decided. `last_contact` is by purpose.

    `advocacy` are the facts of the reference programme by the names of their fields, where the book tests any.
    """

    mentions: Mapping[int, int]
    last_contact: Mapping[str, datetime]
    open_ticket: bool
    opted_out: bool = False
    advocacy: Mapping[str, str | int] = field(default_factory=dict)


def of(
    connection: Connection, persons: Sequence[str], windows: Sequence[int], at: datetime, advocacy: bool
) -> dict[str, PersonRecord]:
    """A record of each person; mentions are counted in these windows (days)."""
    mentions = _mention_counts(connection, persons, windows, at)
    contacts = _last_contacts(connection, persons)
    query = select(ticket.c.person).where(ticket.c.person.in_(persons), ticket.c.status != "closed")
    troubled = set(connection.execute(query).scalars())
    left = opted_out(connection, persons)
    known = advocates.known_of(connection, persons, at) if advocacy else {}
    return {
        who: PersonRecord(
            mentions.get(who, {}), contacts.get(who, {}), who in troubled, who in left, known.get(who, {})
        )
        for who in persons
    }


def _mention_counts(
    connection: Connection, persons: Sequence[str], windows: Sequence[int], at: datetime
) -> dict[str, dict[int, int]]:
    if not windows:
        return {}
    counts = [func.count().filter(mention.c.posted_at > at - timedelta(days=days)) for days in windows]
    query = select(mention.c.person, *counts).where(mention.c.person.in_(persons)).group_by(mention.c.person)
    return {row[0]: dict(zip(windows, row[1:], strict=True)) for row in connection.execute(query)}


def _last_contacts(connection: Connection, persons: Sequence[str]) -> dict[str, dict[str, datetime]]:
    query = (
        select(contact.c.person, contact.c.purpose, func.max(contact.c.at).label("at"))
        .where(contact.c.person.in_(persons))
        .group_by(contact.c.person, contact.c.purpose)
    )
    found: dict[str, dict[str, datetime]] = {}
    for row in connection.execute(query):
        found.setdefault(row.person, {})[row.purpose] = row.at
    return found
