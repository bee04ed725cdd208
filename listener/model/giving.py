"""What was given to whom: things that nobody gets twice, presents and where they go."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel


class Given(SQLModel, table=True):
    """Something useful of the ecosystem that a person was shown: never again the same."""

    person: str = Field(primary_key=True)
    item: str = Field(primary_key=True)
    at: datetime


class GiftStock(SQLModel, table=True):
    """How many pieces of a present are given or reserved."""

    __tablename__ = "gift_stock"
    item: str = Field(primary_key=True)
    given: int = 0


class GiftSent(SQLModel, table=True):
    """A present on its way: the delivery that offered it, and the address that its customer gave for it.

    The address is emptied 30 days after it was exported.
    """

    __tablename__ = "gift_sent"
    id: int | None = Field(default=None, primary_key=True)
    delivery: str = Field(unique=True)
    item: str
    person: str = Field(index=True)
    customer: str | None = None
    offered_at: datetime
    accepted_at: datetime | None = None
    name: str = ""
    address: str = ""
    exported_at: datetime | None = None
