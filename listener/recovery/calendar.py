"""Working hours: what `4h` means where people sleep, have weekends and keep holidays. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from listener.model.handling import ROUND_THE_CLOCK, WorkClock

DAY = timedelta(days=1)
# nobody promises more, and a loop must end
FARTHEST = 3_660


@dataclass(frozen=True, slots=True)
class Opening:
    """One stretch of a working day, in minutes from midnight; `end` may be 1440, the midnight after it."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a queue works: openings by weekday (Monday is 0), holidays by date, and those of every year by (month, day).

    Openings of one day do not overlap and stand in order.
    """

    zone: ZoneInfo
    hours: Mapping[int, tuple[Opening, ...]]
    holidays: frozenset[date] = frozenset()
    yearly: frozenset[tuple[int, int]] = frozenset()

    def after(self, at: datetime, span: timedelta) -> datetime:
        """The moment at which so much working time has passed since then, in UTC."""
        left = span
        for start, end in self._stretches(at):
            if left <= end - start:
                return start + left
            left -= end - start
        return at + span

    def between(self, since: datetime, until: datetime) -> timedelta:
        """How much working time lies between two moments."""
        total = timedelta()
        for start, end in self._stretches(since):
            if start >= until:
                break
            total += min(end, until) - start
        return total

    def _stretches(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """What is left of the working time from then on, day by day."""
        day = at.astimezone(self.zone).date()
        for number in range(FARTHEST):
            for start, end in self._openings(day + number * DAY):
                if end > at:
                    yield max(start, at.astimezone(UTC)), end

    def _openings(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        if day in self.holidays or (day.month, day.day) in self.yearly:
            return
        for opening in self.hours.get(day.weekday(), ()):
            yield self._moment(day, opening.start), self._moment(day, opening.end)

    def _moment(self, day: date, minutes: int) -> datetime:
        # the wall clock is added to first: a day on which the clocks change still opens at nine
        local = datetime.combine(day, time()) + timedelta(minutes=minutes)
        return local.replace(tzinfo=self.zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Calendars:
    """The working hours of each queue; a queue without its own keeps those of the house."""

    house: WorkClock = ROUND_THE_CLOCK
    queues: Mapping[str, WorkClock] = field(default_factory=dict)

    def of(self, queue: str) -> WorkClock:
        """How this queue counts time."""
        return self.queues.get(queue, self.house)
