"""Durations, money, clock times, limits and calendar periods."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.problems import Misread
from rules.quantities import Cap, Money, Period, QuietHours, budget, clock, duration, limit, money, period_of, zone


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


ZONES = tuple(map(ZoneInfo, ("Europe/Berlin", "America/Havana", "America/Santiago", "Pacific/Apia", "Asia/Kathmandu")))
MOMENTS = st.integers(0, 30 * 365 * 86_400).map(lambda second: datetime(2005, 1, 1, tzinfo=UTC) + timedelta(0, second))


@given(st.sampled_from(get_args(Period)), MOMENTS, st.sampled_from(ZONES))
def test_a_period_reaches_up_to_its_end_and_no_further(period: Period, at: datetime, where: ZoneInfo) -> None:
    name, ends = period_of(period, at, where)

    assert ends > at
    assert period_of(period, ends - timedelta(seconds=1), where)[0] == name
    assert period_of(period, ends, where)[0] != name


@given(st.integers(1, 10**9), st.sampled_from(["EUR", "USD"]))
def test_money_is_read_as_it_is_written(cents: int, currency: str) -> None:
    assert money(str(Money(cents, currency))) == Money(cents, currency)


@pytest.mark.parametrize(
    ("begin", "end", "now", "until"),
    [
        ("21:00", "08:00", "2026-11-23T20:59+01:00", None),
        ("21:00", "08:00", "2026-11-23T21:00+01:00", "2026-11-24T08:00+01:00"),
        ("12:00", "14:00", "2026-11-23T13:59+01:00", "2026-11-23T14:00+01:00"),  # within one day
        ("12:00", "14:00", "2026-11-23T14:00+01:00", None),
        ("12:00", "14:00", "2026-11-23T11:59+01:00", None),
        ("21:00", "02:30", "2026-03-28T23:00+01:00", "2026-03-29T03:30+02:00"),  # 02:30 is left out that night
        ("21:00", "02:30", "2026-10-25T02:10+02:00", "2026-10-25T02:30+02:00"),
        ("21:00", "02:30", "2026-10-25T02:10+01:00", "2026-10-25T02:30+01:00"),  # the hour that comes twice
    ],
)
def test_quiet_hours_end_after_now(begin: str, end: str, now: str, until: str | None) -> None:
    hours = QuietHours(clock(begin), clock(end), ZoneInfo("Europe/Berlin"))

    assert hours.until(datetime.fromisoformat(now)) == (datetime.fromisoformat(until) if until else None)
