"""The customer registry: who is known, by which accounts, and what they bought."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel


class Customer(SQLModel, table=True):
    """A person or firm in the registry. `columns` are the CSV's further columns, testable by rules.

    `origin` is file or crm: only what came from the file leaves with the file. `digest` tells whether a line
    changed, `generation` which reading of the file had it last. `email` is folded to lower case.
    """

    id: str = Field(primary_key=True)
    name: str = ""
    email: str = Field("", index=True)
    segment: str = ""
    plan: str = ""
    products: list[str] = Field(default_factory=list, sa_type=JSON)
    region: str = ""
    version: str = ""
    timezone: str = ""
    language: str = ""
    owner: str = ""
    owner_role: str = ""
    tags: list[str] = Field(default_factory=list, sa_type=JSON)
    renewal_at: str = ""
    consents: list[str] = Field(default_factory=list, sa_type=JSON)
    do_not_contact: bool = False
    columns: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    origin: str = "file"
    digest: str = ""
    generation: int = 0
    added_at: datetime | None = Field(default=None, index=True)


# few of all links: what waits for a person, and what one refused
UNLINKED = "state <> 'linked'"


class Handle(SQLModel, table=True):
    """That an account on a platform belongs to a customer, who says so, and how sure that is.

    `handle` is folded to lower case. Platforms that begin with @ are no networks: @url is a profile's address, @site
    a site of the customer's own, @order an order number. `source`: file, crm, link, email, order, ops.
    `state`: linked, suggested (waits for a person), refused (a person said no). Two customers that are linked to one
    handle have it neither, unless a person decided.
    """

    __table_args__ = (
        Index("handle_customer", "customer"),
        Index("handle_unlinked", "state", sqlite_where=text(UNLINKED), postgresql_where=text(UNLINKED)),
    )
    platform: str = Field(primary_key=True)
    handle: str = Field(primary_key=True)
    customer: str = Field(primary_key=True)
    source: str = "file"
    evidence: str = ""
    confidence: float = 1.0
    state: str = "linked"
    since: datetime | None = None
    who: str = ""


class Purchase(SQLModel, table=True):
    """A customer bought a product. `number` is the order's, where the file has one."""

    __table_args__ = (UniqueConstraint("customer", "product", "at"), Index("purchase_at", "at"))
    id: int | None = Field(default=None, primary_key=True)
    customer: str
    product: str
    at: datetime
    number: str | None = Field(default=None, index=True)


class Recognised(SQLModel, table=True):
    """A mention whose author is a customer by something in the mention itself, not by an account that is theirs."""

    __tablename__ = "recognised"
    mention: int = Field(primary_key=True, foreign_key="mention.id")
    customer: str = Field(index=True)
    source: str
    evidence: str
    confidence: float
    at: datetime


class Erased(SQLModel, table=True):
    """Somebody who was erased and must not come back, known by a keyed hash of an id, a handle or an address only."""

    __tablename__ = "erased"
    digest: str = Field(primary_key=True)
    at: datetime


class ErasureTask(SQLModel, table=True):
    """What an erasure leaves to people: a place outside that holds the person's data too."""

    __tablename__ = "erasure_task"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime
    erasure: str = Field(index=True)
    what: str
    url: str | None = None
    done_at: datetime | None = None
    who: str | None = None
