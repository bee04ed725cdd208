"""Actions on their way out, each attempt at them, and the contact ledger they end in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlmodel import Field, SQLModel

OF_ISSUES = "issue IS NOT NULL"


class Delivery(SQLModel, table=True):
    """One action on its way out.

    `key` is rule + action + channel + mention, without the rule's version: an edit never sends again.
    `status`: due, held, waiting, by_hand, sending, done, failed, in_doubt, rejected, expired,
    cancelled, shadow. `attempts` is also the fence of a claim: an outcome counts only for the
    attempt that made it. `message` is what a channel is asked to carry. `anyway` is who sent it in
    spite of the contact budget.
    """

    __table_args__ = (
        Index("delivery_queue", "status", "due_at"),
        Index("delivery_issue", "issue", sqlite_where=text(OF_ISSUES), postgresql_where=text(OF_ISSUES)),
    )
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    action: str
    rule: str | None = None
    mention: int | None = Field(default=None, index=True)
    issue: str | None = None
    alert: int | None = Field(default=None, index=True)
    person: str | None = Field(default=None, index=True)
    customer: str | None = None
    channel: str | None = None
    purpose: str = "internal"
    mode: str = "live"
    status: str
    due_at: datetime
    created_at: datetime
    claimed_at: datetime | None = None
    attempts: int = 0
    last_error: str | None = None
    done_at: datetime | None = None
    expires_at: datetime | None = None
    told: int = 0
    told_at: datetime | None = None
    text: str = ""
    message: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    options: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    reservations: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    decided_by: str | None = None
    decided_at: datetime | None = None
    why: str | None = None
    anyway: str | None = None
    external: dict[str, Any] | None = Field(default=None, sa_type=JSON)


class Attempt(SQLModel, table=True):
    """One try at a delivery and how it ended."""

    id: int | None = Field(default=None, primary_key=True)
    delivery: int = Field(foreign_key="delivery.id", index=True)
    number: int
    at: datetime
    outcome: str
    error: str | None = None


class Contact(SQLModel, table=True):
    """One entry of the contact ledger: whom, why, by which channel, when."""

    __table_args__ = (Index("contact_person", "person", "at"),)
    id: int | None = Field(default=None, primary_key=True)
    person: str
    customer: str | None = None
    purpose: str
    channel: str | None = None
    delivery: int | None = None
    at: datetime
