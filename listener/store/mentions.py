"""Questions about kept mentions: lists, one mention's whole record, what people changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, select

from listener.model.mention import Appearance, Decision, Mention, Version
from listener.store.engine import Database, chunks, narrowed, table
from listener.store.prepared import Prepared

mention, appearance, decision, version = table(Mention), table(Appearance), table(Decision), table(Version)


_ONE = Prepared(select(mention).where(mention.c.id == bindparam("which")))
UNCLEAR = ("unsure", "mixed", "unscored")


@dataclass(frozen=True, slots=True)
class MentionFilter:
    """Which mentions a list shows; times are of the post."""

    since: datetime | None = None
    until: datetime | None = None
    brand: str | None = None
    source: str | None = None
    id: int | None = None
    limit: int = 50


class Mentions:
    """What was said."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, wanted: MentionFilter) -> list[Row[Any]]:
        """Newest first."""
        query = select(mention).order_by(mention.c.id.desc()).limit(wanted.limit)
        query = narrowed(
            query,
            (wanted.since, mention.c.posted_at.__ge__),
            (wanted.until, mention.c.posted_at.__lt__),
            (wanted.brand, mention.c.brand.__eq__),
            (wanted.source, mention.c.source.__eq__),
            (wanted.id, mention.c.id.__eq__),
        )
        with self._database.read() as connection:
            return list(connection.execute(query))

    def get(self, number: int) -> Row[Any] | None:
        with self._database.read() as connection:
            return _ONE.first(connection, {"which": number})

    def newest(self) -> int:
        """The number of the latest one; 0 where there is none."""
        with self._database.read() as connection:
            return int(connection.execute(select(func.coalesce(func.max(mention.c.id), 0))).scalar_one())

    def appearances(self, posts: Sequence[str]) -> dict[str, list[Row[Any]]]:
        """Where each post appeared, first sighting first."""
        found: dict[str, list[Row[Any]]] = {}
        with self._database.read() as connection:
            for part in chunks(posts):
                query = select(appearance).where(appearance.c.post.in_(part)).order_by(appearance.c.id)
                for row in connection.execute(query):
                    found.setdefault(row.post, []).append(row)
        return found

    def decisions(self, numbers: Sequence[int]) -> dict[int, list[Row[Any]]]:
        """What was decided about each mention, first decision first."""
        found: dict[int, list[Row[Any]]] = {}
        with self._database.read() as connection:
            for part in chunks(numbers):
                query = select(decision).where(decision.c.mention.in_(part)).order_by(decision.c.id)
                for row in connection.execute(query):
                    found.setdefault(row.mention, []).append(row)
        return found

    def versions(self, number: int) -> list[Row[Any]]:
        """Earlier texts, oldest first."""
        with self._database.read() as connection:
            return list(connection.execute(select(version).where(version.c.mention == number).order_by(version.c.id)))

    def unclear(self, since: datetime, until: datetime, most: int) -> tuple[int, list[Row[Any]]]:
        """Mentions seen in that time whose feeling nobody could tell: how many, and the newest of them."""
        asked = (
            mention.c.label.in_(UNCLEAR),
            mention.c.seen_at >= since,
            mention.c.seen_at < until,
            mention.c.history.is_(False),
            mention.c.own.is_(False),
        )
        newest = select(mention).where(*asked).order_by(mention.c.id.desc()).limit(most)
        with self._database.read() as connection:
            total = connection.execute(select(func.count()).select_from(mention).where(*asked)).scalar_one()
            return total, list(connection.execute(newest))

    def brands(self) -> list[str]:
        """The brands of all that was judged, one step along the index for each: not a look at every mention."""
        found: list[str] = []
        first = select(func.min(mention.c.brand)).where(mention.c.label.is_not(None), mention.c.decided_at.is_not(None))
        with self._database.read() as connection:
            while brand := connection.execute(first.where(mention.c.brand > found[-1]) if found else first).scalar():
                found.append(brand)
        return found

    def waiting(self) -> int:
        """How many are not decided yet."""
        with self._database.read() as connection:
            query = select(func.count()).select_from(mention).where(mention.c.decided_at.is_(None))
            return connection.execute(query).scalar_one()

    def by_label(self, since: datetime | None = None) -> dict[str, int]:
        """How many have each label."""
        query = select(mention.c.label, func.count()).where(mention.c.label.is_not(None)).group_by(mention.c.label)
        query = query.where(mention.c.seen_at >= since) if since else query
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}
