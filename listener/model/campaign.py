"""Campaigns: one message to the customers whom an issue affects, who gets it, and who was told what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel


class Campaign(SQLModel, table=True):
    """One message about an issue, from draft to end.

    `stage` is what the message says of the trouble: trouble (we know of it), fixed. `lists` are those of the affected
    that it goes to: A, B, C; `scope` is what ops stated for C, `segment` what was inferred for B. `wording` is the
    digest of the template at the time of the draft: other words need another approval. `status`: draft, canary,
    holding, running, stopped, done. `approvals` are [{who, at}]. `title` and `topic` are the issue's at the first
    approval, and what all messages say: an issue is renamed and joined by others while people are told of it.
    """

    id: int | None = Field(default=None, primary_key=True)
    issue: str = Field(index=True)
    episode: int
    stage: str
    template: str
    wording: str
    channel: str
    lists: list[str] = Field(default_factory=list, sa_type=JSON)
    scope: list[str] = Field(default_factory=list, sa_type=JSON)
    segment: list[str] = Field(default_factory=list, sa_type=JSON)
    reasons: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    audience: int = 0
    canary: int = 0
    per_hour: int
    hold_seconds: int
    status: str = Field(index=True)
    approvals: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    drafted_at: datetime
    drafted_by: str
    began_at: datetime | None = None
    held_until: datetime | None = None
    ended_at: datetime | None = None
    why: str = ""
    title: str | None = None
    topic: str | None = None


class CampaignRecipient(SQLModel, table=True):
    """A customer whom a campaign is about; `excluded` says why they do not get its message.

    `place` is the order in which they are told, `not_before` the end of quiet hours where they live. `made_at` is when
    their delivery was made: never twice.
    """

    __tablename__ = "campaign_recipient"
    __table_args__ = (Index("campaign_queue", "campaign", "made_at", "place"),)
    campaign: int = Field(primary_key=True, foreign_key="campaign.id")
    customer: str = Field(primary_key=True, index=True)
    list: str
    place: int
    excluded: str | None = None
    not_before: datetime | None = None
    made_at: datetime | None = None
    delivery: int | None = None


class IssueTold(SQLModel, table=True):
    """A person is told at one stage of an issue: made together with the delivery, so that nobody is told twice.

    `asked`: the message asks whether it is fixed for them; `answer` is yes or no.
    """

    __tablename__ = "issue_told"
    __table_args__ = (
        UniqueConstraint("issue", "episode", "stage", "person"),
        Index("issue_told_person", "person", "stage"),
    )
    id: int | None = Field(default=None, primary_key=True)
    issue: str
    episode: int
    stage: str
    person: str
    customer: str | None = None
    campaign: int | None = Field(default=None, index=True)
    delivery: int | None = Field(default=None, index=True)
    at: datetime
    asked: bool = False
    answer: str | None = None
    answered_at: datetime | None = None
