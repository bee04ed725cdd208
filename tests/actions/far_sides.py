"""Small real servers on loopback that stand for Slack, a webhook's receiver and a mail server."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qs
from urllib.request import Request, urlopen

from connectors.contract import Response, TryLater
from listener.actions.contract import Message

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@dataclass
class Heard:
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}


@dataclass
class Answer:
    status: int = 200
    body: str | bytes = "ok"
    headers: dict[str, str] = field(default_factory=dict)


Say = Callable[[Heard], Answer | None]


@dataclass
class FarSide:
    url: str
    heard: list[Heard]


@contextmanager
def far_side(say: Say) -> Iterator[FarSide]:
    """A web server that answers as `say` says; None: it takes the request and never answers."""
    heard: list[Heard] = []
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            heard.append(Heard(self.path, dict(self.headers), body))
            answer = say(heard[-1])
            if answer is None:
                over.wait(30)
                return
            self._send(answer)

        do_GET = do_POST  # noqa: N815  # the server looks for this name

        def _send(self, answer: Answer) -> None:
            raw = answer.body.encode() if isinstance(answer.body, str) else answer.body
            self.send_response(answer.status)
            for name, value in {"Content-Length": str(len(raw)), **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield FarSide(f"http://127.0.0.1:{server.server_port}", heard)
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def always(status: int = 200, body: str | bytes = "ok", **headers: str) -> Say:
    answer = Answer(status, body, {name.replace("_", "-"): value for name, value in headers.items()})
    return lambda heard: answer


def says_json(**values: Any) -> Answer:
    return Answer(200, json.dumps(values), {"Content-Type": "application/json"})


class Door:
    """A channel's way out, without the address check that keeps tests from loopback."""

    def now(self) -> datetime:
        return NOW

    def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        megabytes: float = 5,
    ) -> Response:
        try:
            with urlopen(Request(url, body, dict(headers or {}), method=method), timeout=60) as answer:
                return Response(answer.status, {}, answer.read(), url)
        except HTTPError as error:
            with error:
                if error.code == 429 or error.code >= 500:
                    after = timedelta(seconds=int(error.headers.get("Retry-After", 0)))
                    raise TryLater(f"{url} answered {error.code}", after or None) from None
                return Response(error.code, {}, error.read(), url)
        except (URLError, TimeoutError) as error:
            raise TryLater(f"{url}: {error}") from None


DOOR = Door()


def a_message(**changes: Any) -> Message:
    fields: dict[str, Any] = {
        "title": "A complaint about Acme Flow on reddit",
        "text": "Ticket 7 is open for it.",
        "link": "https://forum.example/t/1?a=1&b=2",
        "facts": (("Author", "zed"), ("Stars", "1 of 5")),
        "quote": "Sync is down again\nand nobody answers",
        "footer": "Why this came: `listener explain 41`",
        "key": "recover/alert/care/41",
    }
    return Message(**(fields | changes))


HOSTILE = (
    "<!channel> <@U123> &lt;!here&gt; *bold*\r\nBcc: x@y.example\x00 <https://evil.example|click> "
    "=?utf-8?q?a=0d=0aBcc:x?="
)
