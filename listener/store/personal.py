"""All data of one person: told in full, or taken out. Tables are found by what they say rows are about, so that a table
added later is covered as soon as it has a column `person` or `customer`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, or_, select, update
from sqlalchemy.exc import IntegrityError

from listener.model import all_tables
from listener.model.customer import Customer, ErasureTask, Handle
from listener.model.delivery import Delivery
from listener.model.house import AuditLine, LimitCounter, Setting, Silence
from listener.model.mention import ERASED, Appearance, Decision, Mention, Version
from listener.model.registry import Key
from listener.model.ticket import Ticket, TicketNote, TicketTrack
from listener.store.belonging import person_of
from listener.store.endings import WITHDRAWABLE, cancel, notices_of, purge, strike
from listener.store.engine import Database, chunks, table
from listener.store.erasing import remember
from listener.store.house import audit_line
from listener.store.moving import counted_anew
from listener.store.outside import left_to_people
from listener.store.terms import Terms
from listener.store.unlearning import unlearn, unlearn_topics

customer, handle, mention, delivery = table(Customer), table(Handle), table(Mention), table(Delivery)
ticket, note, track, audit = table(Ticket), table(TicketNote), table(TicketTrack), table(AuditLine)
appearance, setting, counter = table(Appearance), table(Setting), table(LimitCounter)

WHOSE = ("person", "customer", "newcomer")
HANGS_ON = ("mention", "delivery", "ticket")
# of these the figures stay, without the person: how many spoke, what was sent, how tickets ended
FIGURES = frozenset({"mention", "delivery", "ticket", "contact"})
WHY = "the person was erased"
LONGEST_PERSON = 12  # characters of the hash that stands for an erased person in figures


@dataclass(frozen=True, slots=True)
class Whom:
    """One person: the customer's id, where it is one, and the accounts that are theirs."""

    customer: str | None
    accounts: tuple[Key, ...] = ()

    @property
    def persons(self) -> tuple[str, ...]:
        """All names under which rows may be theirs."""
        return (*((self.customer,) if self.customer else ()), *(person_of(key) for key in self.accounts))


@dataclass(frozen=True, slots=True)
class Gone:
    """What an erasure did: mentions emptied, rows deleted by table, and what is left to people."""

    mentions: int
    deleted: dict[str, int]
    tasks: tuple[str, ...]


def tables() -> Iterator[Table]:
    """Every table whose rows are about a person, or hang on something that is."""
    return (
        kept
        for kept in all_tables().sorted_tables
        if kept.name in ("customer", *HANGS_ON) or any(name in kept.c for name in (*WHOSE, *HANGS_ON))
    )


