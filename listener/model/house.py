"""What the house keeps about itself: rule books, limits, pauses, settings, the audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel


class BookVersion(SQLModel, table=True):
    """A rule book that judged mentions, with its files, so that every decision can be explained."""

    __tablename__ = "book_version"
    version: str = Field(primary_key=True)
    loaded_at: datetime
    files: dict[str, str] = Field(default_factory=dict, sa_type=JSON)


class RuleMode(SQLModel, table=True):
    """Since when a rule has been in its present mode: it acts only on what came after."""

    __tablename__ = "rule_mode"
    rule: str = Field(primary_key=True)
    mode: str
    since: datetime


class LimitCounter(SQLModel, table=True):
    """One limit or budget of one person, issue, rule or the installation.

    `stamps` are the newest uses in a sliding window (ISO times), `amount` the sum in a calendar period.
    """

    __tablename__ = "limit_counter"
    key: str = Field(primary_key=True)
    stamps: list[str] = Field(default_factory=list, sa_type=JSON)
    amount: float = 0


class Pause(SQLModel, table=True):
    """A stop switch: `scope` is all, rule:<id> or channel:<name>."""

    scope: str = Field(primary_key=True)
    since: datetime
    who: str
    why: str = ""


class Silence(SQLModel, table=True):
    """A silence on one thread, author, source, rule or topic: what it names orders nothing until then.

    `suppressed` actions were not ordered because of it; `told_at` is when people were told that it ended.
    """

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    what: str
    since: datetime
    until: datetime = Field(index=True)
    owner: str
    why: str
    suppressed: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    told_at: datetime | None = None


class RuleRate(SQLModel, table=True):
    """How often a live rule was to be expected to fire, and since when the brake holds it (None: it does not).

    It holds for the mode that began at `since`: a later mode is measured anew. `expected` and `fired` are per day.
    """

    __tablename__ = "rule_rate"
    rule: str = Field(primary_key=True)
    since: datetime
    expected: float
    fired: int = 0
    braked_at: datetime | None = None


class RuleHour(SQLModel, table=True):
    """How often a live rule acted within one hour."""

    __tablename__ = "rule_hour"
    rule: str = Field(primary_key=True)
    hour: datetime = Field(primary_key=True)
    fired: int


class Setting(SQLModel, table=True):
    """Small facts that must survive a restart: the last heartbeat, the book on disk and its trouble."""

    name: str = Field(primary_key=True)
    value: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class SpentToken(SQLModel, table=True):
    """A link that works once and was used. `id` says what it was for; the row may go when the link's time is over."""

    __tablename__ = "spent_token"
    id: str = Field(primary_key=True)
    at: datetime
    until: datetime | None = Field(default=None, index=True)


class AuditLine(SQLModel, table=True):
    """Who did what by hand, when."""

    __tablename__ = "audit"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime
    who: str
    what: str
    about: str = ""
    why: str = ""
