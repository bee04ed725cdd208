"""Recovery tickets: one customer's trouble, with owner, due times and outcome."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel


class Ticket(SQLModel, table=True):
    """`status` is open, waiting or closed; `outcome` recovered, neutral or lost.

    `look_at` is when the daemon looks at it next: to warn, to end its waiting, or to see whether a closed one was won
    back; None: never by itself. `win_back` is what that look found.
    """

    __table_args__ = (Index("ticket_person", "person", "id"),)
    id: int | None = Field(default=None, primary_key=True)
    person: str
    customer: str | None = None
    issue: str | None = None
    status: str = "open"
    queue: str
    urgency: str
    owner: str | None = None
    owner_role: str | None = None
    opened_at: datetime
    first_reply_due: datetime | None = None
    resolve_due: datetime | None = None
    reply_warn_at: datetime | None = None
    resolve_warn_at: datetime | None = None
    replied_at: datetime | None = None
    waiting_since: datetime | None = None
    wait_until: datetime | None = None
    look_at: datetime | None = Field(default=None, index=True)
    closed_at: datetime | None = None
    root_cause: str | None = None
    outcome: str | None = None
    external: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    win_back: dict[str, Any] | None = Field(default=None, sa_type=JSON)


class TicketMention(SQLModel, table=True):
    """A mention belongs to at most one ticket."""

    __tablename__ = "ticket_mention"
    mention: int = Field(primary_key=True, foreign_key="mention.id")
    ticket: int = Field(foreign_key="ticket.id", index=True)
    at: datetime


class TicketNote(SQLModel, table=True):
    """What happened to a ticket: opened, joined, reopened, taken, assigned, noted, closed.

    `mark` names what was said in an outside system, so that it is kept once.
    """

    __tablename__ = "ticket_note"
    id: int | None = Field(default=None, primary_key=True)
    ticket: int = Field(foreign_key="ticket.id", index=True)
    at: datetime
    who: str
    what: str
    text: str = ""
    mark: str | None = Field(default=None, index=True, unique=True)


class TicketTrack(SQLModel, table=True):
    """A ticket's counterpart in an outside system.

    `mark` is our name for it there, looked up before it is made; `key` and `url` are theirs, None until it is.
    `status` is what was last heard of it: open, waiting, closed or gone. `asked_at` is when it was last asked for,
    None: ask now. `changed` is the last change there of which everything that was said is kept.
    """

    __tablename__ = "ticket_track"
    mark: str = Field(primary_key=True)
    ticket: int = Field(foreign_key="ticket.id", index=True)
    tracker: str = Field(index=True)
    key: str | None = Field(default=None, index=True)
    url: str | None = None
    status: str = "open"
    made_at: datetime
    asked_at: datetime | None = None
    changed: str | None = None
