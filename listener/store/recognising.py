"""What a decision's transaction keeps of who wrote its mentions, with the evidence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from listener.model.customer import Handle, Recognised
from listener.model.registry import Link, Recognition
from listener.store.belonging import settle
from listener.store.engine import Database


def keep(connection: Connection, database: Database, found: Sequence[Recognition], at: datetime) -> None:
    """Evidence beside each mention; accounts that are a customer's from now on, with their history; suggestions."""
    for one in found:
        if one.news:
            values = {**_columns(one.news), "mention": one.mention, "at": at}
            statement = database.insert(Recognised).values(values)
            connection.execute(statement.on_conflict_do_update(index_elements=["mention"], set_=values))
        if one.account and one.news and one.binds:
            _link(connection, database, one, one.news, "linked", at)
        if one.account and one.suggested:
            _link(connection, database, one, one.suggested, "suggested", at)
    bound = [one.account for one in found if one.account and one.news and one.binds]
    settle(connection, database, bound, {}, at)


def _link(connection: Connection, database: Database, one: Recognition, link: Link, state: str, at: datetime) -> None:
    platform, handle = one.account or ("", "")
    values = {**_columns(link), "platform": platform, "handle": handle, "state": state, "since": at, "who": ""}
    values["evidence"] = f"mention {one.mention}: {link.evidence}"
    connection.execute(database.insert(Handle).values(values).on_conflict_do_nothing())


def _columns(link: Link) -> dict[str, str | float]:
    return {
        "customer": link.customer,
        "source": link.source,
        "evidence": link.evidence,
        "confidence": link.confidence,
    }
