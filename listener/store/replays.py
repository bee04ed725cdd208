"""Mentions with the facts they were decided on, in the order they were posted: what simulations replay."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from listener.model.mention import Decision, Mention
from listener.store.engine import Database, table

mention, decision = table(Mention), table(Decision)
other = decision.alias()
# what the stored facts of a decision leave out, because it is the mention's own
WORDS = (mention.c.title, mention.c.text, mention.c.author_name, mention.c.company_reply, mention.c.attributes)
COLUMNS = (mention.c.id, mention.c.posted_at, *WORDS)
PAGE = 1_000


class Replays:
    """What was heard before, as it was seen then."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def between(self, since: datetime, until: datetime, most: int | None = None) -> Iterator[Any]:
        """Oldest first: id, posted_at, the words, facts; with `most`, only the newest so many."""
        newest = select(func.max(other.c.id)).where(other.c.mention == mention.c.id).scalar_subquery()
        query = (
            select(*COLUMNS, decision.c.facts)
            .select_from(mention)
            .join(decision, decision.c.id == newest)
            .where(mention.c.posted_at >= since, mention.c.posted_at < until, mention.c.own.is_(False))
        )
        if most is not None:
            chosen = query.order_by(mention.c.posted_at.desc(), mention.c.id.desc()).limit(most).subquery()
            query = select(chosen).order_by(chosen.c.posted_at, chosen.c.id)
        else:
            query = query.order_by(mention.c.posted_at, mention.c.id)
        with self._database.read() as connection:
            yield from connection.execution_options(yield_per=PAGE).execute(query)

    def count(self, since: datetime, until: datetime) -> int:
        """How many there are in that time, about."""
        query = select(func.count()).where(mention.c.posted_at >= since, mention.c.posted_at < until)
        with self._database.read() as connection:
            return connection.execute(query).scalar_one()

    def first(self) -> datetime | None:
        """When the oldest stored mention was posted."""
        with self._database.read() as connection:
            return connection.execute(select(func.min(mention.c.posted_at))).scalar()
