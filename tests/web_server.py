"""A real web site on loopback whose answers a test programs: pages, conditions, drips, cuts."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

Raw = Callable[[socket.socket], None]


@dataclass(frozen=True)
class Page:
    """An answer. A page with an ETag or Last-Modified answers 304 when that is sent back byte for byte."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Seen:
    """A request as it arrived; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Site:
    """`put` pages, `play` raw answers on the socket, ask `url`; `seen` lists what was asked, in order."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.pages: dict[str, Page | Raw] = {}
        self.lock = threading.Lock()
        self.stopped = threading.Event()
        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.site = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def put(self, path: str, body: bytes | str = b"", status: int = 200, **headers: str) -> str:
        """Answer `path` with this; underscores in header names stand for hyphens. Returns the address."""
        data = body.encode() if isinstance(body, str) else body
        self.pages[path] = Page(
            data, status, {name.replace("_", "-").lower(): value for name, value in headers.items()}
        )
        return self.url(path)

    def redirect(self, path: str, to: str, status: int = 302) -> str:
        return self.put(path, status=status, location=to)

    def play(self, path: str, raw: Raw) -> str:
        """Let `raw` write to the socket after the request was read; the connection is cut afterwards."""
        self.pages[path] = raw
        return self.url(path)

    def close(self) -> None:
        self.stopped.set()
        self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()
        self._thread.join(5)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = True
    request_queue_size = 64
    site: Site

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up in the middle is part of many tests."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def answer(self) -> None:
        site = self.server.site
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        with site.lock:
            site.seen.append(Seen(self.command, self.path, headers, body))
        self.give(site.pages.get(self.path) or Page(status=404), headers)

    do_GET = do_POST = do_HEAD = do_PUT = answer  # noqa: N815  # http.server's names

    def give(self, page: Page | Raw, asked: Mapping[str, str]) -> None:
        if callable(page):
            self.close_connection = True
            page(self.connection)
            return
        known = [("if-none-match", "etag"), ("if-modified-since", "last-modified")]
        same = any(asked.get(ask) == page.headers[mark] for ask, mark in known if mark in page.headers)
        self.send_response(304 if same else page.status)
        for name, value in page.headers.items():
            self.send_header(name, value)
        if not same:
            self.send_header("content-length", str(len(page.body)))
        self.end_headers()
        if not same and self.command != "HEAD":
            self.wfile.write(page.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Tests print nothing."""


def drip(connection: socket.socket, data: bytes, every: float, stopped: threading.Event) -> None:
    """Send byte by byte until the client has had enough."""
    with contextlib.suppress(OSError):
        for byte in data:
            connection.sendall(bytes([byte]))
            if stopped.wait(every):
                return
