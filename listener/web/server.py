"""The HTTP server on `[web] listen`."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedReader, RawIOBase
from typing import TYPE_CHECKING

from structlog.typing import FilteringBoundLogger

from listener.config.quantities import Address
from listener.store.engine import StoreTrouble
from listener.web.health import Health
from listener.web.inbox import AGAIN_AFTER, PREFIX, Answer, Inbox

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

METRICS = "text/plain; version=0.0.4; charset=utf-8"
SILENCE, PATIENCE = 10.0, 30.0  # seconds: between two bytes of a request, and for the whole of it
PIECE = 65_536
READING = ("GET", "HEAD")
PAGES = ("/healthz", "/readyz", "/metrics")
NOT_THERE = Answer(HTTPStatus.NOT_FOUND, b"there is /healthz, /readyz, /metrics, and /in/ with the name of a source\n")
TOO_SLOW = Answer(HTTPStatus.REQUEST_TIMEOUT, b"the request came too slowly\n")
BUG = Answer(HTTPStatus.INTERNAL_SERVER_ERROR, b"a bug: see the log\n")


class Patient(RawIOBase):
    """What a client sends, read until one moment and not beyond: a drip never falls silent."""

    def __init__(self, connection: socket.socket, seconds: float) -> None:
        self._connection = connection
        self._until = time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(min(left, SILENCE))
        return self._connection.recv_into(buffer)


class Desk(BaseHTTPRequestHandler):
    """Answers GET on the few addresses there are, and POST on those of sources that are posted to."""

    health: Health
    inbox: Inbox
    log: FilteringBoundLogger
    patience: float
    timeout = SILENCE
    server_version = "listener"
    sys_version = ""

    def setup(self) -> None:
        super().setup()
        self.rfile = BufferedReader(Patient(self.connection, self.patience))

    def answer(self) -> None:
        """Any method on any address."""
        path = self.path.partition("?")[0]
        try:
            given = self._posted(path) if path.startswith(PREFIX) else self._page(path)
        except TimeoutError:
            given = TOO_SLOW
        except StoreTrouble as error:
            again = {"Retry-After": str(AGAIN_AFTER)}
            given = Answer(HTTPStatus.SERVICE_UNAVAILABLE, f"{error}\n".encode(), headers=again)
        except Exception:  # boundary: a bug in one request must not end the server
            self.log.exception("web.bug", path=path)
            given = BUG
        with suppress(ConnectionError, TimeoutError):
            self._send(given)
            if self.command not in READING:
                self._hear_out(self.inbox.limit(path) or PIECE)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer  # noqa: N815  # http.server's names

    def _posted(self, path: str) -> Answer:
        if self.inbox.limit(path) is None:
            return NOT_THERE
        return self.inbox.take(path, self.headers, self.rfile) if self.command == "POST" else _only("POST")

    def _page(self, path: str) -> Answer:
        if path not in PAGES:
            return NOT_THERE
        if self.command not in READING:
            return _only("GET")
        if path == "/metrics":
            return Answer(HTTPStatus.OK, self.health.metrics(), METRICS)
        trouble = self.health.trouble() if path == "/readyz" else ""
        told = trouble or ("ready" if path == "/readyz" else "alive")
        return Answer(HTTPStatus.SERVICE_UNAVAILABLE if trouble else HTTPStatus.OK, f"{told}\n".encode())

    def _send(self, given: Answer) -> None:
        self.send_response(given.status)
        headers = {"Content-Type": given.kind, "Content-Length": str(len(given.body)), "Cache-Control": "no-store"}
        for name, value in (headers | dict(given.headers)).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(given.body)

    def _hear_out(self, most: int) -> None:
        """Let a sender end: bytes left unread when a connection closes take the answer away with them."""
        self.connection.shutdown(socket.SHUT_WR)
        while most > 0 and (piece := self.rfile.read1(min(most, PIECE))):
            most -= len(piece)

    def log_message(self, format: str, *args: object) -> None:
        """Requests are not logged: a probe every few seconds would drown what matters."""


def _only(method: str) -> Answer:
    told = f"only {method} works here\n".encode()
    return Answer(HTTPStatus.METHOD_NOT_ALLOWED, told, headers={"Allow": method})


class PortTaken(Exception):
    """The listen address cannot be used; the text names the cure."""


@contextmanager
def serve(
    listen: Address, health: Health, inbox: Inbox, log: FilteringBoundLogger, patience: float = PATIENCE
) -> Iterator[int]:
    """Serve in a thread while the block runs, which is told the port. `patience`: seconds for one request.

    Raises PortTaken.
    """
    parts = {"health": health, "inbox": inbox, "log": log, "patience": patience}
    handler = type("BoundDesk", (Desk,), parts)
    try:
        server = ThreadingHTTPServer((listen.host, listen.port), handler)
    except OSError as error:
        raise PortTaken(
            f'[web] listen = "{listen}": {error.strerror}; choose another address in config.toml'
        ) from error
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.2}, name="web", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=1)
