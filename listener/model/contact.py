"""Who wants to hear nothing from us."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel


class OptOut(SQLModel, table=True):
    """A person who wants to hear nothing from us, and how they said so. It outlives every import of the registry."""

    __tablename__ = "opt_out"
    person: str = Field(primary_key=True)
    at: datetime
    how: str
