"""Recovery tickets: one customer's trouble, with owner, due times and outcome."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel


class Ticket(SQLModel, table=True):
    """`status` is open, waiting or closed; `outcome` recovered, neutral or lost."""

    __table_args__ = (Index("ticket_person", "person", "id"),)
    id: int | None = Field(default=None, primary_key=True)
    person: str
    customer: str | None = None
    issue: str | None = None
    status: str = "open"
    queue: str
    urgency: str
    owner: str | None = None
    opened_at: datetime
    first_reply_due: datetime | None = None
    resolve_due: datetime | None = None
    replied_at: datetime | None = None
    closed_at: datetime | None = None
    root_cause: str | None = None
    outcome: str | None = None
    external: dict[str, Any] | None = Field(default=None, sa_type=JSON)


class TicketMention(SQLModel, table=True):
    """A mention belongs to at most one ticket."""

    __tablename__ = "ticket_mention"
    mention: int = Field(primary_key=True, foreign_key="mention.id")
    ticket: int = Field(foreign_key="ticket.id", index=True)
    at: datetime


class TicketNote(SQLModel, table=True):
    """What happened to a ticket: opened, joined, reopened, taken, assigned, noted, closed."""

    __tablename__ = "ticket_note"
    id: int | None = Field(default=None, primary_key=True)
    ticket: int = Field(foreign_key="ticket.id", index=True)
    at: datetime
    who: str
    what: str
    text: str = ""
