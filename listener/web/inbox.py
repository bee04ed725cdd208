"""Mentions that other systems post to `/in/<source>`: read within limits, checked, stored, then acknowledged."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message
from http import HTTPStatus
from io import BufferedIOBase
from urllib.parse import unquote

from structlog.typing import FilteringBoundLogger

from connectors.contract import Connector
from connectors.webhook import Refused, Webhook
from listener.pipeline import Collect
from listener.store.engine import StoreTrouble

PLAIN, JSON = "text/plain; charset=utf-8", "application/json"
PREFIX = "/in/"
AGAIN_AFTER = 30  # seconds: a full disk or a lock is not over sooner
LONGEST_LENGTH = 12  # digits: int() of many thousand is slow


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is answered with."""

    status: HTTPStatus
    body: bytes
    kind: str = PLAIN
    headers: Mapping[str, str] = field(default_factory=dict)


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

    def limit(self, path: str) -> int | None:
        """How many bytes the source at this path takes; None when there is no such source."""
        source = self._sources.get(_name(path))
        return source.most_bytes if source else None

    def take(self, path: str, headers: Message, file: BufferedIOBase) -> Answer:
        """Read one post; 202 once its items are stored. Raises TimeoutError when its sender is too slow."""
        name = _name(path)
        source = self._sources[name]
        try:
            body = _body(headers, file, source.most_bytes)
            received = source.receive(dict(headers.items()), body, self._now())
            taken = self._collect.push(name, received.items)
        except Refused as refused:
            self._log.warning("push.refused", source=name, status=refused.status, error=str(refused))
            return Answer(HTTPStatus(refused.status), f"{refused}\n".encode())
        except StoreTrouble as error:
            self._log.error("store.trouble", source=name, error=str(error))
            told = b"it cannot be stored now: post it again later\n"
            return Answer(HTTPStatus.SERVICE_UNAVAILABLE, told, headers={"Retry-After": str(AGAIN_AFTER)})
        counts = {"items": len(received.items), "new": taken.items, "edited": taken.edited}
        counts |= {"repeated": taken.repeated, "unusable": received.unusable}
        return Answer(HTTPStatus.ACCEPTED, f"{json.dumps(counts)}\n".encode(), JSON)


def _name(path: str) -> str:
    return unquote(path.removeprefix(PREFIX))


def _body(headers: Message, file: BufferedIOBase, most: int) -> bytes:
    """The whole body, and never more than `most` bytes of it. Raises Refused."""
    lengths = headers.get_all("content-length", [])
    if not lengths or "transfer-encoding" in headers:
        raise Refused(HTTPStatus.LENGTH_REQUIRED, "say with Content-Length how long the body is")
    written = lengths[0].strip()
    if len(set(lengths)) > 1 or not (written.isascii() and written.isdigit()):
        raise Refused(HTTPStatus.BAD_REQUEST, "Content-Length is no number")
    if len(written) > LONGEST_LENGTH or int(written) > most:
        raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"more than {most / 1_000_000:g} MB")
    body = file.read(int(written))
    if len(body) < int(written):
        raise Refused(HTTPStatus.BAD_REQUEST, "the body was cut off")
    return body
