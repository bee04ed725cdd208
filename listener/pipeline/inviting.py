"""A rule invites a customer to be a reference: whether they may be asked now, by whom, and why they are happy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from listener.advocacy.drivers import Driver, Praise, drivers_of, route
from listener.advocacy.fatigue import Policy, Standing, against
from listener.advocacy.ranking import Answers, Candidate, likely_yes
from listener.customers.parsing import moment_of
from listener.store.inviting import FORMS, Inviting, Nomination
from rules.terms import Settled

GOES = ("waiting", "due", "held")


def standing_from(row: Row[Any], asks: Sequence[datetime]) -> Standing:
    """A customer as ask fatigue sees them."""
    return Standing(
        state=row.state,
        asks=tuple(asks),
        complained_at=row.complained_at,
        open_ticket=row.open_ticket,
        renewal_at=moment_of(row.renewal_at),
        rests_until=row.rests_until,
        opted_out=bool(row.opted_out),
        held_for=row.held_for,
    )


def refusal(store: Inviting, customer: str, policy: Policy, now: datetime) -> str:
    """Why a rule may not invite this customer now; "" where it may."""
    row = store.standing(customer)
    if row is None:
        return ""
    if row.state in ("invited", "accepted", "active", "resting"):
        return f"{customer} is {row.state} as a reference already"
    reasons = against(standing_from(row, [each.at for each in store.asks(customer)]), policy, now)
    return f"{customer} is not asked now: {'; '.join(reason.text for reason in reasons)}" if reasons else ""


def nominated(store: Inviting, customer: Row[Any], settled: Settled, mention: int) -> dict[str, Any]:
    """Make the customer a candidate where the invitation may go out; returns who asks, the driver, the likely yes."""
    praise = store.praise(customer.id)
    found = drivers_from(praise)
    if settled.status in GOES:
        known = [asdict(one) for one in found]
        store.nominate(Nomination(customer.id, customer.owner, known, settled.rule, mention))
    form = str(settled.options.get("form") or "")
    answers, asks = Answers(*store.answers(FORMS.get(form, form), customer.segment)), store.asks(customer.id)
    yes, no = (sum(each.answer == said for each in asks) for said in ("yes", "no"))
    one = Candidate(customer.id, segment=customer.segment, praise=len(praise), yes=yes, no=no)
    told = {"asker": route(found, customer.owner).asker, "driver": found[0].driver if found else ""}
    return {f"reference.{name}": value for name, value in {**told, "expected": likely_yes(one, answers)}.items()}


def drivers_from(rows: Sequence[Row[Any]]) -> tuple[Driver, ...]:
    """The drivers in these mentions of praise, newest first."""
    return drivers_of(Praise(row.id, row.score or 0.0, tuple((row.verdict or {}).get("drivers", ()))) for row in rows)
