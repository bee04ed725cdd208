"""What is to go out: new deliveries, each once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from listener.model.delivery import Delivery
from listener.store.engine import Database, many


def add(connection: Connection, database: Database, rows: Sequence[Mapping[str, Any]]) -> None:
    """New deliveries; one whose key exists already is left as it is, so nothing is ordered twice."""
    if rows:
        statement = database.insert(Delivery).on_conflict_do_nothing(index_elements=["key"])
        many(connection, statement, rows)
