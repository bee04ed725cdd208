"""What was given to whom, and the words that were said before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, select, update

from listener.model.delivery import Delivery
from listener.model.giving import GiftSent, GiftStock, Given
from listener.model.house import Setting
from listener.model.mention import Mention
from listener.store.engine import Database, chunks, table

delivery, mention = table(Delivery), table(Mention)
given, stock, sent, setting = table(Given), table(GiftStock), table(GiftSent), table(Setting)

EXPORT = "gift export"  # the setting that names an export without its name

UNSAID = ("rejected", "expired", "cancelled", "shadow")
ADDRESS_KEPT = timedelta(days=30)
NAMES: Any = bindparam("names", expanding=True)
_used = delivery.c.status.not_in(UNSAID) & delivery.c.action.in_(("thank", "engage"))
_mark = delivery.c.options["words"].as_string()
TO_PERSONS = select(delivery.c.person, _mark).where(_used, delivery.c.person.in_(NAMES))
IN_THREADS = select(mention.c.thread, _mark).join(delivery, delivery.c.mention == mention.c.id)
IN_THREADS = IN_THREADS.where(_used, mention.c.thread.in_(NAMES))


class Giving:
    """Within one transaction [2]: words and things that a person or a thread had already, and what they get now."""

    def __init__(self, connection: Connection, database: Database, at: datetime) -> None:
        self._connection = connection
        self._database = database
        self._at = at
        self._said: dict[tuple[str, str], set[str]] = {}

    def expect(self, persons: Iterable[str], threads: Iterable[str]) -> None:
        """Read now and together what was said to these persons and in these threads; it will be asked for."""
        for kind, names, query in (("person", persons, TO_PERSONS), ("thread", threads, IN_THREADS)):
            new = sorted({name for name in names if name and (kind, name) not in self._said})
            self._said |= {(kind, name): set() for name in new}
            for part in chunks(new):
                for name, mark in self._connection.execute(query, {"names": part}):
                    self._said[kind, name].update((mark,) if mark else ())

    def said(self, person: str, thread: str) -> frozenset[str]:
        """Marks of the words that were used toward this person or in this thread ("": it is in none)."""
        self.expect((person,), (thread,))
        return frozenset(self._said["person", person] | self._said.get(("thread", thread), set()))

    def say(self, person: str, thread: str, mark: str) -> None:
        """These words are taken, for the rest of this transaction too."""
        self.expect((person,), (thread,))
        for key in (("person", person), *([("thread", thread)] if thread else [])):
            self._said[key].add(mark)

    def had(self, person: str) -> frozenset[str]:
        """What this person was given of the ecosystem."""
        return frozenset(self._connection.execute(select(given.c.item).where(given.c.person == person)).scalars())

    def give(self, person: str, item: str) -> None:
        row = self._database.insert(Given).values(person=person, item=item, at=self._at)
        self._connection.execute(row.on_conflict_do_nothing())

    def take(self, item: str, most: int | None) -> bool:
        """One piece of a present out of the stock; false when there is none left."""
        row = self._database.insert(GiftStock).values(item=item, given=0)
        self._connection.execute(row.on_conflict_do_nothing(index_elements=["item"]))
        one = update(stock).where(stock.c.item == item).values(given=stock.c.given + 1)
        one = one.where(stock.c.given < most) if most is not None else one
        return self._connection.execute(one.returning(stock.c.item)).first() is not None

    def offer(self, row: Mapping[str, Any]) -> None:
        """A present is on its way to somebody; columns of GiftSent."""
        statement = self._database.insert(GiftSent).values(offered_at=self._at, name="", address="", **row)
        self._connection.execute(statement.on_conflict_do_nothing(index_elements=["delivery"]))


def put_back(connection: Connection, rows: list[Row[Any]]) -> None:
    """Presents whose delivery never went out are in stock again."""
    for row in rows:
        item = row.options.get("item") if row.action == "send_gift" else None
        if item:
            gone = sent.delete().where(sent.c.delivery == row.key).returning(sent.c.id)
            if connection.execute(gone).first():
                connection.execute(update(stock).where(stock.c.item == item).values(given=stock.c.given - 1))


class Gifts:
    """Presents that were offered."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, key: str) -> Row[Any] | None:
        """The present of this delivery."""
        with self._database.read() as connection:
            return connection.execute(select(sent).where(sent.c.delivery == key)).first()

    def accept(self, key: str, name: str, address: str, at: datetime, order: Mapping[str, Any] | None) -> bool:
        """Where it shall go, once; `order` is the delivery that hands it on, with which it counts as exported.

        False when it was said before or there is no such present.
        """
        handed_on = {"exported_at": at} if order else {"name": name, "address": address}
        mine = (sent.c.delivery == key) & sent.c.accepted_at.is_(None)
        with self._database.write() as connection:
            one = update(sent).where(mine).values(accepted_at=at, **handed_on)
            if not connection.execute(one).rowcount:
                return False
            if order:
                connection.execute(delivery.insert(), dict(order))
        return True

    def to_send(self, again: bool = False) -> list[Row[Any]]:
        """Those with an address that were not exported yet, or `again`."""
        query = select(sent).where(sent.c.accepted_at.is_not(None), sent.c.address != "").order_by(sent.c.id)
        query = query if again else query.where(sent.c.exported_at.is_(None))
        with self._database.read() as connection:
            return list(connection.execute(query))

    def exported(self, ids: list[int], file: str, at: datetime, again: bool = False) -> bool:
        """They are in this file, which gets its name afterwards; false, and nothing kept, where another was faster.

        Addresses of files that are a month old are forgotten.
        """
        old = sent.c.exported_at < at - ADDRESS_KEPT
        mine = update(sent).where(sent.c.id.in_(ids)).values(exported_at=at)
        mine = mine if again else mine.where(sent.c.exported_at.is_(None))
        with self._database.write() as connection, connection.begin_nested() as once:
            if connection.execute(mine).rowcount != len(ids):
                once.rollback()
                return False
            connection.execute(update(sent).where(old).values(name="", address=""))
            values = {"name": EXPORT, "value": {"file": file, "ids": [] if again else ids}}
            connection.execute(delete(setting).where(setting.c.name == EXPORT))
            connection.execute(setting.insert(), values)
        return True

    def unnamed(self) -> dict[str, Any]:
        """The export that did not get its name: `file` and `ids`; empty where all is well."""
        with self._database.read() as connection:
            kept = connection.execute(select(setting.c.value).where(setting.c.name == EXPORT)).scalar()
        return dict(kept or {})

    def named(self, lost: list[int]) -> None:
        """The last export has its name, or is `lost`: then its presents are to be exported again."""
        with self._database.write() as connection:
            connection.execute(delete(setting).where(setting.c.name == EXPORT))
            connection.execute(update(sent).where(sent.c.id.in_(lost)).values(exported_at=None))

    def offered(self, key: str) -> Row[Any] | None:
        """The delivery with this key: to whom a link in it belongs."""
        with self._database.read() as connection:
            return connection.execute(select(delivery).where(delivery.c.key == key)).first()
