"""How the house handles tickets: in which hours it works, when it warns, which outside system follows a queue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

ALL_QUEUES = ""
# what a closed ticket forgets when it goes on
ANEW: Mapping[str, Any] = {
    **dict.fromkeys(("closed_at", "outcome", "replied_at", "waiting_since", "wait_until", "win_back")),
    "status": "open",
}


class WorkClock(Protocol):
    """Counts working time."""

    def after(self, at: datetime, span: timedelta) -> datetime:
        """The moment at which so much working time has passed since then."""

    def between(self, since: datetime, until: datetime) -> timedelta:
        """How much working time lies between two moments."""


class WorkClocks(Protocol):
    """The working time of each queue."""

    def of(self, queue: str) -> WorkClock: ...


class RoundTheClock:
    """Every hour counts; the same for every queue."""

    def after(self, at: datetime, span: timedelta) -> datetime:
        return at + span

    def between(self, since: datetime, until: datetime) -> timedelta:
        return max(timedelta(), until - since)

    def of(self, queue: str) -> WorkClock:
        return self


ROUND_THE_CLOCK = RoundTheClock()


@dataclass(frozen=True, slots=True)
class Handling:
    """`warn_at` is the share of the time after which the owner is warned; `check_after` a close the person's later
    mentions are looked at. `trackers` names the outside system of a queue, under "" that of all others;
    `house` tells our tickets from those of another installation there.
    """

    clocks: WorkClocks = ROUND_THE_CLOCK
    warn_at: float = 0.75
    check_after: timedelta = timedelta(days=30)
    trackers: Mapping[str, str] = field(default_factory=dict)
    house: str = ""

    def tracker(self, queue: str) -> str | None:
        """The outside system that follows this queue."""
        return self.trackers.get(queue, self.trackers.get(ALL_QUEUES))

    def promised(self, queue: str, at: datetime, reply: float | None, resolve: float | None) -> dict[str, Any]:
        """Due times and warnings of a ticket whose clock starts then; spans in seconds of working time."""
        clock = self.clocks.of(queue)

        def after(seconds: float | None) -> datetime | None:
            return clock.after(at, timedelta(seconds=seconds)) if seconds else None

        times = {
            "first_reply_due": after(reply),
            "resolve_due": after(resolve),
            "reply_warn_at": after(reply and reply * self.warn_at),
            "resolve_warn_at": after(resolve and resolve * self.warn_at),
        }
        return {**times, "look_at": min((time for time in times.values() if time), default=None)}

    def resumed(self, row: Any, at: datetime) -> dict[str, Any]:
        """A waiting ticket goes on: what was to be resolved has so much more time as it waited."""
        if row.waiting_since is None:
            return {"status": "open", "look_at": at}
        clock = self.clocks.of(row.queue)
        waited = clock.between(row.waiting_since, at)
        moved = {
            name: clock.after(getattr(row, name), waited)
            for name in ("resolve_due", "resolve_warn_at")
            if getattr(row, name)
        }
        return {"status": "open", "waiting_since": None, "wait_until": None, "look_at": at, **moved}

    def reopened(self, row: Any, at: datetime) -> dict[str, Any]:
        """A closed ticket goes on: what was promised when it was opened is promised anew, in the same spans."""
        spans = (self._span(row, "reply_warn_at", "first_reply_due"), self._span(row, "resolve_warn_at", "resolve_due"))
        return {**ANEW, **self.promised(row.queue, at, *spans)}

    def _span(self, row: Any, warned: str, due: str) -> float | None:
        """Seconds of a promise: between its warning and its end lies the rest that `warn_at` leaves."""
        begin, end = getattr(row, warned), getattr(row, due)
        if begin is None or end is None or self.warn_at >= 1:
            return None
        return self.clocks.of(row.queue).between(begin, end).total_seconds() / (1 - self.warn_at)


PLAIN_HANDLING = Handling()
