"""Referrals: one customer bringing another, what it earned, and the clicks before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel


class ReferralCode(SQLModel, table=True):
    """A customer's personal code. It says nothing about the customer."""

    __tablename__ = "referral_code"
    code: str = Field(primary_key=True)
    customer: str = Field(index=True)
    at: datetime
    ended_at: datetime | None = None


class ReferralClick(SQLModel, table=True):
    """How often a code was followed on one day: no cookie, no address, nothing of who followed it."""

    __tablename__ = "referral_click"
    code: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    clicks: int


class Referral(SQLModel, table=True):
    """One newcomer that a customer brought. `newcomer` is the id that the shop or CRM gives, never a name.

    `status`: signed_up, purchased, rejected (`why` says why: self-referral, already a customer …). `source`: link,
    code, csv, webhook. `earned` are cents, decided at
    `earned_at`; `reward` is the delivery that brings them: rewarded is what it has delivered.
    """

    __table_args__ = (
        UniqueConstraint("newcomer"),
        Index("referral_customer", "customer", "at", "status"),
        Index("referral_at", "at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    customer: str
    newcomer: str
    code: str | None = None
    source: str
    status: str
    at: datetime
    signed_up_at: datetime | None = None
    purchased_at: datetime | None = None
    refunded_at: datetime | None = None
    worth: int = 0
    earned: int = 0
    earned_at: datetime | None = Field(default=None, index=True)
    reward: int | None = None
    why: str = ""


class ReferralEvent(SQLModel, table=True):
    """What a shop reported, by its own id: reported twice, it counts once."""

    __tablename__ = "referral_event"
    source: str = Field(primary_key=True)
    event: str = Field(primary_key=True)
    at: datetime
    what: str
    referral: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What a shop or CRM says of a newcomer. `event` is its own id: the same event counts once. `worth` in cents."""

    event: str
    what: str
    newcomer: str
    at: datetime
    code: str | None = None
    customer: str | None = None
    worth: int = 0


@dataclass(frozen=True, slots=True)
class Brought:
    """One newcomer as far as it is known. `status`: signed_up, purchased or rejected, with `why`."""

    status: str
    signed_up_at: datetime | None = None
    purchased_at: datetime | None = None
    refunded_at: datetime | None = None
    worth: int = 0
    why: str = ""
