"""A small real web site and a small real door, for tests of connectors alone (no `listener` needed)."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from connectors.contract import Response, TryLater

T = TypeVar("T")
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Asked:
    """One request as the server saw it; `path` is quoted as it was sent, `query` read, `target` both as sent."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    target: str = ""


@dataclass(frozen=True)
class Answer:
    body: bytes | str = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Site:
    """Answers by path, `*` for all others; a callable is given what was asked. `asked` keeps every request."""

    url: str
    pages: dict[str, Answer | Callable[[Asked], Answer]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        page = self.pages.get(asked.path) or self.pages.get("*", Answer("not here", 404))
        return page if isinstance(page, Answer) else page(asked)

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]


@contextmanager
def a_site() -> Iterator[Site]:
    server = _Server(("127.0.0.1", 0), _Handler)
    server.site = Site(f"http://127.0.0.1:{server.server_address[1]}")  # type: ignore[attr-defined]  # our own extra
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.site  # type: ignore[attr-defined]  # our own extra
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up in the middle is part of some tests."""


class _Handler(BaseHTTPRequestHandler):
    def _serve(self) -> None:
        where = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(where.query, keep_blank_values=True).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        answer = self.server.site.answer(Asked(self.command, where.path, query, headers, body, self.path))  # type: ignore[attr-defined]  # our own extra
        content = answer.body.encode() if isinstance(answer.body, str) else answer.body
        self.send_response(answer.status)
        for name, value in {"content-length": str(len(content)), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = _serve  # noqa: N815  # the names that http.server calls

    def log_message(self, *args: Any) -> None:
        """Quiet."""


class PlainDoor:
    """What `connectors.contract.Door` promises, with urllib and without the safety of the real one."""

    def __init__(self, now: datetime = NOW) -> None:
        self.stopped = threading.Event()
        self.time = now

    def now(self) -> datetime:
        return self.time

    def known(self, since: datetime) -> Collection[str]:
        return ()

    def aside(self, function: Callable[[bytes], T], data: bytes, seconds: float, megabytes: int) -> T:
        return function(data)

    def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        megabytes: float = 5,
    ) -> Response:
        request = urllib.request.Request(url, data=body, headers=dict(headers or {}), method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return _response(answer)
        except urllib.error.HTTPError as refusal:
            with refusal:
                return _refused(_response(refusal))
        except OSError as trouble:
            raise TryLater(f"{url}: {trouble}") from trouble


def _response(answer: Any) -> Response:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return Response(answer.status, headers, answer.read(), answer.url)


def _refused(answer: Response) -> Response:
    if answer.status == 429 or answer.status >= 500:
        wait = answer.headers.get("retry-after", "")
        raise TryLater(
            f"{answer.url} answered {answer.status}", timedelta(seconds=int(wait)) if wait.isdigit() else None
        )
    return answer
