"""Who is asked next: chosen with reasons by fit, goodwill, rest and the likely yes, not guessed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

USUAL = 0.3  # about 30 of 100 happy customers agree to be a reference; weighs as much as PRIOR answers
PRIOR = 5
MOST_PRAISE = 5
DAY = 86_400


@dataclass(frozen=True, slots=True)
class Answers:
    """How often customers of one group said yes, of how many who answered."""

    yes: int
    of: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is known of a customer who could be asked. `agreed`: to this very form; `praise`: mentions within a year."""

    customer: str
    name: str = ""
    segment: str = ""
    owner: str = ""
    state: str = ""
    agreed: bool = False
    praise: int = 0
    praised_at: datetime | None = None
    asked_at: datetime | None = None
    yes: int = 0
    no: int = 0
    given: int = 0
    received: int = 0


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its score, the chance of a yes (0 to 1), and what speaks for and against, in words."""

    candidate: Candidate
    score: float
    likely: float
    reasons: tuple[str, ...]


def likely_yes(candidate: Candidate, group: Answers) -> float:
    """The chance of a yes: the group's answers, drawn to the usual rate where there are few, then this customer's own.

    Own answers and praise move the odds: a yes × 1.5, a no × 0.6, each praise × 1.15, service as a reference × 2.
    """
    base = (group.yes + USUAL * PRIOR) / (group.of + PRIOR)
    own = 1.5 ** min(candidate.yes, 3) * 0.6 ** min(candidate.no, 3)
    odds = base / (1 - base) * own * 1.15 ** min(candidate.praise, MOST_PRAISE)
    odds *= 2 if candidate.state in ("accepted", "active") else 1
    return odds / (1 + odds)


def ranked(candidates: Iterable[Candidate], groups: Mapping[str, Answers], now: datetime) -> list[Ranked]:
    """Best first. `groups` are the answers of each segment to this form; ties go to whoever was asked longest ago."""
    found = [_ranked(one, groups.get(one.segment, Answers(0, 0)), now) for one in candidates]
    return sorted(found, key=lambda one: (-one.score, _age(one.candidate.asked_at, now) * -1, one.candidate.customer))


def _ranked(one: Candidate, group: Answers, now: datetime) -> Ranked:
    likely = likely_yes(one, group)
    fresh = 1 / (1 + _age(one.praised_at, now) / 90) if one.praised_at else 0.0
    rest = min(_age(one.asked_at, now) / 365, 1.0)
    # who gave more than they got has earned a pause, not another request
    debt = 0.1 * min(max(one.given - one.received, 0), 3)
    goodwill = min(one.praise, MOST_PRAISE) / MOST_PRAISE
    score = 0.4 * likely + 0.2 * goodwill + 0.15 * fresh + 0.15 * rest + (0.1 if one.agreed else 0) - debt
    return Ranked(one, score, likely, tuple(_reasons(one, group, likely, now)))


def _reasons(one: Candidate, group: Answers, likely: float, now: datetime) -> Iterable[str]:
    if one.state:
        yield f"{one.state} in the programme"
    if one.agreed:
        yield "agreed to this form"
    if one.praise:
        when = f", last {_age(one.praised_at, now):.0f} days ago" if one.praised_at else ""
        yield f"praised us {_times(one.praise)} within a year{when}"
    yield "was never asked" if one.asked_at is None else f"was last asked {_age(one.asked_at, now):.0f} days ago"
    if one.yes or one.no:
        yield f"said yes {_times(one.yes)} and no {_times(one.no)}"
    if one.given > one.received:
        yield f"gave {one.given} and received {one.received}: give something back first"
    known = f"{group.yes} of {group.of} in the segment said yes" if group.of else "nobody in the segment answered yet"
    yield f"about {likely:.0%} likely to say yes ({known})"


def _age(at: datetime | None, now: datetime) -> float:
    """Days since then; very many where it never was."""
    return max(0.0, (now - at).total_seconds() / DAY) if at else 10_000.0


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"
