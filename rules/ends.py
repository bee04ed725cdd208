"""How the road of a proposal ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rules.rule import Rule, Step
from rules.terms import Mode, Reservation, Settled, Stage, Status


@dataclass(frozen=True, slots=True)
class Stop:
    """A stage that ends a proposal's road, and why."""

    stage: Stage
    reason: str


def settled(
    rule: Rule,
    step: Step,
    mode: Mode,
    status: Status,
    end: Stop,
    hold_until: datetime | None = None,
    join: bool = False,
    taken: tuple[Reservation, ...] = (),
) -> Settled:
    action = step.action
    return Settled(
        rule.id, action.name, step.options, step.channel, action.purpose, action.public, mode, rule.priority, step.line,
        status, end.stage, end.reason, hold_until, join, taken,
    )  # fmt: skip


def outcome(mode: Mode, hold_until: datetime | None, why_mode: str) -> tuple[Status, Stop]:
    if mode == "shadow":
        return "shadow", Stop("mode", why_mode)
    if mode == "ask":
        return "waiting", Stop("approval", why_mode)
    if hold_until:
        return "held", Stop("quiet hours", f"quiet hours until {hold_until:%Y-%m-%d %H:%M %Z}")
    return "due", Stop("", "")
