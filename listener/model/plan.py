"""What rooms hand to the store: arrivals from intake, judgements and orders from the pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from listener.model.handling import PLAIN_HANDLING, Handling
from listener.model.registry import Recognition
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
    """One mention with its verdict and the person who spoke; `who` tells how that is known."""

    mention: int
    verdict: Verdict
    person: str
    customer: str | None
    duplicate_of: int | None = None
    who: Recognition | None = None


@dataclass(frozen=True, slots=True)
class TicketPlan:
    """A ticket that a rule wants for a mention: to open, or to join. `options` are those of `open_ticket`.

    `may_open` is false when a limit bounds new tickets. `owner` and `owner_role` are the person's by relationship,
    for a rule that names nobody. `conversation` is the ticket of the thread in which this was said.
    """

    mention: int
    person: str
    customer: str | None
    issue: str | None
    rule: str
    options: Mapping[str, Any]
    may_open: bool = True
    owner: str | None = None
    owner_role: str | None = None
    handling: Handling = PLAIN_HANDLING
    conversation: int | None = None

    @property
    def queue(self) -> str:
        """Where it goes."""
        return str(self.options.get("queue") or "care")

    def columns(self, at: datetime) -> dict[str, Any]:
        """The columns of a new ticket that is opened at that time."""
        return {
            "person": self.person,
            "customer": self.customer,
            "issue": self.issue,
            "status": "open",
            "queue": self.queue,
            "urgency": self.options.get("urgency", "normal"),
            # a role is somebody too: "customer success" has the ticket until one of them takes it
            "owner": self.options.get("owner") or self.owner or self.owner_role,
            "owner_role": self.owner_role,
            "opened_at": at,
            **self.promised(self.queue, at),
        }

    def promised(self, queue: str, at: datetime) -> dict[str, Any]:
        """What the person is promised from that moment on."""
        reply, resolve = self.options.get("first_reply_within"), self.options.get("resolve_within")
        return self.handling.promised(queue, at, reply, resolve)


@dataclass(frozen=True, slots=True)
class Ordered:
    """A decision with everything it orders, for one transaction: columns of Decision and Delivery."""

    decision: Mapping[str, Any]
    deliveries: tuple[Mapping[str, Any], ...] = ()
    tags: tuple[str, ...] = ()
