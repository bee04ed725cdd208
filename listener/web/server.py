"""The HTTP server on `[web] listen`."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from email.message import Message
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase, BufferedReader, RawIOBase
from typing import TYPE_CHECKING

from structlog.typing import FilteringBoundLogger

from listener.config.quantities import Address
from listener.store.engine import StoreTrouble
from listener.web.contract import Answer, Page, Refused, Request

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

Call = socket.socket | tuple[bytes, socket.socket]  # as socketserver types it
SILENCE, PATIENCE = 10.0, 30.0  # seconds: between two bytes of a request, and for the whole of it
PIECE = 65_536
READING = ("GET", "HEAD")
AGAIN_AFTER = 30  # seconds: a full disk or a lock is not over sooner
LONGEST_LENGTH = 12  # digits: int() of many thousand is slow
AT_ONCE = 200  # requests: a thread and an open file each, of which a service has 1,024
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
    """Finds the page of an address, reads the request within its limits, and sends what the page answers."""

    pages: Mapping[str, Page]
    log: FilteringBoundLogger
    patience: float
    timeout = SILENCE
    server_version = "listener"
    sys_version = ""

    def setup(self) -> None:
        super().setup()
        self.rfile = BufferedReader(Patient(self.connection, self.patience))

    def respond(self) -> None:
        """Any method on any address."""
        path = self.path.partition("?")[0]
        page = page_at(self.pages, path)
        most = page.most_bytes(path) if page else None
        given = self._answer(page, path, most)
        with suppress(ConnectionError, TimeoutError):
            self._send(given)
            if self.command not in READING:
                self._hear_out(most or PIECE)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = respond  # noqa: N815  # http.server's names

    def _answer(self, page: Page | None, path: str, most: int | None) -> Answer:
        try:
            if page is None or most is None:
                return not_there(self.pages)
            if self.command.replace("HEAD", "GET") not in page.methods:
                return _only(page.methods)
            body = _body(self.headers, self.rfile, most) if self.command not in READING else b""
            return page.answer(Request(self.command, path, self.headers, body))
        except Refused as refused:
            return Answer(refused.status, f"{refused}\n".encode())
        except TimeoutError:
            return TOO_SLOW
        except StoreTrouble as error:
            self.log.error("store.trouble", path=path, error=str(error))
            again = {"Retry-After": str(AGAIN_AFTER)}
            return Answer(HTTPStatus.SERVICE_UNAVAILABLE, f"{error}; try again later\n".encode(), headers=again)
        except Exception:  # boundary: a bug in one request must not end the server
            self.log.exception("web.bug", path=path)
            return BUG

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


def page_at(pages: Mapping[str, Page], path: str) -> Page | None:
    """The page of this very address, else that of the longest prefix above it."""
    if path in pages:
        return pages[path]
    above = [prefix for prefix in pages if prefix.endswith("/") and path.startswith(prefix)]
    return pages[max(above, key=len)] if above else None


def not_there(pages: Mapping[str, Page]) -> Answer:
    """404, with the addresses there are."""
    return Answer(HTTPStatus.NOT_FOUND, f"there is {', '.join(sorted(pages))}\n".encode())


def _only(methods: tuple[str, ...]) -> Answer:
    allowed = " and ".join(methods)
    told = f"only {allowed} works here\n".encode()
    return Answer(HTTPStatus.METHOD_NOT_ALLOWED, told, headers={"Allow": ", ".join(methods)})


def _body(headers: Message, file: BufferedIOBase, most: int) -> bytes:
    """The whole body, and never more than `most` bytes of it. Raises Refused and TimeoutError."""
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


class Reception(ThreadingHTTPServer):
    """Gives each request a desk of its own, as long as there are any; then callers wait in line."""

    daemon_threads = True
    request_queue_size = 512  # a burst of posts waits here: the kernel resets connections that find no room

    def __init__(self, listen: Address, handler: type[Desk]) -> None:
        self.address_family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
        self._desks = threading.BoundedSemaphore(AT_ONCE)
        super().__init__((listen.host, listen.port), handler)

    def process_request(self, request: Call, client_address: object) -> None:
        """In a thread of its own; refused where none gets free for a second."""
        if self._desks.acquire(timeout=1):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Call, client_address: object) -> None:
        """One request, in its thread."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._desks.release()


class PortTaken(Exception):
    """The listen address cannot be used; the text names the cure."""


@contextmanager
def serve(
    listen: Address, pages: Mapping[str, Page], log: FilteringBoundLogger, patience: float = PATIENCE
) -> Iterator[int]:
    """Serve these pages, by address or prefix, in a thread while the block runs, which is told the port.

    `patience`: seconds for one request. Raises PortTaken.
    """
    parts = {"pages": pages, "log": log, "patience": patience}
    handler = type("BoundDesk", (Desk,), parts)
    try:
        server = Reception(listen, handler)
    except OSError as error:
        raise PortTaken(
            f'[web] listen = "{listen}": {error.strerror}; choose another address in config.toml'
        ) from error
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.2}, name="web", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=1)
