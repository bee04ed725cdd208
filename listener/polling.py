"""Polls of what is due, each source by itself: the first ones begin while the rest of the daemon is still imported."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from listener.wiring.now import clock

if TYPE_CHECKING:
    from listener.pipeline.collect import Result
    from listener.wiring import Parts

POLLERS = 8
PATIENCE = 2.0  # seconds


class Crew:
    """Threads for named work: a name that is still being worked on is not started again."""

    def __init__(self, size: int, name: str) -> None:
        self._pool = ThreadPoolExecutor(size, thread_name_prefix=name)
        self._busy: dict[str, Future[None]] = {}
        self._lock = threading.Lock()
        self._stopped = False

    def start(self, name: str, work: Callable[[], None]) -> None:
        """Do this work in a thread, unless work of that name is under way."""
        with self._lock:
            self._busy = {key: future for key, future in self._busy.items() if not future.done()}
            if name not in self._busy and not self._stopped:
                self._busy[name] = self._pool.submit(work)

    def stop(self) -> None:
        """Start nothing more."""
        with self._lock:
            self._stopped = True
        self._pool.shutdown(wait=False, cancel_futures=True)

    def finished(self, seconds: float) -> bool:
        """Wait until the work in hand has ended; false when it has not by then."""
        # work that was cancelled in the queue has ended too, of which `wait` never hears
        under_way = [work for work in self._busy.values() if not work.done()]
        return not wait(under_way, max(0.0, seconds)).not_done

    def busy(self) -> list[str]:
        """The names of what is under way."""
        return [name for name, work in self._busy.items() if not work.done()]


class Polling:
    """Which sources are due, and the threads that poll them. `results` of polls wait to be counted."""

    def __init__(self, parts: Parts) -> None:
        self.crew = Crew(POLLERS, "poll")
        self.results: deque[Result] = deque()
        self._parts = parts
        for watched in parts.watched.values():
            watched.connector.load()
        self._collect = parts.collect

    def __enter__(self) -> Polling:
        """Poll what is due now. Raises StoreTrouble."""
        self.beat()
        return self

    def __exit__(self, *_: object) -> None:
        """Whatever ended the daemon, also before it ran: no poll begins, and those under way have a while to end."""
        self.crew.stop()
        self.crew.finished(PATIENCE)

    def beat(self) -> None:
        """Begin a poll of each source that is due. Raises StoreTrouble."""
        for row in self._parts.store.sources.due(clock()):
            self.crew.start(row.name, lambda name=row.name: self._poll(name))  # type: ignore[misc]  # a default binds the loop's value

    def _poll(self, name: str) -> None:
        if not self._parts.stopped.is_set():
            self.results.append(self._collect.poll(name))
