"""The customer registry as far as the daemon needs it: who is known, and by which handles."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel


class Customer(SQLModel, table=True):
    """A person or firm in the registry. `columns` are the CSV's further columns, testable by rules."""

    id: str = Field(primary_key=True)
    name: str = ""
    email: str = ""
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


class Handle(SQLModel, table=True):
    """An account on a platform that belongs to a customer; `handle` is folded to lower case."""

    platform: str = Field(primary_key=True)
    handle: str = Field(primary_key=True)
    customer: str = Field(index=True)
