"""calendar.yaml → the working hours of each queue, or every mistake in it with its line and column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from listener.model.handling import ROUND_THE_CLOCK, WorkClock
from listener.recovery.calendar import Calendar, Calendars, Opening
from rules.nodes import Node, Page
from rules.problems import Problem, nearest
from rules.reading import read as parse

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
EVERY_YEAR = re.compile(r"(\d{2})-(\d{2})")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
LONGEST_HOLIDAY = 366
KEYS = ("timezone", "hours", "holidays")
HOURS_CURE = "write `09:00-17:00`, several as `09:00-12:00, 13:00-17:00`, or `closed`"
DATE_CURE = "write `2026-12-25`, a stretch `2026-12-24..2027-01-01`, or `12-25` for every year"


class CalendarError(Exception):
    """calendar.yaml cannot be used. `problems` holds every mistake in it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


def read(path: Path, zone: ZoneInfo, text: str | None = None) -> Calendars:
    """The calendars of a file; without one every hour counts. `zone` is the installation's. Raises CalendarError.

    `text` is read in place of what the file holds now.
    """
    page = Page(str(path))
    try:
        text = path.read_text("utf-8-sig") if text is None else text
    except FileNotFoundError:
        return Calendars()
    except (OSError, UnicodeDecodeError) as trouble:
        raise CalendarError([Problem(page.file, 1, 1, f"cannot be read: {trouble}")]) from None
    root = parse(text, page)
    found = _calendars(root, page, zone) if root else Calendars()
    if page.problems:
        raise CalendarError(page.problems)
    return found


def _calendars(root: Node, page: Page, zone: ZoneInfo) -> Calendars:
    top = page.mapping(root, "the calendar", (*KEYS, "queues"))
    house = _Read(page, zone).calendar(top, root)
    queues = page.mapping(top["queues"], "queues") if "queues" in top else {}
    zone = house.zone if isinstance(house, Calendar) else zone
    # a queue says only what is different from the house
    differing = _Read(page, zone, house)
    found = {name: differing.calendar(page.mapping(node, name, KEYS), node) for name, node in queues.items()}
    return Calendars(house, MappingProxyType(found))


class _Read:
    """Reads one calendar. `house` is what it leaves out."""

    def __init__(self, page: Page, zone: ZoneInfo, house: WorkClock | None = None) -> None:
        self._page = page
        self._zone = zone
        self._house = house if isinstance(house, Calendar) else None

    def calendar(self, own: Mapping[str, Node], at: Node) -> WorkClock:
        zone = self._timezone(own["timezone"]) if "timezone" in own else self._zone
        if "hours" not in own and self._house is None:
            self._page.wrong(at, "the calendar names no hours", "write `hours:` with the days under it, or `always`")
            return ROUND_THE_CLOCK
        if "hours" in own and own["hours"].scalar and own["hours"].raw == "always":
            return ROUND_THE_CLOCK
        hours = self._hours(own["hours"]) if "hours" in own else self._house.hours if self._house else {}
        days, yearly = self._holidays(own["holidays"]) if "holidays" in own else self._kept_holidays()
        return Calendar(zone, hours, days, yearly)

    def _kept_holidays(self) -> tuple[frozenset[date], frozenset[tuple[int, int]]]:
        return (self._house.holidays, self._house.yearly) if self._house else (frozenset(), frozenset())

    def _timezone(self, node: Node) -> ZoneInfo:
        name = self._page.text(node, "timezone")
        try:
            return ZoneInfo(name)
        except (ValueError, OSError, LookupError):
            self._page.wrong(node, f"{name!r} is no known time zone", "write one such as Europe/Berlin or UTC")
            return self._zone

    def _hours(self, node: Node) -> Mapping[int, tuple[Opening, ...]]:
        hours: dict[int, tuple[Opening, ...]] = {}
        for name, written in self._page.mapping(node, "hours").items():
            at = self._page.key(node, name)
            for day in self._days(name, at):
                if day in hours:
                    self._page.wrong(at, f"{DAYS[day]} is named twice", "keep one")
                hours[day] = ()
            hours |= dict.fromkeys(self._days(name), self._openings(written))
        if not any(hours.values()) and not self._page.problems:
            self._page.wrong(node, "no day is open, so nothing would ever be due", HOURS_CURE)
        return hours

    def _days(self, name: str, at: Node | None = None) -> Iterator[int]:
        """`friday`, or `monday-friday`."""
        first, _, last = (part.strip() for part in name.lower().partition("-"))
        wrong = next((part for part in (first, last) if part and part not in DAYS), None)
        if wrong is None and first:
            begin, end = DAYS.index(first), DAYS.index(last or first)
            yield from (day % 7 for day in range(begin, end + 1 if end >= begin else end + 8))
        elif at is not None:
            self._page.wrong(at, f"{name!r} is no day", nearest(wrong or "", DAYS, "write monday … sunday"))

    def _openings(self, node: Node) -> tuple[Opening, ...]:
        found: list[Opening] = []
        for entry in node.entries():
            for part in self._page.text(entry, "hours").split(","):
                if part.strip() and part.strip() != "closed":
                    found += self._opening(part.strip(), entry)
        found.sort(key=lambda each: each.start)
        if any(before.end > after.start for before, after in pairwise(found)):
            self._page.wrong(node, "these hours overlap", HOURS_CURE)
        return tuple(found)

    def _opening(self, text: str, at: Node) -> list[Opening]:
        parts = SPAN.fullmatch(text)
        hours = [int(part) for part in parts.groups()] if parts else [0, 0, 0, 0]
        start, end = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
        if not parts or max(hours[1], hours[3]) > 59 or not start < end <= 24 * 60:
            self._page.wrong(at, f"{text!r} are no hours", HOURS_CURE)
            return []
        return [Opening(start, end)]

    def _holidays(self, node: Node) -> tuple[frozenset[date], frozenset[tuple[int, int]]]:
        days: set[date] = set()
        yearly: set[tuple[int, int]] = set()
        for entry in self._page.listed(node, "holidays"):
            text = self._page.text(entry, "holidays").strip()
            try:
                if every := EVERY_YEAR.fullmatch(text):
                    # of a leap year, as the 29th of February is a day too
                    yearly.add((date(2024, int(every[1]), int(every[2])).month, int(every[2])))
                elif text:
                    days |= set(_stretch(text))
            except ValueError:
                self._page.wrong(entry, f"{text!r} is no day", DATE_CURE)
        return frozenset(days), frozenset(yearly)


def _stretch(text: str) -> Iterator[date]:
    """Every day of `2026-12-24..2027-01-01`. Raises ValueError."""
    first, dots, last = (part.strip() for part in text.partition(".."))
    if not all(DATE.fullmatch(part) for part in ((first, last) if dots else (first,))):
        raise ValueError(text)
    begin, end = date.fromisoformat(first), date.fromisoformat(last or first)
    if not begin <= end <= begin + timedelta(days=LONGEST_HOLIDAY):
        raise ValueError(text)
    yield from (begin + timedelta(days=number) for number in range((end - begin).days + 1))
