"""What trackers post to `/tickets/<tracker>`: signed news of a counterpart, which is then asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Protocol
from urllib.parse import unquote

from structlog.typing import FilteringBoundLogger

from connectors.signed import Refused
from listener.trackers.contract import News, Tracker
from listener.web.contract import Answer, Request

PREFIX = "/tickets/"
MOST_BYTES = 1_000_000


class Takes(Protocol):
    """Where news go."""

    def take(self, name: str, news: News) -> bool: ...


class TicketNews:
    """The trackers that may post, and the way of what they post. `now` is the wall clock."""

    methods = ("POST",)

    def __init__(
        self, trackers: Mapping[str, Tracker], takes: Takes, now: Callable[[], datetime], log: FilteringBoundLogger
    ) -> None:
        self._trackers = trackers
        self._takes = takes
        self._now = now
        self._log = log

    def most_bytes(self, path: str) -> int | None:
        """None when there is no such tracker."""
        return MOST_BYTES if _name(path) in self._trackers else None

    def answer(self, request: Request) -> Answer:
        """202 once it is written down. Raises StoreTrouble."""
        name = _name(request.path)
        headers = {key.lower(): value for key, value in request.headers.items()}
        try:
            news = self._trackers[name].receive(headers, request.body, self._now())
        except Refused as refused:
            self._log.warning("tracker.refused", tracker=name, status=refused.status, error=str(refused))
            return Answer(HTTPStatus(refused.status), f"{refused}\n".encode())
        known = news is not None and self._takes.take(name, news)
        return Answer(HTTPStatus.ACCEPTED, b"taken\n" if known else b"nothing of ours\n")


def _name(path: str) -> str:
    return unquote(path.removeprefix(PREFIX))
