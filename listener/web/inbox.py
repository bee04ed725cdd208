"""Mentions that other systems post to `/in/<source>`: read within limits, checked, stored, then acknowledged."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from urllib.parse import unquote

from structlog.typing import FilteringBoundLogger

from connectors.contract import Connector
from connectors.webhook import Refused, Webhook
from listener.pipeline.collect import Collect
from listener.web.contract import JSON, Answer, Request

PREFIX = "/in/"


class Inbox:
    """The sources that are posted to, and the way of what is posted into the store."""

    def __init__(
        self,
        connectors: Mapping[str, Connector],
        collect: Collect,
        now: Callable[[], datetime],
        log: FilteringBoundLogger,
    ) -> None:
        self._sources = {name: each for name, each in connectors.items() if isinstance(each, Webhook)}
        self._collect = collect
        self._now = now
        self._log = log

    methods = ("POST",)

    def most_bytes(self, path: str) -> int | None:
        """How many bytes the source at this path takes; None when there is no such source."""
        source = self._sources.get(_name(path))
        return source.most_bytes if source else None

    def answer(self, request: Request) -> Answer:
        """202 once the items of this post are stored. Raises StoreTrouble."""
        name = _name(request.path)
        try:
            received = self._sources[name].receive(dict(request.headers.items()), request.body, self._now())
        except Refused as refused:
            self._log.warning("push.refused", source=name, status=refused.status, error=str(refused))
            return Answer(HTTPStatus(refused.status), f"{refused}\n".encode())
        taken = self._collect.push(name, received.items)
        counts = {"items": len(received.items), "new": taken.items, "edited": taken.edited}
        counts |= {"repeated": taken.repeated, "unusable": received.unusable}
        return Answer(HTTPStatus.ACCEPTED, f"{json.dumps(counts)}\n".encode(), JSON)


def _name(path: str) -> str:
    return unquote(path.removeprefix(PREFIX))
