"""Courtesy to each host: one request at a time, a pace, and the wait that it asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event, Lock

from connectors.contract import TryLater
from listener.net.transport import Monotonic

# a hostile chain of redirects may name new hosts for ever; those without a wait are forgotten past this many
REMEMBERED = 4096


@dataclass(slots=True)
class Host:
    """What is remembered of one host: its turn, the earliest next visit, the wait that it asked for."""

    turn: Lock = field(default_factory=Lock)
    next_visit: float = 0.0
    closed_until: datetime | None = None


class Hosts:
    """Hands out turns. `stopped` ends every wait."""

    def __init__(self, now: Callable[[], datetime], monotonic: Monotonic, stopped: Event) -> None:
        self._now = now
        self._monotonic = monotonic
        self._stopped = stopped
        self._hosts: dict[str, Host] = {}
        self._lock = Lock()

    @contextmanager
    def turn(self, name: str, pace: float, patience: float) -> Iterator[None]:
        """Hold the host's only turn; wait for it at most `patience` seconds. Raises TryLater."""
        host = self._host(name)
        self._refuse_if_closed(name, host)
        if not host.turn.acquire(timeout=patience):
            raise TryLater(f"{name} is still busy with other requests of ours", timedelta(seconds=patience))
        try:
            # the one before us in the queue may have been asked to wait
            self._refuse_if_closed(name, host)
            if self._stopped.wait(max(0.0, host.next_visit - self._monotonic())):
                raise TryLater("the daemon is stopping")
            yield
        finally:
            host.next_visit = self._monotonic() + pace
            host.turn.release()

    def close_for(self, name: str, wait: timedelta) -> None:
        """Remember that the host asked to be left alone."""
        self._host(name).closed_until = self._now() + wait

    def _host(self, name: str) -> Host:
        with self._lock:
            if len(self._hosts) > REMEMBERED:
                self._hosts = {
                    key: host for key, host in self._hosts.items() if host.turn.locked() or host.closed_until
                }
            return self._hosts.setdefault(name, Host())

    def _refuse_if_closed(self, name: str, host: Host) -> None:
        if host.closed_until is None:
            return
        left = host.closed_until - self._now()
        if left > timedelta(0):
            raise TryLater(f"{name} asked to be left alone until {host.closed_until:%Y-%m-%d %H:%M:%S} UTC", left)
        host.closed_until = None
