"""Alerts as people live with them, and the messages that can still be changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlmodel import Field, SQLModel


class Alert(SQLModel, table=True):
    """What a channel is told about one trouble: a single mention, or all that share what `about` names.

    `tell_at` is when it is told (again), None while there is nothing new to tell. `mentions` belong to it, `told`
    of them were told the last time; it is told again once they have doubled, or `sight` (how its issue stands) is
    not what was told. `acked_by` took notice. From `closed_at` on the next mention begins another alert.
    """

    __table_args__ = (
        Index(
            "alert_open",
            "key",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("alert_tell", "tell_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    key: str
    channel: str
    rule: str | None = None
    about: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    grouped: bool = False
    wait: float = 0
    digest: bool = False
    opened_at: datetime
    last_at: datetime
    tell_at: datetime | None = None
    told_at: datetime | None = None
    times: int = 0
    mentions: int = 1
    told: int = 0
    sight: str = ""
    told_sight: str = ""
    acked_by: str | None = None
    acked_at: datetime | None = None
    closed_at: datetime | None = None


class Posting(SQLModel, table=True):
    """A message that was sent where it can be changed, while what it shows may still change.

    `delivery` carried it, `kind` and `number` say what it shows (a draft or an alert), `shown` is the state it shows.
    """

    delivery: int = Field(primary_key=True)
    kind: str
    number: int
    shown: str
