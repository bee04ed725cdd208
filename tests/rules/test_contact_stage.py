"""What the house's contact budget and quiet hours make of a proposal: refused, held, or a draft that says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from rules.catalogue import Purpose
from rules.terms import Barrier, Moment, Settled
from tests.rules.rulebooks import NOW, a_book, a_decision, a_rule, outcome

NIGHT = NOW.replace(hour=22)
MORNING = NIGHT + timedelta(hours=10)
BOTH = "[{thank: {}}, {alert: care}]"


@dataclass(frozen=True)
class Wall:
    """The same in the way of every purpose."""

    until: datetime | None = None

    def barrier(self, purpose: Purpose) -> Barrier | None:
        return Barrier(f"no {purpose} now", self.until)


def at_night(tmp_path: Path, contacts: Wall, then: str = "hold") -> Settled:
    quiet = f"quiet_hours: {{from: 21:00, to: 08:00, then: {then}}}\n"
    book = a_book(tmp_path, quiet + a_rule("{sentiment: negative}", "[{thank: {}}]"))
    moment = Moment(NIGHT, NIGHT, NIGHT)
    return a_decision(book, moment=moment, since={"r": NOW}, contacts=contacts).settled[0]


def test_who_may_not_be_reached_at_all_is_refused_and_our_own_people_are_told(tmp_path: Path) -> None:
    decision = a_decision(a_book(tmp_path, a_rule("{sentiment: negative}", BOTH)), contacts=Wall())

    assert outcome(decision) == {"thank": "refused contact", "alert": "due"}
    assert decision.settled[0].reason == "no thanks now"


@pytest.mark.parametrize(
    ("mode", "status", "stage", "reason"),
    [
        ("live", "held", "contact", "no thanks now"),
        ("ask", "waiting", "contact", "the rule's mode is ask; no thanks now"),
        ("shadow", "shadow", "mode", "the rule is in shadow: recorded, not done"),
    ],
)
def test_what_has_to_wait_for_its_turn_is_held(tmp_path: Path, mode: str, status: str, stage: str, reason: str) -> None:
    until = NOW + timedelta(hours=4)
    book = a_book(tmp_path, a_rule("{sentiment: negative}", BOTH, mode=mode))
    thank, alert = a_decision(book, contacts=Wall(until)).settled

    assert (thank.status, thank.stage, thank.reason) == (status, stage, reason)
    assert thank.hold_until == (None if mode == "shadow" else until)
    assert alert.hold_until is None


@pytest.mark.parametrize("hours", [1, 12])
def test_of_a_turn_and_a_night_the_later_end_counts(tmp_path: Path, hours: int) -> None:
    turn = NIGHT + timedelta(hours=hours)
    settled = at_night(tmp_path, Wall(turn))

    assert settled.hold_until == max(turn, MORNING)
    assert settled.reason == "quiet hours until 2026-11-24 08:00 UTC; no thanks now"


def test_quiet_hours_may_drop_what_they_would_hold(tmp_path: Path) -> None:
    settled = at_night(tmp_path, Wall(NIGHT), then="drop")

    assert (settled.status, settled.stage) == ("refused", "quiet hours")
    assert settled.reason == "quiet hours, and nothing is held"
