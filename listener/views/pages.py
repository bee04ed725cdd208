"""A page of stored rows with what hangs on it → the objects of the contract."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType, SimpleNamespace
from typing import TypeAlias

from listener.store.glance import Glance, Record, Wanted
from listener.views import advocates, objects
from listener.views.objects import Object

# what is counted for each reference: its name there, the table, and which rows
COUNTED = (
    ("asks", "reference_ask", ""),
    ("uses", "reference_use", "AND status != 'down'"),
    ("takedowns", "takedown", "AND status = 'open'"),
)

QUOTES = 3

# what is only suggested or was refused is nobody's; platforms with @ are no networks
ACCOUNTS = "AND state = 'linked' AND platform NOT LIKE '@%' ORDER BY platform, handle"

Page: TypeAlias = Callable[[Glance, Sequence[Record]], Iterator[Object]]


def listed(seen: Glance, name: str, wanted: Wanted) -> Iterator[Object]:
    """The objects of one list (`mentions`, `tickets`, `issues`, `deliveries`, `contacts`, `customers`, `sources`)."""
    for rows in seen.pages(name, wanted):
        yield from PAGES[name](seen, rows)


def _mentions(seen: Glance, rows: Sequence[Record]) -> Iterator[Object]:
    places, decisions = defaultdict(list), {}
    for place in seen.related("* FROM appearance", "post", [row.post for row in rows], "ORDER BY id"):
        places[place.post].append(place)
    columns = "mention, book, fired, nothing_because FROM decision"
    for decision in seen.related(columns, "mention", [row.id for row in rows], "ORDER BY id"):
        decisions[decision.mention] = decision
    return (objects.mention(row, places[row.post], decisions.get(row.id)) for row in rows)


def _tickets(seen: Glance, rows: Sequence[Record]) -> Iterator[Object]:
    mentions = defaultdict(list)
    for link in seen.related("* FROM ticket_mention", "ticket", [row.id for row in rows], "ORDER BY mention"):
        mentions[link.ticket].append(link.mention)
    return (objects.ticket(row, mentions[row.id]) for row in rows)


def _issues(seen: Glance, rows: Sequence[Record]) -> Iterator[Object]:
    newest = f"AND duplicate_of IS NULL ORDER BY posted_at DESC, id LIMIT {QUOTES}"
    for row in rows:
        yield objects.issue(row, seen.related("id, text, url FROM mention", "issue", [row.id], newest))


def _customers(seen: Glance, rows: Sequence[Record]) -> Iterator[Object]:
    ids, handles = [row.id for row in rows], defaultdict(list)
    for handle in seen.related("* FROM handle", "customer", ids, ACCOUNTS):
        handles[handle.customer].append(f"{handle.platform}:{handle.handle}")
    contacts = seen.related("* FROM contact", "person", ids, "ORDER BY at")
    last = {contact.person: contact.at for contact in contacts}
    open_tickets = seen.related("* FROM ticket", "person", ids, "AND status != 'closed' ORDER BY id")
    tickets = {ticket.person: ticket.id for ticket in open_tickets}
    speaking = {row.customer: row.state for row in seen.related("* FROM reference", "customer", ids)}
    left = {row.person for row in seen.related("person FROM opt_out", "person", ids)}
    for row in rows:
        their = (last.get(row.id), tickets.get(row.id), speaking.get(row.id))
        yield objects.customer(row, handles[row.id], *their, row.id in left)


def _references(seen: Glance, rows: Sequence[Record]) -> Iterator[Object]:
    ids, agreed = [row.customer for row in rows], defaultdict(list)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    known = {row.id: vars(row) for row in map(_plain, seen.related("id, name, segment FROM customer", "id", ids))}
    for consent in seen.related("* FROM reference_consent", "customer", ids, "ORDER BY form"):
        agreed[consent.customer].append(consent)
    for what, table, also in COUNTED:
        for row in seen.related(f"customer FROM {table}", "customer", ids, also):
            counts[row.customer][what] += 1
    one = advocates.reference
    return (one(row, known.get(row.customer, {}), agreed[row.customer], counts[row.customer]) for row in rows)


def _plain(row: Record) -> SimpleNamespace:
    return SimpleNamespace(id=row.id, name=row.name, segment=row.segment)


def _alerts(seen: Glance, rows: Sequence[Record]) -> Iterator[Object]:
    mentions, noticed = defaultdict(set), defaultdict(list)
    for one in seen.related(
        "alert, mention FROM delivery", "alert", [row.id for row in rows], "AND mention IS NOT NULL"
    ):
        mentions[one.alert].add(one.mention)
    names = {f"alert {row.id}": row.id for row in rows}
    for one in seen.related("* FROM audit", "about", list(names), "AND what = 'acknowledge' ORDER BY id"):
        noticed[names[one.about]].append(one)
    return (objects.alert(row, sorted(mentions[row.id]), noticed[row.id]) for row in rows)


def _each(view: Callable[[Record], Object]) -> Page:
    return lambda _, rows: map(view, rows)


PAGES: Mapping[str, Page] = MappingProxyType(
    {
        "mentions": _mentions,
        "tickets": _tickets,
        "issues": _issues,
        "customers": _customers,
        "deliveries": _each(objects.delivery),
        "alerts": _alerts,
        "contacts": _each(objects.contact),
        "references": _references,
        "sources": _each(objects.source),
    }
)
