"""Sources as the store remembers them: the plan, the cursor, the health."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel


class Source(SQLModel, table=True):
    """One configured source. `next_at` is the plan: a restart neither polls early nor forgets.

    `identity` is what the cursor belongs to; `state` one of ok, backing off, blind, gone, off.
    `hint` is the interval in seconds that the source itself suggested last.
    """

    name: str = Field(primary_key=True)
    kind: str
    identity: str = ""
    state: str = "ok"
    cursor: str = ""
    next_at: datetime | None = Field(default=None, index=True)
    hint: float | None = None
    first_ok_at: datetime | None = None
    last_ok_at: datetime | None = None
    failures: int = 0
    last_error: str | None = None
    blind_since: datetime | None = None
    items: int = 0
    mentions: int = 0
    told_day_one: bool = False


class BlindSpot(SQLModel, table=True):
    """A stretch of time in which a source could not be read; `until` is None while it lasts."""

    __tablename__ = "blind_spot"
    id: int | None = Field(default=None, primary_key=True)
    source: str = Field(index=True)
    since: datetime
    until: datetime | None = None
    why: str


class MeasureRow(SQLModel, table=True):
    """One figure that a page stated about itself at one time."""

    __tablename__ = "measure"
    id: int | None = Field(default=None, primary_key=True)
    source: str = Field(index=True)
    name: str
    about: str = ""
    value: float
    at: datetime
