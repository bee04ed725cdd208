"""Whose accounts are, as people see and decide it: evidence, suggestions, links made and undone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, select, text, update

from listener.model.customer import UNLINKED, Customer, Handle, Recognised
from listener.model.mention import Mention
from listener.model.registry import Key
from listener.store.belonging import holders, person_of, said_by, settle
from listener.store.engine import Database, table
from listener.store.house import audit, audit_line
from listener.store.moving import Move, counted_anew, split

customer, handle, mention, recognised = table(Customer), table(Handle), table(Mention), table(Recognised)


class Identities:
    """Accounts and the customers they belong to."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_mention(self, number: int) -> Row[Any] | None:
        """What told who wrote this mention, where it was something in the mention itself."""
        with self._database.read() as connection:
            return connection.execute(select(recognised).where(recognised.c.mention == number)).first()

    def linked(self, key: Key, who: str) -> Row[Any] | None:
        """That this account is this customer's."""
        with self._database.read() as connection:
            return connection.execute(select(handle).where(_is(key), handle.c.customer == who)).first()

    def claimed(self, key: Key) -> list[str]:
        """The customers who claim this account."""
        with self._database.read() as connection:
            return sorted(link.customer for link in holders(connection, [key]).get(key, ()))

    def suggested(self, limit: int, account: Key | None = None) -> list[Row[Any]]:
        """What waits for a person, of all accounts or of one, newest first."""
        waits = text(UNLINKED), handle.c.state == "suggested"
        query = select(handle).where(*waits).order_by(handle.c.since.desc()).limit(limit)
        query = query.where(_is(account)) if account else query
        with self._database.read() as connection:
            return list(connection.execute(query))

    def named_strangers(self, since: datetime, limit: int) -> list[Row[Any]]:
        """Accounts of no known customer whose author gave a name and a page: newest mention of each."""
        columns = (mention.c.platform, mention.c.author_handle, mention.c.author_name, mention.c.author_url)
        theirs = and_(mention.c.customer.is_(None), mention.c.author_handle.is_not(None), mention.c.posted_at > since)
        named = and_(mention.c.author_name.is_not(None), mention.c.author_url.is_not(None))
        with self._database.read() as connection:
            return list(connection.execute(select(*columns).where(theirs, named).distinct().limit(limit)))

    def customers_named(self, names: Sequence[str]) -> list[Row[Any]]:
        """Customers with one of these names, as written."""
        columns = (customer.c.id, customer.c.name, customer.c.email, customer.c.columns)
        with self._database.read() as connection:
            return list(connection.execute(select(*columns).where(customer.c.name.in_(names))))

    def link(self, key: Key, who: str, by: str, why: str, at: datetime) -> list[Move] | None:
        """A person says that this account is this customer's: its history goes along. None: no such customer."""
        with self._database.write() as connection:
            if connection.execute(select(customer.c.id).where(customer.c.id == who)).first() is None:
                return None
            held = holders(connection, [key])
            others = and_(_is(key), handle.c.customer != who, handle.c.source == "ops")
            connection.execute(update(handle).where(others).values(state="refused"))
            self._say(connection, key, who, "linked", by, why, at)
            return settle(connection, self._database, [key], held, at)

    def unlink(self, key: Key, by: str, why: str, at: datetime) -> list[Move] | None:
        """A person says that this account is not whose it seemed: the history is split. None: it was nobody's."""
        with self._database.write() as connection:
            seemed = and_(_is(key), handle.c.state.in_(("linked", "suggested")))
            claims = list(connection.execute(select(handle.c.customer).where(seemed)).scalars())
            if not claims:
                return None
            held = holders(connection, [key])
            for who in claims:
                self._say(connection, key, who, "refused", by, why, at)
                ids = said_by(connection, key, who, every=True)
                connection.execute(delete(recognised).where(recognised.c.mention.in_(ids)))
            return settle(connection, self._database, [key], held, at)

    def unlink_mention(self, number: int, by: str, why: str, at: datetime) -> list[Move] | None:
        """A person says that this mention is not by whom it seemed. None: it was nobody's by its own evidence."""
        with self._database.write() as connection:
            row = connection.execute(select(mention).where(mention.c.id == number)).first()
            gone = delete(recognised).where(recognised.c.mention == number).returning(recognised.c.customer)
            who = connection.execute(gone).scalar()
            if row is None or who is None:
                return None
            connection.execute(audit.insert(), audit_line(at, by, "unlink", f"mention {number}", why))
            key = ("mention", str(number))
            move = split(connection, self._database, Move(who, person_of(key), None, key, (number,)), at)
            counted_anew(connection, move.issues, at)
            return [move]

    def _say(self, connection: Connection, key: Key, who: str, state: str, by: str, why: str, at: datetime) -> None:
        new = {"source": "ops", "evidence": why, "confidence": 1.0, "state": state, "since": at, "who": by}
        statement = self._database.insert(Handle).values(platform=key[0], handle=key[1], customer=who, **new)
        one = ["platform", "handle", "customer"]
        connection.execute(statement.on_conflict_do_update(index_elements=one, set_=new))
        what = "link" if state == "linked" else "unlink"
        connection.execute(audit.insert(), audit_line(at, by, what, f"{person_of(key)} and {who}", why))


def _is(key: Key) -> Any:
    return and_(handle.c.platform == key[0], handle.c.handle == key[1])
