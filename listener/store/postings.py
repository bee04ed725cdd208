"""Messages that can still be changed: what each shows, and the change that lets it show something else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from listener.model.alert import Posting
from listener.model.delivery import Delivery
from listener.store.engine import Database, table

delivery, posting = table(Delivery), table(Posting)

AT_ONCE = 50  # each takes 3 ms, every two seconds
QUOTING = ("alert", "notice")  # actions whose messages quote a post
AGAIN = ("channel", "message", "options", "text", "status", "due_at")


class Postings:
    """What was posted where it can be changed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, kind: str = "", number: int = 0) -> list[Row[Any]]:
        """Those whose state may still change, with what carried them: of one thing, or of many some at random."""
        carried = [
            delivery.c[name] for name in ("channel", "external", "key", "options", "message", "mention", "alert")
        ]
        query = select(posting, *carried)
        query = query.join(delivery, delivery.c.id == posting.c.delivery).where(delivery.c.status == "done")
        query = query.where(posting.c.kind == kind, posting.c.number == number) if kind else query
        with self._database.read() as connection:
            return list(connection.execute(query.order_by(func.random()).limit(AT_ONCE)))

    def show(self, shown: Row[Any], state: str | None, change: Mapping[str, Any] | None) -> None:
        """Remember the state that it will show (None: the last one) and order the change, together.

        Nothing happens where `shown` holds no more: somebody else has seen to it.
        """
        mine = (posting.c.delivery == shown.delivery) & (posting.c.shown == shown.shown)
        step = delete(posting).where(mine) if state is None else update(posting).where(mine).values(shown=state)
        with self._database.write() as connection:
            if connection.execute(step).rowcount and change is not None:
                order(connection, self._database, change)


def enter(connection: Connection, database: Database, number: int, shows: tuple[str, int, str]) -> None:
    """A message was sent that can be changed."""
    values = dict(zip(("kind", "number", "shown"), shows, strict=True))
    statement = database.insert(Posting).values(delivery=number, **values)
    connection.execute(statement.on_conflict_do_nothing(index_elements=["delivery"]))


def order(connection: Connection, database: Database, change: Mapping[str, Any]) -> None:
    """A change to a message. One that was not made yet is overtaken by it: the last word counts."""
    statement = database.insert(Delivery).values(dict(change))
    new = {name: change[name] for name in AGAIN}
    connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_=new))


def redact(connection: Connection, database: Database, rows: list[Row[Any]], at: datetime | None) -> None:
    """Order that messages which quoted a post lose its words, where they stand on a channel that can change them."""
    for row in rows:
        if (row.external or {}).get("kind") == "slack" and ":" in str(row.external.get("key")):
            order(connection, database, _redaction(row, at or row.done_at))


def _redaction(row: Row[Any], at: datetime) -> dict[str, Any]:
    return {
        "key": f"redact:{row.id}",
        "action": "redact",
        "channel": row.channel,
        "purpose": "internal",
        "mode": "live",
        "status": "due",
        "due_at": at,
        "created_at": at,
        "attempts": 0,
        "told": 0,
        "text": "",
        "message": {},
        "options": {"of": row.id, "sent": row.external["key"]},
        "reservations": [],
    }
