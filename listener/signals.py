"""What signals mean to the daemon."""

from __future__ import annotations

import signal
from collections.abc import Callable
from typing import Literal, Protocol

Ending = Literal["stop", "reload"]


class Endable(Protocol):
    """A daemon."""

    def end(self, how: Ending) -> None:
        """Finish the work in hand, then stop, or begin anew with what is on disk."""


class Signals:
    """SIGTERM and SIGINT stop, SIGHUP reloads: whichever daemon is at work, and the one being made after a reload."""

    def __init__(self) -> None:
        self._daemon: Endable | None = None
        self._reload: Callable[[], bool] = lambda: False
        self._stopping = False
        self._reloading = False
        self._once_more = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGHUP, self._hang_up)

    def belong_to(self, daemon: Endable, reload: Callable[[], bool]) -> None:
        """From now on they mean this daemon. `reload` tells whether what is on disk is good enough to begin anew."""
        self._daemon, self._reload, self._reloading = daemon, reload, False
        if self._stopping:
            daemon.end("stop")
        elif self._once_more:
            self._once_more = False
            self._hang_up()

    def _stop(self, *_: object) -> None:
        self._stopping = True
        if self._daemon:
            self._daemon.end("stop")

    def _hang_up(self, *_: object) -> None:
        if self._stopping:
            return
        # while a daemon is made it may have read already what has changed since
        if self._daemon is None or self._reloading:
            self._once_more = True
        elif self._reload():
            self._reloading = True
            self._daemon.end("reload")
