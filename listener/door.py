"""The door that connectors and channels get: the network, the clock, the store's memory, and the parser child."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from connectors.contract import Response
from listener.aside import Aside
from listener.net import Net
from listener.store import Store

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SourceDoor:
    """`connectors.contract.Door` for one source, and `listener.actions.contract.Outside` for channels."""

    source: str
    net: Net
    parser: Aside
    store: Store
    now: Callable[[], datetime]
    stopped: threading.Event

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

    def known(self, since: datetime) -> Collection[str]:
        return self.store.arrivals.known(self.source, since)

    def aside(self, function: Callable[[bytes], T], data: bytes, seconds: float, megabytes: int) -> T:
        return self.parser.run(function, data, seconds, megabytes)
