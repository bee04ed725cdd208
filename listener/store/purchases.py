"""What customers bought, each purchase once."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from listener.model.customer import Purchase
from listener.model.registry import Bought
from listener.store.engine import Database, many, table

purchase = table(Purchase)


class PurchaseBook:
    """Purchases, which come and stay."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, batch: Sequence[Bought]) -> None:
        """Purchases that are new; one that is known may learn its order number."""
        rows = [{"customer": o.customer, "product": o.product, "at": o.at, "number": o.number} for o in batch]
        statement = self._database.insert(Purchase)
        number = func.coalesce(statement.excluded.number, purchase.c.number)
        one = ["customer", "product", "at"]
        with self._database.write() as connection:
            many(connection, statement.on_conflict_do_update(index_elements=one, set_={"number": number}), rows)

    def count(self) -> int:
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(purchase)).scalar_one()
