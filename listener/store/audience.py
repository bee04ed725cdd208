"""Whom an issue concerns: its complainants, who complained of other things, everybody, and why somebody is left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select, update

from listener.model.campaign import IssueTold
from listener.model.contact import OptOut
from listener.model.customer import Customer
from listener.model.delivery import Contact, Delivery
from listener.model.issue import Issue, IssueEpisode, IssueLink
from listener.model.mention import Mention
from listener.model.ticket import Ticket
from listener.store import grouped
from listener.store.engine import Database, table

contact, customer, delivery = table(Contact), table(Customer), table(Delivery)
episode, issue, told = table(IssueEpisode), table(Issue), table(IssueTold)
link = table(IssueLink)
mention, opt_out, ticket = table(Mention), table(OptOut), table(Ticket)

DAY, WEEK = timedelta(days=1), timedelta(days=7)
PAGE = 5_000


@dataclass(frozen=True, slots=True)
class Standings:
    """What keeps customers from being written to, by id. `contacts` are how often in 24 h and in 7 d.

    `came_back` are those of the `told` whose message was refused for good.
    """

    opted_out: frozenset[str] = frozenset()
    in_trouble: frozenset[str] = frozenset()
    told: frozenset[str] = frozenset()
    came_back: frozenset[str] = frozenset()
    contacts: dict[str, tuple[int, int]] = field(default_factory=dict)


class Audience:
    """Questions about everybody at once. Everything here is read; nothing is decided."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def complainants(self, root: str) -> list[Row[Any]]:
        """Who reported this issue: person, customer, mentions, first post; a copy of another's text reports nothing."""
        own = (mention.c.issue == root) & mention.c.duplicate_of.is_(None) & mention.c.person.is_not(None)
        columns = (mention.c.person, func.max(mention.c.customer).label("customer"))
        counts = (func.count().label("mentions"), func.min(mention.c.posted_at).label("first"))
        query = select(*columns, *counts).where(own).group_by(mention.c.person).order_by(mention.c.person)
        with self._database.read() as connection:
            return list(connection.execute(query))

    def background(self, brand: str, root: str, since: datetime) -> frozenset[str]:
        """Customers who complained of other things about this brand since then."""
        other = or_(mention.c.issue.is_(None), mention.c.issue != root)
        query = select(mention.c.customer).where(
            mention.c.brand == brand, mention.c.label == "negative", mention.c.posted_at >= since, other
        )
        with self._database.read() as connection:
            return frozenset(filter(None, connection.execute(query.distinct()).scalars()))

    def products(self, root: str) -> dict[str, int]:
        """How many mentions of the issue name each product."""
        query = select(mention.c.product, func.count()).where(mention.c.issue == root, mention.c.product.is_not(None))
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(query.group_by(mention.c.product))}

    def everybody(self) -> Iterator[Row[Any]]:
        """The registry, customer by customer."""
        last = ""
        while True:
            query = select(customer).where(customer.c.id > last).order_by(customer.c.id).limit(PAGE)
            with self._database.read() as connection:
                rows = list(connection.execute(query))
            yield from rows
            if len(rows) < PAGE:
                return
            last = rows[-1].id

    def keep_size(self, root: str, size: int) -> None:
        """How many customers the issue affects, as lists show it until it is asked again."""
        with self._database.write() as connection:
            connection.execute(update(issue).where(issue.c.id == root).values(affected=size))

    def standings(self, root: str, stage: str, now: datetime) -> Standings:
        """What keeps anybody from being told now, at this stage of this issue."""
        with self._database.read() as connection:
            query = select(told.c.customer).where(told_now(connection, root), told.c.stage == stage)
            back = query.join(delivery, delivery.c.id == told.c.delivery).where(delivery.c.status == "failed")
            quiet = select(customer.c.id).where(customer.c.do_not_contact)
            open_ones = select(ticket.c.customer).where(ticket.c.status != "closed", ticket.c.customer.is_not(None))
            return Standings(
                opted_out=_ids(connection, select(opt_out.c.person)) | _ids(connection, quiet),
                in_trouble=_ids(connection, open_ones),
                told=_ids(connection, query),
                came_back=_ids(connection, back),
                contacts=_contacts(connection, now),
            )


def told_now(connection: Connection, root: str) -> ColumnElement[bool]:
    """Who counts as told: in the present episode of this issue, or by one that was merged into it and not fixed before.

    Who was told of an earlier episode, or of a trouble whose fix did not hold until now, is told anew; so is who was
    told of the fix of one that was merged into this one while this one was not fixed: it was there still.
    """
    family = grouped.family(connection, root)
    rows = list(connection.execute(select(episode).where(episode.c.issue.in_(family)).order_by(episode.c.number)))
    present = next((row for row in reversed(rows) if row.issue == root), None)
    if present is None:
        return told.c.issue.in_(family)
    going = [row for row in rows if row.issue != root and not (row.fixed_at and row.fixed_at < present.opened_at)]
    early = _merged_before(connection, family, present.fixed_at) if any(row.fixed_at for row in going) else set()
    return or_(*(_told_in(row, row.issue in early) for row in (present, *going)))


def _told_in(row: Row[Any], of_trouble_only: bool) -> ColumnElement[bool]:
    mine = and_(told.c.issue == row.issue, told.c.episode == row.number)
    return mine & (told.c.stage != "fixed") if of_trouble_only else mine


def _merged_before(connection: Connection, family: Sequence[str], at: datetime | None) -> set[str]:
    """Those of a root (the first) and all that were merged into it that became one with it before then, or ever."""
    alias = (link.c.kind == "alias") & link.c.undone_at.is_(None) & link.c.issue.in_(list(family))
    into = {row.issue: row for row in connection.execute(select(link).where(alias).order_by(link.c.id))}
    found: set[str] = set()
    for one in family[1:]:
        chain, end = [], one
        while end in into and end != family[0]:
            chain.append(into[end].at)
            end = into[end].other
        if chain and (at is None or max(chain) < at):
            found.add(one)
    return found


def _ids(connection: Connection, query: Any) -> frozenset[str]:
    return frozenset(filter(None, connection.execute(query).scalars()))


def _contacts(connection: Connection, now: datetime) -> dict[str, tuple[int, int]]:
    in_a_day = func.count().filter(contact.c.at > now - DAY)
    query = select(contact.c.person, in_a_day, func.count()).where(contact.c.at > now - WEEK).group_by(contact.c.person)
    return {row[0]: (row[1], row[2]) for row in connection.execute(query)}
