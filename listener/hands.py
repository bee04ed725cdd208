"""The hands of the clock, which somebody may set back while all is planned by it."""

from __future__ import annotations

import time
from collections.abc import Callable

from apscheduler.schedulers.background import BackgroundScheduler

from listener.wiring.now import clock

# time servers move a clock by less
SET_BACK = 60.0


class Hands:
    """The hands of the clock, beside a steady count of seconds."""

    def __init__(self, wall: Callable[[], float] = time.time, steady: Callable[[], float] = time.monotonic) -> None:
        self._wall = wall
        self._steady = steady
        self._apart = wall() - steady()

    def set_back(self) -> float:
        """By how many seconds somebody set the clock back since the last look; a minute at least, else 0."""
        before, self._apart = self._apart, self._wall() - self._steady()
        return before - self._apart if before - self._apart >= SET_BACK else 0.0


def at_once(beats: BackgroundScheduler) -> None:
    """All that beats does so now, and goes on from here."""
    for job in beats.get_jobs():
        job.modify(next_run_time=clock())
