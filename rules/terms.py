"""The words that rules and the rest of the house share: facts in, decision out, and what a decision asks for.

Everything here is a frozen value or a small protocol; nothing reads a clock, a file or a store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Literal, Protocol, TypeAlias

Value: TypeAlias = str | float | int | bool | tuple[str, ...]
Option: TypeAlias = str | float | int | bool | tuple[str, ...]
Mode = Literal["off", "shadow", "ask", "live"]
MuteKind = Literal["thread", "author", "source", "rule", "topic"]
Status = Literal["due", "held", "waiting", "shadow", "refused"]
Purpose = Literal["thanks", "gift", "ask", "engage", "recovery", "notice", "internal"]
Stage = Literal[
    "",
    "repeat",
    "day one",
    "mode",
    "opt-out",
    "silence",
    "blocks",
    "exclusive",
    "only_if",
    "offer",
    "limit",
    "budget",
    "contact",
    "quiet hours",
    "approval",
]

ALONE = "mention:"  # a person.id that starts so is nobody we could meet again: that mention alone
STAMPS_KEPT = 1_000  # the largest number a sliding limit may name, hence the most stamps a counter row holds


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one mention: field of the catalogue → value. An absent field is unknown, never None.

    Sets of names (`topics`, `customer.products`) are tuples; numbers carry the unit that the catalogue states.
    """

    values: Mapping[str, Value]

    def get(self, name: str) -> Value | None:
        """The value of a field, None where it is unknown."""
        return self.values.get(name)


