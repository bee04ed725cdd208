"""The customer registry as it is asked: who is known, and whose an account is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Row, bindparam, delete, func, select, text

from listener.model.customer import UNLINKED, Customer, Handle, Purchase
from listener.model.registry import Key, Link
from listener.store.belonging import holders
from listener.store.contacts import opted_out
from listener.store.engine import Database, chunks, table
from listener.store.prepared import Prepared

customer, handle, purchase = table(Customer), table(Handle), table(Purchase)
SIGNS = select(handle.c.platform).where(handle.c.platform.in_(("@url", "@site", "@order"))).limit(1)

_EMAIL = Prepared(select(customer.c.email).where(customer.c.id == bindparam("who")))


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

    def has_signs(self) -> bool:
        """Whether anything but accounts is listed as somebody's: pages, sites, order numbers."""
        with self._database.read() as connection:
            return connection.execute(SIGNS).first() is not None

    def by_email(self, addresses: Collection[str]) -> dict[str, list[str]]:
        """The customers with each of these addresses (in lower case)."""
        return self._by(customer.c.email, customer.c.id, addresses)

    def by_order(self, numbers: Collection[str]) -> dict[str, list[str]]:
        """The customers who bought by each of these order numbers."""
        return self._by(purchase.c.number, purchase.c.customer, numbers)

    def _by(self, column: Column[Any], who: Column[Any], values: Collection[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        if not values:
            return found
        with self._database.read() as connection:
            for some in chunks(sorted(values)):
                for row in connection.execute(select(column, who).where(column.in_(some)).distinct()):
                    found.setdefault(row[0], []).append(row[1])
        return found

    def accounts(self, ids: Collection[str]) -> dict[str, list[Key]]:
        """The accounts of each of these customers."""
        found: dict[str, list[Key]] = {}
        with self._database.read() as connection:
            for some in chunks(sorted(ids)):
                mine = select(handle).where(handle.c.customer.in_(some), handle.c.state == "linked")
                for row in connection.execute(mine):
                    found.setdefault(row.customer, []).append((row.platform, row.handle))
        return found

    def refused(self, keys: Collection[Key]) -> frozenset[tuple[Key, str]]:
        """(account, customer) of which a person said that it is not theirs."""
        said_no = select(handle.c.platform, handle.c.handle, handle.c.customer).where(
            text(UNLINKED), handle.c.state == "refused"
        )
        with self._database.read() as connection:
            # few: each is a person's decision
            rows = [((row[0], row[1]), row[2]) for row in connection.execute(said_no)]
        return frozenset(row for row in rows if row[0] in keys)

    def get(self, ids: Iterable[str]) -> dict[str, Row[Any]]:
        with self._database.read() as connection:
            query = select(customer).where(customer.c.id.in_(sorted(set(ids))))
            return {row.id: row for row in connection.execute(query)}

    def email(self, who: str) -> str:
        """The address of this customer; "" where the registry has none, or nobody of that id."""
        with self._database.read() as connection:
            found = _EMAIL.first(connection, {"who": who})
        return str(found.email) if found else ""

    def opted_out(self, persons: Iterable[str]) -> frozenset[str]:
        """Those of the persons who want to hear nothing from us: said by the registry, or by themselves."""
        wanted = list(persons)
        with self._database.read() as connection:
            return opted_out(connection, wanted) | do_not_contact(connection, wanted)


def do_not_contact(connection: Connection, persons: Iterable[str]) -> frozenset[str]:
    """Those of the persons whom the registry says to leave alone."""
    listed = select(customer.c.id).where(customer.c.id.in_(list(persons)), customer.c.do_not_contact)
    return frozenset(connection.execute(listed).scalars())
