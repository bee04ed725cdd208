"""Mentions, where they appeared, how they were edited, and what was decided about them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

ERASED = "erased:"  # what the name of an erased person begins with


class Appearance(SQLModel, table=True):
    """One item in one source, also when it was about no brand (`post` is None then)."""

    __table_args__ = (UniqueConstraint("source", "external_id"), Index("appearance_post", "post"))
    id: int | None = Field(default=None, primary_key=True)
    source: str
    external_id: str
    post: str | None = None
    digest: str
    seen_at: datetime
    gone_at: datetime | None = None


class Mention(SQLModel, table=True):
    """A post about one brand. `decided_at` is None until it has been judged (that is the queue).

    `history` is true for what is never acted on. `first_poll` says that it came with its source's
    first poll. `keys` find near-identical texts; `duplicate_of` is the first of them.
    `topic` is what it is about, `fence` the same where ops' rules gave it: its issue is looked for within it.
    """

    __table_args__ = (
        UniqueConstraint("post", "brand"),
        Index(
            "mention_undecided",
            "id",
            sqlite_where=text("decided_at IS NULL"),
            postgresql_where=text("decided_at IS NULL"),
        ),
        Index("mention_person", "person", "posted_at"),
        Index("mention_thread", "thread"),
        Index("mention_copy_a", "copy_a"),
        Index("mention_copy_b", "copy_b"),
        Index("mention_posted", "posted_at"),
        Index("mention_source", "source", "id"),
        # all that is counted of an issue, so that counting reads no row
        Index(
            "mention_issue",
            *("issue", "duplicate_of", "person", "customer", "posted_at"),
            sqlite_where=text("issue IS NOT NULL"),
            postgresql_where=text("issue IS NOT NULL"),
        ),
        # who complained of a topic, which is asked of a month at a time, so that no row is read
        Index(
            "mention_topic",
            *("brand", "topic", "label", "posted_at", "person", "own", "duplicate_of"),
            sqlite_where=text("label IS NOT NULL AND decided_at IS NOT NULL"),
            postgresql_where=text("label IS NOT NULL AND decided_at IS NOT NULL"),
        ),
        Index(
            "mention_customer",
            "customer",
            "label",
            "posted_at",
            sqlite_where=text("customer IS NOT NULL"),
            postgresql_where=text("customer IS NOT NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    post: str
    brand: str
    source: str
    kind: str
    external_id: str
    platform: str
    voice: str
    url: str | None = None
    author_handle: str | None = None
    author_name: str | None = None
    author_url: str | None = None
    author_followers: int | None = None
    title: str = ""
    text: str = ""
    language: str | None = None
    rating: float | None = None
    posted_at: datetime
    # whether rules ask how old it is: not where nobody knows, nor where a person had a file acted on
    dated: bool = True
    seen_at: datetime
    edited_at: datetime | None = None
    gone_at: datetime | None = None
    thread: str | None = None
    reply_to_us: bool = False
    company_reply: str | None = None
    attributes: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    words: list[str] = Field(default_factory=list, sa_type=JSON)
    tags: list[str] = Field(default_factory=list, sa_type=JSON)
    first_poll: bool = False
    history: bool = False
    own: bool = False
    simhash: int = Field(default=0, sa_type=BigInteger)
    copy_a: int | None = Field(default=None, sa_type=BigInteger)
    copy_b: int | None = Field(default=None, sa_type=BigInteger)
    duplicate_of: int | None = None
    decided_at: datetime | None = None
    person: str | None = None
    customer: str | None = None
    issue: str | None = None
    product: str | None = None
    topic: str | None = None
    fence: str | None = None
    label: str | None = None
    score: float | None = None
    confidence: float | None = None
    engine: str | None = None
    verdict: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class Version(SQLModel, table=True):
    """What a mention said before it was edited at its source."""

    id: int | None = Field(default=None, primary_key=True)
    mention: int = Field(foreign_key="mention.id", index=True)
    until: datetime
    title: str
    text: str
    rating: float | None = None


class Decision(SQLModel, table=True):
    """What the rule book said about one mention, with its facts, also when nothing fired."""

    id: int | None = Field(default=None, primary_key=True)
    mention: int = Field(foreign_key="mention.id", index=True)
    book: str
    at: datetime
    fired: list[str] = Field(default_factory=list, sa_type=JSON)
    settled: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    nothing_because: str | None = None
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
