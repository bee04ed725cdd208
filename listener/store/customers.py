"""The customer registry as it is asked: who is known, and whose an account is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select

from listener.model import Customer, Handle
from listener.model.registry import Key, Link
from listener.store.belonging import holders
from listener.store.contacts import opted_out
from listener.store.engine import Database, chunks, table

customer, handle = table(Customer), table(Handle)


class Customers:
    """Who is known."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def replace(self, customers: Sequence[dict[str, Any]], handles: Sequence[dict[str, str]]) -> None:
        """The registry becomes exactly this."""
        with self._database.write() as connection:
            connection.execute(delete(handle))
            connection.execute(delete(customer))
            for rows in chunks(customers):
                connection.execute(customer.insert(), list(rows))
            for pairs in chunks(handles):
                connection.execute(handle.insert(), list(pairs))

    def count(self) -> int:
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(customer)).scalar_one()

    def holders(self, keys: Iterable[Key]) -> dict[Key, list[Link]]:
        """The customers that each of these accounts, addresses or order numbers belongs to."""
        with self._database.read() as connection:
            return holders(connection, keys)

    def get(self, ids: Iterable[str]) -> dict[str, Row[Any]]:
        with self._database.read() as connection:
            query = select(customer).where(customer.c.id.in_(sorted(set(ids))))
            return {row.id: row for row in connection.execute(query)}

    def opted_out(self, persons: Iterable[str]) -> frozenset[str]:
        """Those of the persons who want to hear nothing from us: said by the registry, or by themselves."""
        wanted = list(persons)
        with self._database.read() as connection:
            return opted_out(connection, wanted) | do_not_contact(connection, wanted)


def do_not_contact(connection: Connection, persons: Iterable[str]) -> frozenset[str]:
    """Those of the persons whom the registry says to leave alone."""
    listed = select(customer.c.id).where(customer.c.id.in_(list(persons)), customer.c.do_not_contact)
    return frozenset(connection.execute(listed).scalars())
