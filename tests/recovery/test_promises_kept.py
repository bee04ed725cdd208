"""When a ticket needs its owner, and whether somebody was won back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from listener.recovery.escalation import next_look, reached
from listener.recovery.win_back import as_json, verdict
from listener.store.recovery import Mood
from tests.makers import NOW

HOUR = timedelta(hours=1)


@dataclass
class Ticket:
    """As much of a ticket's row as its promises are about: a reply within 4 hours, the end within 48."""

    status: str = "open"
    replied_at: datetime | None = None
    reply_warn_at: datetime | None = NOW + 3 * HOUR
    first_reply_due: datetime | None = NOW + 4 * HOUR
    resolve_warn_at: datetime | None = NOW + 40 * HOUR
    resolve_due: datetime | None = NOW + 48 * HOUR
    wait_until: datetime | None = None


@pytest.mark.parametrize(
    ("ticket", "hours", "told"),
    [
        (Ticket(), 2.9, []),
        (Ticket(), 3, [("reply", False)]),
        (Ticket(), 4, [("reply", True)]),  # the warning that was slept through is not told any more
        (Ticket(), 60, [("reply", True), ("resolve", True)]),
        (Ticket(replied_at=NOW), 41, [("resolve", False)]),
        (Ticket(replied_at=NOW, status="waiting"), 60, []),
        (Ticket(status="waiting"), 60, [("reply", True)]),  # the first reply waits for nobody
        (Ticket(reply_warn_at=None), 3.5, []),
        (Ticket(first_reply_due=None, resolve_due=None), 60, []),
    ],
)
def test_of_each_open_promise_the_worst_is_told(ticket: Ticket, hours: float, told: list[tuple[str, bool]]) -> None:
    assert [(one.promise, one.late) for one in reached(ticket, NOW + hours * HOUR)] == told


@pytest.mark.parametrize(
    ("ticket", "hours", "looked_at"),
    [
        (Ticket(), 0, 3),
        (Ticket(), 3, 4),
        (Ticket(replied_at=NOW), 3, 40),
        (Ticket(replied_at=NOW, status="waiting", wait_until=NOW + 5 * HOUR), 3, 5),
        (Ticket(replied_at=NOW, status="waiting"), 3, None),
        (Ticket(), 48, None),
    ],
)
def test_it_is_looked_at_again_at_its_next_moment(ticket: Ticket, hours: float, looked_at: float | None) -> None:
    expected = None if looked_at is None else NOW + looked_at * HOUR

    assert next_look(ticket, NOW + hours * HOUR) == expected


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (-0.6, None, "silent"),
        (-0.6, -0.4, "improved"),
        (-0.6, -0.5, "same"),
        (-0.6, -0.7, "same"),
        (-0.6, -0.8, "worse"),
        (None, -0.3, "improved"),  # a complaint without a score counts as -0.5
        (None, -0.4, "same"),
        (None, None, "silent"),
    ],
)
def test_somebody_was_won_back_when_they_speak_better_of_us(
    before: float | None, after: float | None, found: str
) -> None:
    assert verdict(Mood(1, before), Mood(1, after)) == found


def test_what_was_found_is_kept_with_its_figures() -> None:
    kept = as_json(Mood(2, -0.61234), Mood(3, 0.5), NOW)

    assert kept == {
        "verdict": "improved", "checked_at": NOW.isoformat(), "mentions": 3, "score_before": -0.612, "score_after": 0.5,
    }  # fmt: skip
