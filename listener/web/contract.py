"""All that the author of a page needs to know: what is asked, what is answered, and the limits of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from functools import cached_property
from http import HTTPStatus
from typing import Protocol
from urllib.parse import parse_qsl

from connectors.texts import storable

MOST = 200  # fields of a form
PLAIN, JSON, HTML = "text/plain; charset=utf-8", "application/json", "text/html; charset=utf-8"


@dataclass(frozen=True)
class Request:
    """One request, read whole. `path` is without the query, which no page asks for; `headers` are asked in any case."""

    method: str
    path: str
    headers: Message
    body: bytes = b""

    @cached_property
    def form(self) -> dict[str, str]:
        """A posted HTML form. Raises Refused."""
        try:
            told = parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST)
        except ValueError:
            raise Refused(HTTPStatus.BAD_REQUEST, f"more than {MOST} fields") from None
        return {name: storable(value) for name, value in told}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is answered with."""

    status: HTTPStatus
    body: bytes
    kind: str = PLAIN
    headers: Mapping[str, str] = field(default_factory=dict)


class Page(Protocol):
    """What answers at one address, or at all addresses below a prefix that ends with `/`.

    An answer that takes its time holds up nobody else.
    """

    @property
    def methods(self) -> tuple[str, ...]:
        """Those it answers (HEAD comes with GET)."""

    def most_bytes(self, path: str) -> int | None:
        """How long a body at this path may be (0: none is read); None when there is nothing at this path."""

    def answer(self, request: Request) -> Answer:
        """Answer one request. Raises StoreTrouble, which is answered with 503."""


class Refused(Exception):
    """A request that cannot be read; `status` is what it is answered with."""

    def __init__(self, status: HTTPStatus, why: str) -> None:
        super().__init__(why)
        self.status = status
