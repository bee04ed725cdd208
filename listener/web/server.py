"""The HTTP server on `[web] listen`."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from structlog.typing import FilteringBoundLogger

from listener.config.quantities import Address
from listener.store.engine import StoreTrouble
from listener.web.health import Health

PLAIN = "text/plain; charset=utf-8"
METRICS = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = 10


class Desk(BaseHTTPRequestHandler):
    """Answers GET on the few addresses there are."""

    health: Health
    log: FilteringBoundLogger
    timeout = SECONDS
    server_version = "listener"
    sys_version = ""

    def do_GET(self) -> None:
        try:
            status, kind, body = self._answer(self.path.partition("?")[0])
        except StoreTrouble as error:
            status, kind, body = HTTPStatus.SERVICE_UNAVAILABLE, PLAIN, f"{error}\n".encode()
        except Exception:  # boundary: a bug in one request must not end the server
            self.log.exception("web.bug", path=self.path)
            status, kind, body = HTTPStatus.INTERNAL_SERVER_ERROR, PLAIN, b"a bug: see the log\n"
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def _answer(self, path: str) -> tuple[HTTPStatus, str, bytes]:
        if path == "/healthz":
            return HTTPStatus.OK, PLAIN, b"alive\n"
        if path == "/readyz":
            trouble = self.health.trouble()
            status = HTTPStatus.SERVICE_UNAVAILABLE if trouble else HTTPStatus.OK
            return status, PLAIN, f"{trouble or 'ready'}\n".encode()
        if path == "/metrics":
            return HTTPStatus.OK, METRICS, self.health.metrics()
        return HTTPStatus.NOT_FOUND, PLAIN, b"there is /healthz, /readyz and /metrics\n"

    def log_message(self, format: str, *args: object) -> None:
        """Requests are not logged: a probe every few seconds would drown what matters."""


class PortTaken(Exception):
    """The listen address cannot be used; the text names the cure."""


@contextmanager
def serve(listen: Address, health: Health, log: FilteringBoundLogger) -> Iterator[None]:
    """Serve in a thread while the block runs. Raises PortTaken."""
    handler = type("BoundDesk", (Desk,), {"health": health, "log": log})
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
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=1)
