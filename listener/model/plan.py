"""What rooms hand to the store: arrivals from intake, judgements and orders from the pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from listener.model.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Arrival:
    """An item made plain and identified, with the brands it is about (none: only its appearance is kept).

    `post` is the canonical address of the post itself, None when the source gives none. `columns` are
    the columns of `Mention` that all its brands share; `words` the words found, by brand.
    """

    external_id: str
    post: str | None
    digest: str
    columns: Mapping[str, Any]
    words: Mapping[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Polled:
    """What the source row becomes with a good poll, written with the batch's mentions."""

    source: str
    cursor: str
    at: datetime
    next_at: datetime
    hint: float | None
    gone: tuple[str, ...] = ()
    measures: tuple[tuple[str, str, float, datetime], ...] = ()
    blind: tuple[tuple[datetime, datetime | None, str], ...] = ()


@dataclass(frozen=True, slots=True)
class OwnReply:
    """An answer by one of our own accounts, seen at its source: to which item, or at least in which thread."""

    parent: str | None
    thread: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch of arrivals: appearances and mentions that are new, edits, repeats."""

    items: int = 0
    mentions: int = 0
    edited: int = 0
    repeated: int = 0


@dataclass(frozen=True, slots=True)
class Judgement:
    """One mention with its verdict and the person who spoke."""

    mention: int
    verdict: Verdict
    person: str
    customer: str | None
    duplicate_of: int | None = None


@dataclass(frozen=True, slots=True)
class TicketPlan:
    """A ticket that a rule wants for a mention: to open, or to join. `options` are those of `open_ticket`.

    `may_open` is false when a limit bounds new tickets.
    """

    mention: int
    person: str
    customer: str | None
    issue: str | None
    rule: str
    options: Mapping[str, Any]
    may_open: bool = True

    def columns(self, at: datetime) -> dict[str, Any]:
        """The columns of a new ticket that is opened at that time."""
        return {
            "person": self.person,
            "customer": self.customer,
            "issue": self.issue,
            "status": "open",
            "queue": self.options.get("queue", "care"),
            "urgency": self.options.get("urgency", "normal"),
            "owner": self.options.get("owner"),
            "opened_at": at,
            "first_reply_due": _after(at, self.options.get("first_reply_within")),
            "resolve_due": _after(at, self.options.get("resolve_within")),
        }


def _after(at: datetime, seconds: float | None) -> datetime | None:
    return at + timedelta(seconds=seconds) if seconds else None


@dataclass(frozen=True, slots=True)
class Ordered:
    """A decision with everything it orders, for one transaction: columns of Decision and Delivery."""

    decision: Mapping[str, Any]
    deliveries: tuple[Mapping[str, Any], ...] = ()
    tags: tuple[str, ...] = ()
