"""Who was erased: keyed hashes that outlive the rows they stand for, and tell nothing about them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from listener.model.customer import Erased
from listener.model.house import Setting
from listener.model.registry import Key, account_mark
from listener.signing import Signer
from listener.store.engine import Database, chunks, table

erased, setting = table(Erased), table(Setting)
SIGNING_KEY = select(setting.c.value).where(setting.c.name == "signing key")


class Erasing:
    """The list of those who must not come back."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def any(self) -> bool:
        """Whether anybody was ever erased."""
        with self._database.read() as connection:
            return _any(connection)

    def count(self) -> int:
        """How many hashes there are: more after each erasure."""
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(erased)).scalar_one()

    def known(self, digests: Collection[str]) -> list[str]:
        """Those of the hashes that stand for somebody who was erased."""
        with self._database.read() as connection:
            return _known(connection, digests)

    def remember(self, digests: Sequence[str], at: datetime) -> None:
        """From now on these must not come back."""
        with self._database.write() as connection:
            remember(connection, self._database, digests, at)


def remember(connection: Connection, database: Database, digests: Sequence[str], at: datetime) -> None:
    """The same as part of an erasure."""
    rows = [{"digest": digest, "at": at} for digest in dict.fromkeys(digests)]
    if rows:
        connection.execute(database.insert(Erased).on_conflict_do_nothing(), rows)


def erased_accounts(connection: Connection, keys: Collection[Key]) -> frozenset[Key]:
    """Those of the accounts whose person was erased."""
    if not keys or not _any(connection):
        return frozenset()
    signer = Signer(bytes.fromhex(connection.execute(SIGNING_KEY).scalar_one()["key"]))
    marks = {signer.digest(*account_mark(key)): key for key in keys}
    return frozenset(marks[mark] for mark in _known(connection, marks))


def _any(connection: Connection) -> bool:
    return connection.execute(select(erased.c.digest).limit(1)).first() is not None


def _known(connection: Connection, digests: Collection[str]) -> list[str]:
    found: list[str] = []
    for some in chunks(sorted(digests)):
        found += connection.execute(select(erased.c.digest).where(erased.c.digest.in_(some))).scalars()
    return found
