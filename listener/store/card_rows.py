"""What an evidence card is made of: the mentions of an issue, other complaints, customers, similar issues."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from listener.model.customer import Customer
from listener.model.issue import Issue, IssueEpisode, IssueMember
from listener.model.mention import Mention
from listener.store.engine import chunks, table
from listener.store.grounds import COMPLAINTS

# what may tell customers with a trouble from others
ATTRIBUTES = ("segment", "plan", "region", "version")
mention, customer, issue = table(Mention), table(Customer), table(Issue)
member, episode = table(IssueMember), table(IssueEpisode)
SAID = [
    mention.c[name]
    for name in ("id", "title", "text", "person", "customer", "product", "posted_at", "url", "score", "duplicate_of")
]
WHO = [customer.c[name] for name in ("id", *ATTRIBUTES)]
ENDED = [issue.c[name] for name in ("id", "title", "keywords", "state")]
# a card of ten thousand mentions says no more than one of the newest five hundred
MOST = 500


class CardRows:
    """Rows for a card, within one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def members(self, root: str) -> list[Row[Any]]:
        """The newest mentions of an issue with `likeness`, its cosine to it, oldest first."""
        other = member.alias()
        newest = select(func.max(other.c.id)).where(other.c.mention == mention.c.id).scalar_subquery()
        query: Select[Any] = (
            select(*SAID, member.c.score.label("likeness"))
            .select_from(mention)
            .join(member, member.c.id == newest)
            .where(mention.c.issue == root)
            .order_by(mention.c.posted_at.desc(), mention.c.id.desc())
            .limit(MOST)
        )
        return list(self._connection.execute(query))[::-1]

    def background(self, brand: str, root: str, since: datetime) -> list[Row[Any]]:
        """Other complaints about the brand since then, newest first."""
        query = select(*SAID).where(
            mention.c.brand == brand,
            mention.c.posted_at >= since,
            mention.c.label.in_(COMPLAINTS),
            mention.c.own.is_(False),
            mention.c.duplicate_of.is_(None),
            mention.c.issue.is_distinct_from(root),
        )
        return list(self._connection.execute(query.order_by(mention.c.posted_at.desc()).limit(MOST)))

    def customers(self, ids: Collection[str]) -> dict[str, Row[Any]]:
        """Customers by id."""
        found: dict[str, Row[Any]] = {}
        for part in chunks(sorted(ids)):
            query = select(*WHO).where(customer.c.id.in_(part))
            found |= {row.id: row for row in self._connection.execute(query)}
        return found

    def has_registry(self) -> bool:
        """Whether any customer is known at all."""
        return self._connection.execute(select(customer.c.id).limit(1)).first() is not None

    def past(self, brand: str, root: str) -> list[Row[Any]]:
        """Other issues of the brand that two persons or more had, newest first, with `root_cause` where it is known."""
        cause = (
            select(episode.c.root_cause)
            .where(episode.c.issue == issue.c.id)
            .order_by(episode.c.number.desc())
            .limit(1)
            .scalar_subquery()
            .label("root_cause")
        )
        query = select(*ENDED, cause).where(
            issue.c.brand == brand, issue.c.id != root, issue.c.alias_of.is_(None), issue.c.persons >= 2
        )
        return list(self._connection.execute(query.order_by(issue.c.last_seen.desc()).limit(MOST)))