@dataclass(frozen=True, slots=True)
class MaxAge:
    """How old a post may be to be acted on: on a source's first poll, for tickets and alerts, for the rest."""

    first_poll: timedelta = timedelta(hours=48)
    tickets: timedelta = timedelta(days=14)
    other: timedelta = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Moment:
    """When a mention is decided, and what keeps day one quiet. All times are aware.

    `posted_at` is None where the source does not say; `first_poll`: it came with the first poll of its source;
    `history`: imported or restored, never acted on; `decided`: (rule, action, channel) already ordered for this
    mention, with "" as the channel of an action that has none.
    """

    now: datetime
    first_seen: datetime
    posted_at: datetime | None = None
    first_poll: bool = False
    history: bool = False
    decided: frozenset[tuple[str, str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Mute:
    """A silence: `what` names one thread, author (person or platform:handle), source, rule or topic."""

    kind: MuteKind
    what: str
    until: datetime
    why: str
    owner: str


@dataclass(frozen=True, slots=True)
class Counter:
    """One counter row and what a reservation asks of it. Several limits with different windows may share a row.

    `amount` is 1 for counts and cents for money. With `window` the row keeps the stamps of its last reservations
    and `cap` bounds those younger than the window. Without it the row keeps one sum; the calendar period is part
    of the key, so the row never needs to be reset, and `ends` says when the period is over.
    A `cap` of None bounds nothing: the stamp is only noted.
    """

    key: str
    cap: int | None = None
    window: timedelta | None = None
    ends: datetime | None = None
    amount: int = 1


@dataclass(frozen=True, slots=True)
class Reservation:
    """What was taken from one counter, and when: enough to commit it or to give it back."""

    counter: Counter
    at: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """A counter that had no room: which one, how full it is, and when it has room again."""

    counter: Counter
    used: int
    free_at: datetime


class Ledger(Protocol):
    """Counter rows: limits, budgets and notes of when something last happened."""

    def reserve(self, counters: tuple[Counter, ...], at: datetime) -> Refused | None:
        """Take from all of the counters or, where one has no room, from none and say which."""

    def latest(self, key: str) -> datetime | None:
        """The newest stamp of a row, reserved or committed; None where there is none."""

    def commit(self, reservations: tuple[Reservation, ...]) -> None:
        """What was reserved has happened."""

    def release(self, reservations: tuple[Reservation, ...]) -> None:
        """What was reserved will not happen: give it back."""


@dataclass(frozen=True, slots=True)
class Count:
    """A question about stored mentions: how many, younger than `within`, share the value of field `same`?

    With `different`, distinct values of that field are counted instead of mentions. `where` are further fields of
    the counted mentions, each with its allowed values; `brand` is always among them where it is known.
    """

    same: str
    within: timedelta
    at_least: int
    different: str = ""
    where: tuple[tuple[str, frozenset[str]], ...] = ()


class History(Protocol):
    """Stored mentions in a window, never the mention at hand itself."""

    def count(self, question: Count, value: str, besides: str, at: datetime) -> int:
        """How many there are at `at` with `value` in `question.same`.

        With `question.different`: how many distinct values of it other than `besides`, the one of the mention at hand.
        """

    def since(self) -> datetime:
        """How far back the stored mentions reach."""


@dataclass(frozen=True, slots=True)
class Barrier:
    """Why the person of a mention may not be reached now. `until`: when to try again, None: not at all."""

    reason: str
    until: datetime | None = None


class Contacts(Protocol):
    """The house's contact budget, over all rules, campaigns and people."""

    def barrier(self, purpose: Purpose) -> Barrier | None:
        """What is in the way of reaching the person of this mention for this purpose."""


class Free:
    """No contact budget: tests of rules and simulations are about the rules."""

    def barrier(self, purpose: Purpose) -> Barrier | None:
        """Nothing is in the way."""
        return None


FREE = Free()


class Offers(Protocol):
    """What the house has to give, of which a rule only says that something shall be given."""

    def lacking(self, action: str, options: Mapping[str, Option]) -> str:
        """Why there is nothing for the person of this mention, "" where there is or the action needs nothing."""


class Plenty:
    """Always something to give: tests of rules and simulations are about the rules."""

    def lacking(self, action: str, options: Mapping[str, Option]) -> str:
        """Nothing is lacking."""
        return ""


PLENTY = Plenty()


@dataclass(frozen=True, slots=True)
class World:
    """What a rule book may name in the rest of the house. None: not known here, so nothing is said about it.

    `webhooks` are those of the channels that hand mentions on, `templates` maps a template's name to the placeholders
    in it, `placeholders` are those that get filled, `texts` the wording of each template, `columns` the further columns
    of customers.csv, `retention` how long mentions are kept, `gifts` the presents there are, `dear` those of them that
    may not be given, each with the reason, `gift_cap` the most that one may cost, `offered` the topics of
    ecosystem.yaml, `zone` the installation's timezone, for files that name none.
    """

    kinds: frozenset[str] | None = None
    channels: frozenset[str] | None = None
    webhooks: frozenset[str] | None = None
    templates: Mapping[str, frozenset[str]] | None = None
    placeholders: frozenset[str] | None = None
    texts: Mapping[str, str] | None = None
    sources: frozenset[str] | None = None
    brands: frozenset[str] | None = None
    topics: frozenset[str] | None = None
    persons: frozenset[str] | None = None
    columns: frozenset[str] | None = None
    retention: timedelta | None = None
    gifts: frozenset[str] | None = None
    dear: Mapping[str, str] = field(default_factory=dict)
    gift_cap: str = ""
    offered: frozenset[str] = frozenset()
    zone: tzinfo | None = None

    def choices(self, kind: str) -> frozenset[str] | None:
        """What an option of this kind may name; None where anything goes."""
        named = {"channel": self.channels, "webhook": self.webhooks, "person": self.persons, "gift": self.gifts}
        return named.get(kind)


UNBOUND = World()


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a rule that matched would like to be done. `line` is where its file says so."""

    rule: str
    action: str
    options: Mapping[str, Option]
    channel: str
    purpose: Purpose
    public: bool
    mode: Mode
    priority: int
    line: int


@dataclass(frozen=True, slots=True)
class Settled(Proposal):
    """A proposal after all stages. `mode` is the one that counted, after the installation's floor.

    `stage` and `reason` say what held or refused it ("" when due). `hold_until` is the end of quiet hours.
    `join`: a ticket that may not be a new one any more: it joins the person's latest ticket and reopens it.
    """

    status: Status
    stage: Stage = ""
    reason: str = ""
    hold_until: datetime | None = None
    join: bool = False
    reservations: tuple[Reservation, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What the rule book said about one mention.

    `fired` are the rules that matched, `settled` what became of each of their actions, `nothing_because` a plain
    sentence when nothing was ordered ("" otherwise), `errors` the rules that were skipped and why.
    """

    book: str
    fired: tuple[str, ...] = ()
    settled: tuple[Settled, ...] = ()
    nothing_because: str = ""
    errors: tuple[str, ...] = field(default=())

    @property
    def ordered(self) -> tuple[Settled, ...]:
        """What is to be done, now, later or after approval."""
        return tuple(s for s in self.settled if s.status in ("due", "held", "waiting"))


@dataclass(frozen=True, slots=True)
class Finding:
    """One clause of a rule seen against one mention: yes, no, or None for `?`; `seen` is the value as text."""

    rule: str
    clause: str
    line: int
    holds: bool | None
    seen: str
    depth: int = 0
