"""Durations, money, clock times and limits as ops write them: `7d`, `18 EUR`, `21:00`, `1 per 7d`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from rules.problems import Misread, nearest
from rules.terms import STAMPS_KEPT

Period = Literal["day", "week", "month", "quarter", "year"]
PERIODS: tuple[Period, ...] = get_args(Period)
UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
LONGEST = timedelta(days=3_650)
# six digits of weeks still fit into a timedelta; isdigit() of other scripts is refused by ASCII
DURATION = re.compile(r"(\d{1,6}) ?([smhdw])\Z", re.ASCII)
MONEY = re.compile(r"(\d{1,9})(?:\.(\d{1,2}))? ?([A-Z]{3})\Z", re.ASCII)
CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\Z", re.ASCII)
TIMES = re.compile(r"(\d{1,9}) per (.+)\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in cents of one currency."""

    cents: int
    currency: str

    def __str__(self) -> str:
        whole, cents = divmod(self.cents, 100)
        return f"{whole}.{cents:02d} {self.currency}" if cents else f"{whole} {self.currency}"


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `amount` (a number, or cents where `currency` is set) in a sliding window or a calendar period."""

    amount: int
    window: timedelta | None = None
    period: Period | None = None
    currency: str = ""
    says: str = ""


def duration(text: str) -> timedelta:
    """`90s`, `30m`, `4h`, `7d` or `2w` as a time span longer than nothing. Raises Misread."""
    found = DURATION.match(text)
    if not found:
        raise Misread(f"'{text}' is no duration", "write a number and s, m, h, d or w, such as 30m, 4h or 7d")
    span = timedelta(seconds=int(found[1]) * UNITS[found[2]])
    if not timedelta(0) < span <= LONGEST:
        raise Misread(f"a duration of {text} makes no sense here", "write more than nothing and at most 3650d")
    return span


def money(text: str) -> Money:
    """`18 EUR` or `12.50 USD`. Raises Misread."""
    found = MONEY.match(text)
    if not found:
        raise Misread(f"'{text}' is no amount of money", "write the number and the currency, such as 18 EUR")
    return Money(int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0")), found[3])


def clock(text: str) -> time:
    """`21:00` as a time of day. Raises Misread."""
    found = CLOCK.match(text)
    if not found:
        raise Misread(f"'{text}' is no time of day", "write hours and minutes, such as 21:00")
    return time(int(found[1]), int(found[2]))


def zone(text: str) -> ZoneInfo:
    """`Europe/Berlin` as a time zone. Raises Misread."""
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError) as trouble:
        raise Misread(f"unknown timezone '{text}'", "write a name such as Europe/Berlin or UTC") from trouble


def limit(text: str) -> Cap:
    """`1 per 7d` (slides) or `20 per month` (the calendar's). Raises Misread."""
    found = TIMES.match(text)
    if not found:
        raise Misread(f"'{text}' is no limit", "write how many and how often, such as 1 per 7d or 20 per month")
    cap = _per(int(found[1]), found[2], "", text)
    if cap.window and cap.amount > STAMPS_KEPT:
        cure = f"write at most {STAMPS_KEPT}, or a calendar period such as per day"
        raise Misread(f"'{text}' is too many for a sliding window", cure)
    return cap


def budget(text: str) -> Cap:
    """`600 EUR per month`. Raises Misread."""
    amount, per, rest = text.partition(" per ")
    if not per:
        raise Misread(f"'{text}' is no budget", "write money and a period, such as 600 EUR per month")
    sum_ = money(amount)
    cap = _per(sum_.cents, rest, sum_.currency, text)
    if cap.window:
        raise Misread(f"a budget is kept per calendar period, not per {rest}", f"write {amount} per month")
    return cap


def _per(amount: int, span: str, currency: str, says: str) -> Cap:
    for period in PERIODS:
        if span == period:
            return Cap(amount, period=period, currency=currency, says=says)
    try:
        return Cap(amount, window=duration(span), currency=currency, says=says)
    except Misread as trouble:
        raise Misread(trouble.what, nearest(span, PERIODS, f"{trouble.cure}, or {', '.join(PERIODS)}")) from trouble


def period_of(period: Period, at: datetime, zone: tzinfo) -> tuple[str, datetime]:
    """The calendar period that holds `at` in a zone: its name, such as `2026-11`, and the moment it ends."""
    today = at.astimezone(zone).date()
    name, after = _period(period, today)
    return name, datetime.combine(after, time(), zone).astimezone(at.tzinfo)


def _period(period: Period, day: date) -> tuple[str, date]:
    if period == "day":
        return day.isoformat(), day + timedelta(days=1)
    if period == "week":
        year, week, weekday = day.isocalendar()
        return f"{year}-W{week:02d}", day + timedelta(days=8 - weekday)
    if period == "year":
        return str(day.year), date(day.year + 1, 1, 1)
    months = 1 if period == "month" else 3
    first = (day.month - 1) // months * months
    name = f"{day.year}-{day.month:02d}" if months == 1 else f"{day.year}-Q{first // 3 + 1}"
    return name, date(day.year + (first + months) // 12, (first + months) % 12 + 1, 1)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A daily stretch without outward contact, across midnight where `start` is later than `end`."""

    start: time
    end: time
    zone: tzinfo
    drop: bool = False

    def until(self, now: datetime, zone: tzinfo | None = None) -> datetime | None:
        """When the quiet stretch that holds `now` ends, in `zone` or else in the file's; None outside of it."""
        zone = zone or self.zone
        local = now.astimezone(zone)
        clock_time = local.time().replace(tzinfo=None)
        if self.start <= self.end:
            quiet, later = self.start <= clock_time < self.end, False
        else:
            quiet = clock_time >= self.start or clock_time < self.end
            later = clock_time >= self.start
        if not quiet:
            return None
        day = local.date() + timedelta(days=1) if later else local.date()
        end = datetime.combine(day, self.end, zone)
        if end.timestamp() <= now.timestamp():  # the hour that comes twice when clocks go back
            end = end.replace(fold=1)
        return end.astimezone(now.tzinfo)
