"""A campaign's course: who is told first, what it waits for, and what stops it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from listener.issues.outreach import Make, Move, Progress, approvers_of, canary_of, next_step, unwanted, window_of

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def seen(status: str, **changes: Any) -> Progress:
    return Progress(**{"status": status, "audience": 1_000, "canary": 50, "per_hour": 3_600} | changes)


@pytest.mark.parametrize(("audience", "first"), [(0, 0), (3, 3), (40, 5), (200, 10), (1_000, 50), (100_000, 50)])
def test_five_per_cent_are_told_first_but_at_least_5_and_at_most_50(audience: int, first: int) -> None:
    assert canary_of(audience) == first


@pytest.mark.parametrize(("audience", "persons"), [(1, 1), (25, 1), (26, 2), (100_000, 2)])
def test_more_than_25_recipients_take_two_approvers(audience: int, persons: int) -> None:
    assert approvers_of(audience) == persons


def test_the_first_ones_are_made_and_waited_for() -> None:
    assert next_step(seen("canary"), NOW) == Make(50)
    assert next_step(seen("canary", made=48, sent=48), NOW) == Make(2)
    assert next_step(seen("canary", made=50, open=3, sent=47), NOW) is None
    assert next_step(seen("canary", made=50, held=50), NOW) is None
    assert next_step(seen("canary", made=50, sent=50), NOW) == Move("holding")


def test_the_rest_waits_until_the_hold_is_over() -> None:
    held = seen("holding", made=50, sent=50, held_until=NOW)

    assert next_step(held, NOW - timedelta(minutes=1)) is None
    assert next_step(held, NOW) == Move("running")


def test_the_rate_bounds_what_is_made_in_a_minute() -> None:
    assert next_step(seen("running", made=50, sent=50), NOW) == Make(60)
    assert next_step(seen("running", made=100, recent=50, sent=100), NOW) == Make(10)
    assert next_step(seen("running", made=110, recent=60, sent=110), NOW) is None


@pytest.mark.parametrize(("per_hour", "minutes", "most"), [(1, 60, 1), (20, 3, 1), (90, 1, 1), (180, 1, 3)])
def test_a_slow_rate_is_kept_over_the_time_that_one_message_takes(per_hour: int, minutes: float, most: int) -> None:
    assert window_of(per_hour) == timedelta(minutes=minutes)
    assert next_step(seen("running", per_hour=per_hour, made=50, sent=50), NOW) == Make(most)
    assert next_step(seen("running", per_hour=per_hour, made=50, sent=50, recent=most), NOW) is None


def test_it_never_buries_what_else_is_due() -> None:
    assert next_step(seen("running", per_hour=10**6, made=450, open=390, sent=60), NOW) == Make(10)


def test_everybody_told_is_the_end() -> None:
    assert next_step(seen("running", made=1_000, sent=999, bounced=1), NOW) == Move("done", "everybody was told")
    assert next_step(seen("canary", audience=4, canary=4, made=4, sent=4), NOW) == Move("done", "everybody was told")


@pytest.mark.parametrize("status", ["canary", "holding", "running"])
def test_more_than_2_per_cent_who_do_not_want_it_stop_it(status: str) -> None:
    step = next_step(seen(status, made=100, sent=100, refused=3), NOW)

    assert step == Move("stopped", "3 of 100 opted out or answered badly: more than 2%")
    assert unwanted(seen(status, made=100, sent=100, refused=2)) == ""
    assert unwanted(seen(status, made=3, refused=1)) == ""


def test_a_dead_address_or_two_stop_nothing_and_many_do() -> None:
    assert next_step(seen("running", made=50, sent=48, bounced=2), NOW) == Make(60)
    assert unwanted(seen("running", made=500, sent=490, bounced=10)) == ""
    stopped = Move("stopped", "3 of 50 came back: more than 2%")
    assert next_step(seen("running", made=50, sent=47, bounced=3), NOW) == stopped
    assert next_step(seen("running", made=50, sent=40, bounced=10), NOW) == Move(
        "stopped", "10 of 50 came back: more than 2%"
    )


@pytest.mark.parametrize("status", ["draft", "stopped", "done"])
def test_what_is_not_at_work_does_nothing(status: str) -> None:
    assert next_step(seen(status), NOW) is None
