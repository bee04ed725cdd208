"""What a reading of the registry hands to the store, and what it made of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias

# (platform, folded handle); platforms that begin with @ are no networks, see model.Handle
Key: TypeAlias = tuple[str, str]


# one bare mail address, as far as it can be told by looking at it
is_address = re.compile(r"[^@\s<>\",;]+@[^@\s<>\",;]+").fullmatch


def account_mark(key: Key) -> tuple[str, str]:
    """Of what the keyed hash of an account is made."""
    return "account", ":".join(key)


class Listed(NamedTuple):  # made a million times
    """One customer as a line or a CRM system tells it: the columns of Customer, and what belongs to this customer."""

    id: str
    columns: Mapping[str, Any]
    keys: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """That a key belongs to a customer: who says so, by what evidence, and how sure that is (0 to 1)."""

    customer: str
    source: str = "file"
    evidence: str = ""
    confidence: float = 1.0


LISTED = frozenset({"file", "crm"})


def holder(links: Iterable[Link]) -> Link | None:
    """Whose a key is, of all links to it: a person's decision, else what is listed, else what was found out.

    Where two of the same rank say different customers it is nobody's: who it is would be a guess.
    """
    found = list(links)
    for rank in (
        [link for link in found if link.source == "ops"],
        [link for link in found if link.source in LISTED],
        [link for link in found if link.source != "ops" and link.source not in LISTED],
    ):
        if rank:
            return rank[0] if len({link.customer for link in rank}) == 1 else None
    return None


@dataclass(frozen=True, slots=True)
class Recognition:
    """Who wrote a mention. `news`: what was found out now and is to be kept, with the account where it `binds` that.

    `suggested`: that the account might be this customer's, which waits for a person.
    """

    mention: int
    person: str
    customer: str | None
    account: Key | None
    news: Link | None = None
    binds: bool = False
    suggested: Link | None = None


@dataclass(frozen=True, slots=True)
class Bought:
    """One purchase; `number` is the order's, where it is known."""

    customer: str
    product: str
    at: datetime
    number: str | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a reading of a file has come: kept with every batch, so that a crash goes on from there."""

    stamp: str
    generation: int
    line: int = 0
    added: int = 0
    changed: int = 0
    same: int = 0
    removed: int = 0
    problems: tuple[str, ...] = ()
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class Enrolled:
    """How many customers of a batch were new, and how many were known and are different now."""

    added: int = 0
    changed: int = 0
