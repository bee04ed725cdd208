"""Real doors for tests: the real network door and the real parser child, open to loopback."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from connectors.contract import Response
from listener.aside import Aside
from listener.net import Net, NetSettings

T = TypeVar("T")
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
UNHURRIED = {"connect": 60.0, "read": 60.0, "total": 120.0}


@dataclass
class Clock:
    """A clock that a test sets and moves."""

    time: datetime = NOW

    def __call__(self) -> datetime:
        return self.time

    def pass_by(self, **stretch: float) -> None:
        self.time += timedelta(**stretch)


@dataclass
class RealDoor:
    """`connectors.contract.Door` made of the real parts."""

    net: Net
    children: Aside
    clock: Callable[[], datetime]
    ids: Collection[str] = ()
    stopped: threading.Event = field(default_factory=threading.Event)

    def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        megabytes: float = 5,
        refusals: bool = False,
    ) -> Response:
        return self.net.fetch(url, method=method, headers=headers, body=body, megabytes=megabytes, refusals=refusals)

    def now(self) -> datetime:
        return self.clock()

    def known(self, since: datetime) -> Collection[str]:
        return self.ids

    def aside(self, function: Callable[[bytes], T], data: bytes, seconds: float, megabytes: int) -> T:
        return self.children.run(function, data, seconds, megabytes)


def a_net(now: Callable[[], datetime] = Clock(), **settings: Any) -> Net:
    """A network door that may reach loopback, with all the time that a busy machine takes. Close it."""
    return Net(NetSettings(**({"allow_private": True, **UNHURRIED} | settings)), now, time.monotonic)


@contextmanager
def a_door(
    now: Callable[[], datetime] = Clock(), known: Collection[str] = (), aside: Aside | None = None, **settings: Any
) -> Iterator[RealDoor]:
    """A door for the length of a `with`; hand in an `aside` to share its child between tests."""
    net, children = a_net(now, **settings), aside or Aside()
    try:
        yield RealDoor(net, children, now, known)
    finally:
        net.close()
        if aside is None:
            children.close()
