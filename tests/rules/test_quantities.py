"""Durations, money, clock times, limits and calendar periods."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rules.problems import Misread
from rules.quantities import Cap, Money, Period, budget, clock, duration, limit, money, period_of, zone


def test_durations_have_a_number_and_a_unit() -> None:
    spans = [duration(text) for text in ("90s", "30m", "4h", "7d", "2w")]
    assert spans == [timedelta(seconds=s) for s in (90, 1_800, 14_400, 604_800, 1_209_600)]


def test_money_is_kept_in_cents() -> None:
    assert (money("18 EUR"), money("12.5 USD")) == (Money(1_800, "EUR"), Money(1_250, "USD"))
    assert (str(Money(1_800, "EUR")), str(Money(1_250, "USD"))) == ("18 EUR", "12.50 USD")


def test_a_limit_slides_over_a_span_or_follows_the_calendar() -> None:
    assert limit("1 per 7d") == Cap(1, window=timedelta(days=7), says="1 per 7d")
    assert limit("20 per month") == Cap(20, period="month", says="20 per month")
    assert budget("600 EUR per month") == Cap(60_000, period="month", currency="EUR", says="600 EUR per month")


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (duration, "0d"), (duration, "7"), (duration, "-1d"), (duration, "999999999w"), (duration, "７d"),
        (money, "18"), (money, "EUR 18"), (money, "1.234 EUR"), (clock, "24:00"), (clock, "9"),
        (limit, "1/7d"), (limit, "1 per fortnight"), (limit, "5000 per 1d"), (budget, "600 per month"),
        (budget, "600 EUR"), (budget, "600 EUR per 30d"), (zone, "Berlin"), (zone, "../etc"), (zone, ""),
        (zone, "Europe"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_a_cure(read: object, text: str) -> None:
    with pytest.raises(Misread) as caught:
        read(text)  # type: ignore[operator]  # one of the readers above
    assert caught.value.cure


@pytest.mark.parametrize(
    ("period", "name", "ends"),
    [
        ("day", "2027-01-01", "2027-01-01T23:00"),
        ("week", "2026-W53", "2027-01-03T23:00"),
        ("month", "2027-01", "2027-01-31T23:00"),
        ("quarter", "2027-Q1", "2027-03-31T22:00"),
        ("year", "2027", "2027-12-31T23:00"),
    ],
)
def test_calendar_periods_follow_the_zone(period: Period, name: str, ends: str) -> None:
    at = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    found = period_of(period, at, ZoneInfo("Europe/Berlin"))
    assert found == (name, datetime.fromisoformat(f"{ends}:00+00:00"))