class Personal:
    """A person's data, whole."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def by_customer(self, who: str) -> Whom | None:
        """The customer and the accounts linked to them; None when nothing is kept under that id."""
        with self._database.read() as connection:
            mine = handle.c.customer == who, handle.c.state == "linked"
            rows = connection.execute(select(handle.c.platform, handle.c.handle).where(*mine))
            keys = tuple((row[0], row[1]) for row in rows if not row[0].startswith("@"))
            found = Whom(who, keys)
            known = connection.execute(select(customer.c.id).where(customer.c.id == who)).first()
            return found if known or keys or self._anything(connection, found) else None

    def by_account(self, key: Key) -> Whom | None:
        """The stranger behind an account; None when nothing is kept under it."""
        found = Whom(None, (key,))
        with self._database.read() as connection:
            return found if self._anything(connection, found) else None

    def _anything(self, connection: Connection, whom: Whom) -> bool:
        named = (kept for kept in tables() if any(name in kept.c for name in WHOSE))
        return any(connection.execute(select(kept).where(_named(kept, whom)).limit(1)).first() for kept in named)

    def customers(self) -> list[str]:
        """The ids of all customers."""
        with self._database.read() as connection:
            return list(connection.execute(select(customer.c.id)).scalars())

    def strangers(self) -> list[Key]:
        """The accounts of all persons who are no customers."""
        theirs = select(mention.c.person).where(mention.c.customer.is_(None), mention.c.author_handle.is_not(None))
        with self._database.read() as connection:
            persons = connection.execute(theirs.distinct()).scalars()
            return [(platform, name) for platform, _, name in (one.partition(":") for one in persons if one) if name]

    def rows(self, whom: Whom) -> Iterator[tuple[str, dict[str, Any]]]:
        """(table, columns) of everything kept about them."""
        with self._database.read() as connection:
            ids = _ids(connection, whom)
            for kept in tables():
                for row in connection.execute(select(kept).where(_about(kept, whom, ids))):
                    yield kept.name, dict(row._mapping)

    def erase(
        self,
        whom: Whom,
        digests: Sequence[str],
        by: str,
        why: str,
        at: datetime,
        terms: Terms,
        stays: Collection[str] = (),
    ) -> Gone:
        """Take the person out: words and names go, figures stay nameless. They are remembered by these hashes only.

        `terms` is how issues read words: what these and topic models learned from the person they unlearn. `stays`
        are the channels whose messages cannot be changed once they are sent.
        """
        nameless = f"{ERASED}{digests[0][:LONGEST_PERSON]}"
        with self._database.write() as connection:
            ids = _ids(connection, whom)
            tasks = left_to_people(connection, ids, stays, digests[0], at)
            unlearn_topics(connection, ids["mention"], terms)
            issues = unlearn(connection, self._database, ids["mention"], terms, at)
            _empty_mentions(connection, self._database, ids["mention"], at)
            _empty_notes(connection, ids["ticket"])
            deleted = _delete_rows(connection, whom, nameless)
            _strike_names(connection, whom, nameless)
            _cancel(connection, self._database, ids["delivery"])
            strike(connection, self._database, ids["delivery"], at)
            _make_nameless(connection, whom, nameless)
            counted_anew(connection, issues, at)
            remember(connection, self._database, digests, at)
            connection.execute(audit.insert(), audit_line(at, by, "erase", nameless, why))
        return Gone(len(ids["mention"]), deleted, tasks)

    def tasks(self) -> list[Any]:
        """What erasures left to people and is not done yet."""
        todo = table(ErasureTask)
        with self._database.read() as connection:
            return list(connection.execute(select(todo).where(todo.c.done_at.is_(None)).order_by(todo.c.id)))

    def task_done(self, number: int, by: str, at: datetime) -> bool:
        """Somebody erased it there; false when there is no such open task."""
        todo = table(ErasureTask)
        mine = update(todo).where(todo.c.id == number, todo.c.done_at.is_(None)).values(done_at=at, who=by)
        with self._database.write() as connection:
            done = bool(connection.execute(mine).rowcount)
            if done:
                connection.execute(audit.insert(), audit_line(at, by, "erased outside", f"task {number}"))
        return done


def _ids(connection: Connection, whom: Whom) -> dict[str, list[int]]:
    """Mentions of theirs, deliveries to them or about those, tickets of theirs."""
    said = list(connection.execute(select(mention.c.id).where(_named(mention, whom))).scalars())
    tickets = list(connection.execute(select(ticket.c.id).where(_named(ticket, whom))).scalars())
    sent = set(connection.execute(select(delivery.c.id).where(_named(delivery, whom))).scalars())
    for some in chunks(said):
        sent |= set(connection.execute(select(delivery.c.id).where(delivery.c.mention.in_(some))).scalars())
    sent |= set(notices_of(connection, tickets))
    return {"mention": said, "ticket": tickets, "delivery": sorted(sent)}


def _named(kept: Table, whom: Whom) -> ColumnElement[bool]:
    """Rows that name the person themselves."""
    clauses: list[ColumnElement[bool]] = [kept.c.person.in_(whom.persons)] if "person" in kept.c else []
    if whom.customer:
        clauses += [kept.c[name] == whom.customer for name in ("customer", "newcomer") if name in kept.c]
        clauses += [kept.c.id == whom.customer] if kept is customer else []
    return or_(*clauses) if clauses else kept.c[next(iter(kept.primary_key.columns)).name].is_(None)


def _about(kept: Table, whom: Whom, ids: dict[str, list[int]]) -> ColumnElement[bool]:
    """The same, and rows that hang on their mentions, deliveries and tickets."""
    hangs = [kept.c[name].in_(ids[name]) for name in HANGS_ON if name in kept.c]
    mine = [kept.c.id.in_(ids[kept.name])] if kept.name in ids else []
    return or_(_named(kept, whom), *hangs, *mine)


def _empty_mentions(connection: Connection, database: Database, ids: Sequence[int], at: datetime) -> None:
    """As if deleted at the source: no poll that offers the post again brings its words back."""
    nobody = dict.fromkeys(("author_handle", "author_name", "author_url", "author_followers", "url", "company_reply"))
    empty: dict[str, Any] = {"title": "", "text": "", "words": [], "attributes": {}, "tags": [], **nobody}
    for some in chunks(ids):
        posts = select(mention.c.post).where(mention.c.id.in_(some))
        connection.execute(update(appearance).where(appearance.c.post.in_(posts)).values(gone_at=at))
        connection.execute(delete(table(Version)).where(table(Version).c.mention.in_(some)))
        connection.execute(update(table(Decision)).where(table(Decision).c.mention.in_(some)).values(facts={}))
        connection.execute(update(mention).where(mention.c.id.in_(some)).values(**empty, gone_at=at))
        purge(connection, database, list(some), at, WHY)


def _empty_notes(connection: Connection, tickets: Sequence[int]) -> None:
    for some in chunks(tickets):
        mine = note.c.ticket.in_(some)
        connection.execute(update(note).where(mine).values(text=""))
        # what was said in an outside system has the name that its writer has there
        connection.execute(update(note).where(mine, note.c.mark.is_not(None)).values(who="somebody"))
        connection.execute(update(ticket).where(ticket.c.id.in_(some)).values(root_cause=None, external=None))


def _delete_rows(connection: Connection, whom: Whom, nameless: str) -> dict[str, int]:
    """Whatever else names the person; where something hangs on a row, it stays without the name."""
    deleted = {}
    for kept in reversed(list(tables())):
        if kept.name in FIGURES or not (kept is customer or any(name in kept.c for name in WHOSE)):
            continue
        mine = _named(kept, whom)
        try:
            with connection.begin_nested():
                count = connection.execute(delete(kept).where(mine)).rowcount
        except IntegrityError:
            count = 0
            names = [name for name in WHOSE if name in kept.c]
            connection.execute(update(kept).where(mine).values(dict.fromkeys(names, nameless)))
        if count:
            deleted[kept.name] = count
    return deleted


def _cancel(connection: Connection, database: Database, deliveries: Sequence[int]) -> None:
    """Nothing goes out to them any more."""
    for some in chunks(deliveries):
        open_ones = and_(delivery.c.id.in_(some), delivery.c.status.in_((*WITHDRAWABLE, "failed")))
        cancel(connection, database, open_ones, WHY)


def _make_nameless(connection: Connection, whom: Whom, nameless: str) -> None:
    for kept in tables():
        if kept.name in FIGURES:
            connection.execute(update(kept).where(_named(kept, whom)).values(person=nameless, customer=None))


def _strike_names(connection: Connection, whom: Whom, nameless: str) -> None:
    """In what is told of them elsewhere: the audit trail, silences, limits, problems of the customer file."""
    silence = table(Silence)
    connection.execute(delete(silence).where(silence.c.kind == "author", silence.c.what.in_(whom.persons)))
    for person in whom.persons:
        whole = re.compile(rf"(?<![\w:-]){re.escape(person)}(?![\w:-])")
        for row in list(connection.execute(select(audit).where(audit.c.about.contains(person, autoescape=True)))):
            if whole.search(row.about):
                about = whole.sub(nameless, row.about)
                connection.execute(update(audit).where(audit.c.id == row.id).values(about=about, why=""))
        theirs = select(counter.c.key).where(counter.c.key.contains(f":{person}", autoescape=True))
        keys = [key for key in connection.execute(theirs).scalars() if f":{person}:" in f"{key}:"]
        connection.execute(delete(counter).where(counter.c.key.in_(keys)))
    for row in list(connection.execute(select(setting).where(setting.c.name.in_(("customers", "purchases"))))):
        kept = {**row.value, "problems": []}
        connection.execute(update(setting).where(setting.c.name == row.name).values(value=kept))
