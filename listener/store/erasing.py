"""Who was erased: keyed hashes that outlive the rows they stand for."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from listener.model import Erased
from listener.store.engine import Database, chunks, table

erased = table(Erased)


class Erasing:
    """The list of those who must not come back."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def any(self) -> bool:
        """Whether anybody was ever erased."""
        with self._database.read() as connection:
            return connection.execute(select(erased.c.digest).limit(1)).first() is not None

    def known(self, digests: Collection[str]) -> list[str]:
        """Those of the hashes that stand for somebody who was erased."""
        found: list[str] = []
        with self._database.read() as connection:
            for some in chunks(sorted(digests)):
                found += connection.execute(select(erased.c.digest).where(erased.c.digest.in_(some))).scalars()
        return found
