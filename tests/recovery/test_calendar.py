"""Working hours: nights, weekends, holidays, breaks, clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from listener.recovery.calendar import Calendar, Calendars, Opening

BERLIN = ZoneInfo("Europe/Berlin")
NINE_TO_FIVE = (Opening(540, 1020),)
WEEK = Calendar(BERLIN, dict.fromkeys(range(5), NINE_TO_FIVE), frozenset({date(2026, 11, 25)}), frozenset({(12, 25)}))


def at(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("since", "hours", "due"),
    [
        ("2026-11-23T10:00", 4, "2026-11-23T14:00"),  # within a day
        ("2026-11-23T09:00", 8, "2026-11-23T17:00"),  # to its very end
        ("2026-11-23T15:00", 4, "2026-11-24T11:00"),  # over a night
        ("2026-11-23T05:00", 1, "2026-11-23T10:00"),  # before anybody works
        ("2026-11-20T16:00", 4, "2026-11-23T12:00"),  # over a weekend
        ("2026-11-21T12:00", 1, "2026-11-23T10:00"),  # begun on a Saturday
        ("2026-11-24T16:00", 2, "2026-11-26T10:00"),  # over a holiday
        ("2026-12-24T16:00", 2, "2026-12-28T10:00"),  # over one of every year and a weekend
    ],
)
def test_time_passes_only_while_somebody_works(since: str, hours: float, due: str) -> None:
    assert WEEK.after(at(since), timedelta(hours=hours)) == at(due)
    assert WEEK.between(at(since), at(due)) == timedelta(hours=hours)


def test_a_day_with_a_break_and_one_until_midnight() -> None:
    calendar = Calendar(BERLIN, {0: (Opening(540, 720), Opening(780, 1440)), 1: (Opening(0, 60),)})
    assert calendar.after(at("2026-11-23T11:30"), timedelta(hours=1)) == at("2026-11-23T13:30")
    assert calendar.after(at("2026-11-23T23:30"), timedelta(hours=1)) == at("2026-11-24T00:30")


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_a_day_on_which_the_clocks_change_has_its_own_length(day: str, hours: int) -> None:
    always = Calendar(BERLIN, dict.fromkeys(range(7), (Opening(0, 1440),)))
    midnight = at(f"{day}T00:00")
    assert always.between(midnight, (midnight + timedelta(days=1)).astimezone(UTC)) == timedelta(hours=hours)
    assert WEEK.after(at("2026-10-23T16:30"), timedelta(hours=1)) == at("2026-10-26T09:30")


def test_a_queue_without_hours_of_its_own_keeps_those_of_the_house() -> None:
    legal = Calendar(BERLIN, {6: NINE_TO_FIVE})
    calendars = Calendars(WEEK, {"legal": legal})
    assert (calendars.of("care"), calendars.of("legal")) == (WEEK, legal)


def test_a_calendar_that_never_opens_still_ends() -> None:
    shut = Calendar(BERLIN, {})
    assert shut.after(at("2026-11-23T10:00"), timedelta(hours=1)) == at("2026-11-23T11:00")
