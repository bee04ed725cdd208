"""Which counter rows a proposal has to get past. Rows are shared by all rules, so no path goes round a cap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo

from rules.book import Book
from rules.quantities import Cap, Period, period_of
from rules.rule import Reach, Rule, Step
from rules.terms import ALONE, Counter, Refused, Reservation

APART = 30  # days between a gift to a person and a public ask of the same person, either way round
LANES = {"shadow": "shadow:"}  # shadow rules count in rows of their own


@dataclass(frozen=True, slots=True)
class Whom:
    """Who and what the limits of one mention are about; "" where it is nobody we could meet again."""

    person: str
    issue: str

    @classmethod
    def of(cls, person: object, issue: object) -> Whom:
        """From the facts `person.id` and `issue.id`, which may be missing or strange."""
        known = isinstance(person, str) and not person.startswith(ALONE)
        return cls(str(person) if known else "", issue if isinstance(issue, str) else "")


def counters(book: Book, rule: Rule, step: Step, whom: Whom, lane: str, now: datetime) -> dict[Counter, str]:
    """Every row of one step, each with the limit as it was written ("" for rows that only take note)."""
    found: dict[Counter, str] = {}
    own = {(one.reach, one.cap.period): one.cap for one in step.limits}
    for reach, cap in _counted(book, step, own):
        key = _key(rule, step, reach, whom)
        if key:
            bounded = (reach, cap.period) in own
            counter = _counter(
                lane + key, own.get((reach, cap.period), cap), bounded, _amount(reach, step), now, rule.zone
            )
            found[counter] = f"{cap.says} {reach.replace('_', ' ')}".removesuffix(" budget") if bounded else ""
    return found


# a rule without a limit counts too where another rule has one: else its way would go round the cap
def _counted(book: Book, step: Step, own: dict[tuple[Reach, Period | None], Cap]) -> Iterator[tuple[Reach, Cap]]:
    for (reach, _), cap in own.items():
        yield reach, cap
    for reach, cap in book.counted.get(step.action.name, ()):
        if (reach, cap.period) not in own and (reach != "budget" or (step.cost and step.cost.currency == cap.currency)):
            yield reach, cap


def _key(rule: Rule, step: Step, reach: Reach, whom: Whom) -> str:
    who = {"per_person": whom.person, "per_issue": whom.issue, "per_rule": rule.id}.get(reach, "all")
    return f"{step.action.name}:{step.channel}:{reach}:{who}" if who else ""


def _amount(reach: Reach, step: Step) -> int:
    return step.cost.cents if reach == "budget" and step.cost else 1


# the period is part of the key: the row of a new month starts at nothing by itself
def _counter(key: str, cap: Cap, bounded: bool, amount: int, now: datetime, zone: tzinfo) -> Counter:
    most = cap.amount if bounded else None
    if cap.period is None:
        return Counter(key, most, cap.window, None, amount)
    name, ends = period_of(cap.period, now, zone)
    return Counter(f"{key}:{cap.currency}{name}", most, None, ends, amount)


def note(key: str) -> Counter:
    """A row that bounds nothing and remembers when."""
    return Counter(key)


def reserved(rows: dict[Counter, str], at: datetime) -> tuple[Reservation, ...]:
    """The rows as reservations, to be committed or released later."""
    return tuple(Reservation(counter, at) for counter in rows)


def full(refused: Refused, rows: dict[Counter, str]) -> str:
    """Why a row had no room, in words."""
    says = rows.get(refused.counter) or "the limit"
    return f"{says} is used up ({_used(refused)}), free again {refused.free_at:%Y-%m-%d %H:%M %Z}"


def _used(refused: Refused) -> str:
    key, unit = refused.counter.key, 100 if ":budget:" in refused.counter.key else 1
    used, cap = refused.used, refused.counter.cap or 0
    # what other rules did counts before this one asks, also where they have a wider limit or none
    if used > cap and ":per_rule:" not in key:
        return f"{used / unit:g} by all rules together"
    return f"{used / unit:g} of {cap / unit:g}"
