"""The reference programme: who speaks for us, what they agreed to, where they appear, who asked them for what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel


class Reference(SQLModel, table=True):
    """One customer in the programme.

    `state`: candidate, invited, accepted, active, resting, paused, withdrawn or declined; `before` is the state that a
    pause interrupted. `drivers` say why they are happy: `[{driver, mentions[], score}]`. `owner` is who looked after
    the customer when the reference was last reviewed; `review` says why somebody must look at it ("" for nothing).
    """

    customer: str = Field(primary_key=True)
    state: str = Field(index=True)
    before: str | None = None
    since: datetime
    drivers: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    owner: str = ""
    why: str = ""
    rests_until: datetime | None = None
    review: str = ""


class ReferenceStep(SQLModel, table=True):
    """One step of a customer through the programme, never changed: nominated, invited, accepted, paused …"""

    __tablename__ = "reference_step"
    id: int | None = Field(default=None, primary_key=True)
    customer: str = Field(index=True)
    at: datetime = Field(index=True)
    who: str
    what: str
    state: str
    why: str = ""
    evidence: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class Consent(SQLModel, table=True):
    """What a customer agreed to for one form of advocacy (call, talk, written, video, social), and until when."""

    __tablename__ = "reference_consent"
    __table_args__ = (UniqueConstraint("customer", "form"),)
    id: int | None = Field(default=None, primary_key=True)
    customer: str
    form: str
    name: bool = False
    logo: bool = False
    quote: bool = False
    recording: bool = False
    until: datetime | None = None
    at: datetime
    who: str


class ReferenceAsk(SQLModel, table=True):
    """One time that a customer was asked, by whichever team for whichever form.

    `expected` is the chance of a yes as it was estimated then (0 to 1); `answer` is yes, no, none, or None while open.
    `delivery` is the letter of a rule that asked: one letter is one ask.
    """

    __tablename__ = "reference_ask"
    __table_args__ = (Index("reference_ask_customer", "customer", "at"),)
    id: int | None = Field(default=None, primary_key=True)
    customer: str
    at: datetime
    form: str
    asker: str
    driver: str = ""
    request: int | None = Field(default=None, index=True)
    delivery: int | None = Field(default=None, index=True, unique=True)
    expected: float | None = None
    answer: str | None = None
    answered_at: datetime | None = None
    why: str = ""


class ReferenceRequest(SQLModel, table=True):
    """What a team needs: a form of advocacy by a customer of some kind, by a date.

    `wanted` are attributes of the customer and their values. `status`: open, reserved, filled, cancelled.
    """

    __tablename__ = "reference_request"
    id: int | None = Field(default=None, primary_key=True)
    form: str
    wanted: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    needed_by: datetime | None = None
    team: str
    status: str = Field(index=True)
    opened_at: datetime
    closed_at: datetime | None = None
    outcome: str = ""


class Booking(SQLModel, table=True):
    """A customer reserved for a request, or standing by. A customer has one that is held at a time, over all teams.

    `status`: held, done, cancelled (which costs the customer nothing), released.
    """

    __tablename__ = "reference_booking"
    __table_args__ = (
        Index(
            "booking_held",
            "customer",
            unique=True,
            sqlite_where=text("status = 'held'"),
            postgresql_where=text("status = 'held'"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    request: int = Field(foreign_key="reference_request.id", index=True)
    customer: str
    role: str
    status: str
    at: datetime
    ended_at: datetime | None = None
    why: str = ""


class Favour(SQLModel, table=True):
    """Give and take: what a customer did for us, and what the customer got. `side` is given (by them) or received."""

    id: int | None = Field(default=None, primary_key=True)
    customer: str = Field(index=True)
    at: datetime
    side: str
    form: str
    what: str
    worth: str = ""
    request: int | None = None
    who: str = ""


class Use(SQLModel, table=True):
    """One place where a reference appears: a web page, deck, event, advert or store listing.

    `looks_for` are the texts that must be gone when it is taken down: the name, the quote.
    `status`: up, coming down, down. `seen_at` is when a look last found one of the texts there: of a place where none
    was ever found (a page that a script fills, a deck), only a person can say that it is down.
    """

    __tablename__ = "reference_use"
    id: int | None = Field(default=None, primary_key=True)
    customer: str = Field(index=True)
    kind: str
    place: str
    owner: str
    looks_for: list[str] = Field(default_factory=list, sa_type=JSON)
    status: str
    since: datetime
    seen_at: datetime | None = None
    ended_at: datetime | None = None


class Takedown(SQLModel, table=True):
    """One place on a takedown list: opened with the pause that caused it, and kept until the place is confirmed.

    `status`: open, confirmed, called off. `seen` is what the last look found: still up, gone, cannot tell.
    """

    __table_args__ = (
        Index(
            "takedown_open",
            "use",
            unique=True,
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    use: int = Field(foreign_key="reference_use.id")
    customer: str = Field(index=True)
    cause: str
    status: str
    opened_at: datetime
    look_at: datetime | None = Field(default=None, index=True)
    looked_at: datetime | None = None
    seen: str = ""
    detail: str = ""
    confirmed_at: datetime | None = None
    confirmed_by: str = ""
    told_at: datetime | None = None


class PanelMember(SQLModel, table=True):
    """A customer, often a critic, who joined a panel that improves the product, and what came of it in words."""

    __tablename__ = "panel_member"
    customer: str = Field(primary_key=True)
    panel: str = ""
    joined_at: datetime
    outcome: str = ""
    outcome_at: datetime | None = None
    who: str = ""
