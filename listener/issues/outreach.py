"""How a campaign goes on: a few first, a wait, the rest as the rate allows, and a stop when people do not want it.

draft → canary → holding → running → done; stopped from anywhere, for good. What was sent stays sent.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

ONE_APPROVER = 25  # recipients; more take two persons
CANARY, FEWEST, MOST = 0.05, 5, 50
ENOUGH_IS = 0.02  # of those who got it: more opt-outs and negative answers than that end it, and so do more bounces
FEW_BOUNCES = 3  # an address book of any size has a dead address or two
AT_ONCE = 400  # deliveries that wait at a time: a campaign must not bury what else is due
MINUTE = timedelta(minutes=1)
UNSENT = ("draft", "canary", "holding", "running")  # what a campaign may still send from
AT_WORK = ("canary", "holding", "running")


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a campaign stands. `made` are its deliveries so far; of them `open` are on their way now, `held` wait for
    a better hour, `sent` arrived, `refused` opt-outs and negative answers after it, `bounced` mails that came back,
    `in_doubt` may or may not have arrived.
    `recent` were made within the last `window_of(per_hour)`.
    """

    status: str
    audience: int
    canary: int
    per_hour: int
    made: int = 0
    open: int = 0
    held: int = 0
    sent: int = 0
    refused: int = 0
    bounced: int = 0
    in_doubt: int = 0
    recent: int = 0
    held_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Make:
    """Make the next deliveries, at most so many."""

    count: int


@dataclass(frozen=True, slots=True)
class Move:
    """Go on to another status, and why."""

    status: str
    why: str = ""


def canary_of(audience: int) -> int:
    """How many are told first: 5 %, at least 5 and at most 50."""
    return min(audience, max(FEWEST, min(MOST, math.ceil(CANARY * audience))))


def approvers_of(audience: int) -> int:
    """How many different persons must approve."""
    return 1 if audience <= ONE_APPROVER else 2


def window_of(per_hour: int) -> timedelta:
    """The time over which the rate is kept: a minute, or as long as one message takes."""
    return max(MINUTE, timedelta(hours=1) / per_hour)


def next_step(seen: Progress, now: datetime) -> Make | Move | None:
    """What a campaign does now; None: it waits."""
    if seen.status not in AT_WORK:
        return None
    if reason := unwanted(seen):
        return Move("stopped", reason)
    if seen.status == "holding":
        return Move("running") if seen.held_until is None or now >= seen.held_until else None
    goal = seen.canary if seen.status == "canary" else seen.audience
    if seen.made < goal:
        return _make(seen, goal)
    if seen.open or seen.held:
        return None
    return Move("holding") if seen.made < seen.audience else Move("done", "everybody was told")


def _make(seen: Progress, goal: int) -> Make | None:
    share = max(1, int(seen.per_hour * window_of(seen.per_hour) / timedelta(hours=1)))
    count = min(goal - seen.made, share - seen.recent, AT_ONCE - seen.open)
    return Make(count) if count > 0 else None


def unwanted(seen: Progress) -> str:
    """Why it must stop by itself; empty while it need not."""
    if seen.sent and seen.refused > ENOUGH_IS * seen.sent:
        return f"{seen.refused} of {seen.sent} opted out or answered badly: more than {ENOUGH_IS:.0%}"
    if seen.bounced >= FEW_BOUNCES and seen.bounced > ENOUGH_IS * (seen.sent + seen.bounced):
        return f"{seen.bounced} of {seen.sent + seen.bounced} came back: more than {ENOUGH_IS:.0%}"
    return ""
