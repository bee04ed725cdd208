"""When a customer is not asked: each reason with its end, whoever asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from listener.advocacy.fatigue import Policy, Standing, against
from tests.makers import NOW

POLICY, DAY = Policy(), timedelta(days=1)


def told(**known: object) -> list[str]:
    standing = replace(Standing(), **known)  # type: ignore[arg-type]  # what a test knows of a customer
    return [reason.text.partition(";")[0] for reason in against(standing, POLICY, NOW)]


def test_nobody_knows_a_reason_against_a_customer_at_rest() -> None:
    assert told(state="active", asks=(NOW - 91 * DAY,), complained_at=NOW - 31 * DAY) == []


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"asks": (NOW - 89 * DAY,)}, "was asked"),
        ({"asks": (NOW - 100 * DAY, NOW - 200 * DAY, NOW - 300 * DAY)}, "was asked 3 times within a year"),
        ({"complained_at": NOW - 29 * DAY}, "complained"),
        ({"open_ticket": 7}, "ticket 7 is open"),
        ({"renewal_at": NOW + 29 * DAY}, f"renews on {NOW + 29 * DAY:%Y-%m-%d}"),
        ({"renewal_at": NOW - 29 * DAY}, f"renews on {NOW - 29 * DAY:%Y-%m-%d}"),
        ({"rests_until": NOW + DAY}, "rests"),
        ({"opted_out": True}, "wants to hear nothing from us"),
        ({"state": "paused"}, "is paused"),
        ({"held_for": 3}, "is reserved for request 3"),
    ],
)
def test_each_reason_alone_is_enough(known: dict[str, object], reason: str) -> None:
    assert told(**known) == [reason]


def test_a_reason_that_time_ends_says_when() -> None:
    (reason,) = against(Standing(asks=(NOW - 10 * DAY,)), POLICY, NOW)

    assert reason.until == NOW + 80 * DAY
    assert f"may be asked from {NOW + 80 * DAY:%Y-%m-%d} on" in reason.text


def test_all_reasons_are_told_at_once() -> None:
    assert len(told(asks=(NOW - DAY,), open_ticket=7, opted_out=True)) == 3
