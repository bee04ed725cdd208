"""Ask fatigue: may a customer be asked now, over all askers, forms and teams; if not, why, and until when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Policy:
    """How much asking a customer is spared. `rest` lies between any two asks, whoever asks and for whatever."""

    rest: timedelta = timedelta(days=90)
    per_year: int = 3
    after_complaint: timedelta = timedelta(days=30)
    around_renewal: timedelta = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of one customer when somebody wants to ask. Times are aware, asks in any order."""

    state: str = ""
    asks: tuple[datetime, ...] = ()
    complained_at: datetime | None = None
    open_ticket: int | None = None
    renewal_at: datetime | None = None
    rests_until: datetime | None = None
    opted_out: bool = False
    held_for: int | None = field(default=None)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a customer is not asked now, and when that is over (None: not by itself)."""

    text: str
    until: datetime | None = None


def against(standing: Standing, policy: Policy, now: datetime) -> tuple[Reason, ...]:
    """Every reason against asking now; empty where the customer may be asked."""
    return tuple(_reasons(standing, policy, now))


def _reasons(standing: Standing, policy: Policy, now: datetime) -> Iterator[Reason]:
    if standing.opted_out:
        yield Reason("wants to hear nothing from us")
    if standing.state in ("paused", "withdrawn", "declined"):
        yield Reason(f"is {standing.state}")
    if standing.open_ticket is not None:
        yield Reason(f"ticket {standing.open_ticket} is open")
    if standing.held_for is not None:
        yield Reason(f"is reserved for request {standing.held_for}")
    yield from _waits(standing, policy, now)


def _waits(standing: Standing, policy: Policy, now: datetime) -> Iterator[Reason]:
    """Reasons that time alone ends."""
    asks = sorted(at for at in standing.asks if at <= now)
    waits = [
        ("was asked", asks[-1] + policy.rest if asks else None),
        ("complained", standing.complained_at and standing.complained_at + policy.after_complaint),
        ("rests", standing.rests_until),
        *_renewal(standing.renewal_at, policy, now),
    ]
    lately = [at for at in asks if at > now - YEAR]
    if len(lately) >= policy.per_year:
        waits.append((f"was asked {len(lately)} times within a year", lately[-policy.per_year] + YEAR))
    for text, until in waits:
        if until and until > now:
            yield Reason(f"{text}; may be asked from {until:%Y-%m-%d} on", until)


def _renewal(renewal: datetime | None, policy: Policy, now: datetime) -> list[tuple[str, datetime]]:
    """A contract that is about to be renewed, or just was: asking then would be part of the bargain."""
    if renewal is None or abs(renewal - now) > policy.around_renewal:
        return []
    return [(f"renews on {renewal:%Y-%m-%d}", renewal + policy.around_renewal)]
