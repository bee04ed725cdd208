"""Who may be reached: opt-outs, and what a contact budget is asked and answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlmodel import Field, SQLModel


class OptOut(SQLModel, table=True):
    """A person who wants to hear nothing from us, and how they said so. It outlives every import of the registry."""

    __tablename__ = "opt_out"
    person: str = Field(primary_key=True)
    at: datetime
    how: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One contact of a person: in the ledger, or, with `open`, on its way right now or in somebody's hands.

    `number` is that of the ledger, None while it is open.
    """

    number: int | None
    delivery: int | None
    purpose: str
    channel: str | None
    at: datetime
    open: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """All that decides whether a person may be reached for a purpose now. `entries` are newest first.

    `since` is when it was ordered, `private` a letter that arrives at the customer's, `zone` the customer's own
    timezone. `complaint` is the person's newest one: mention and time. `settled`: the person said at `since` that
    what they complained of until then is over.
    """

    now: datetime
    since: datetime
    purpose: str
    private: bool = False
    settled: bool = False
    opted_out: bool = False
    zone: str = ""
    ticket: int | None = None
    complaint: tuple[int, datetime] | None = None
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """Why a person may not be reached now, naming what stands in the way. `until`: when to look again, None: never."""

    why: str
    until: datetime | None = None


Check: TypeAlias = Callable[[Standing], Block | None]


def unbounded(standing: Standing) -> Block | None:
    """The check of a house without a contact budget: nothing is in the way but an opt-out."""
    return Block("the person wants to hear nothing from us") if standing.opted_out else None
