"""A small web server on a free loopback port, polite as the real ones: ETag, Last-Modified, 304."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

LOOPBACK = "127.0.0.1"
# a Slack payload has at most 50 blocks of 3,000 characters
LARGEST_BODY = 1_000_000


@dataclass(frozen=True, slots=True)
class Request:
    """What a visitor asks for; `site` is our own address, header names are lower-case, `path` ends without a slash."""

    site: str
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What the site sends back; `modified` becomes Last-Modified."""

    body: bytes
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    modified: datetime | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


NOT_FOUND = Answer(b"not found", "text/plain", 404)
GONE = Answer(b"deleted by its author", "text/plain", 410)


def page(title: str, body: str) -> Answer:
    """A plain HTML page; `body` is HTML already, `title` is text."""
    head = f"<head><meta charset='utf-8'><title>{escape(title)}</title></head>"
    return Answer(f"<!doctype html><html>{head}<body>{body}</body></html>".encode())


class Site:
    """Serves `answer` from `start()` until `stop()`; its address is known before it starts."""

    def __init__(self, answer: Callable[[Request], Answer]) -> None:
        self._server = _Server(answer)
        # 50 ms: serve_forever looks for the stop only that often, and five sites are stopped one by one
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self.url = f"http://{LOOPBACK}:{self._server.server_port}"

    def start(self) -> None:
        """Answer from now on, on a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Finish and free the port."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    # a client that hangs must not keep the demo from ending
    daemon_threads = True

    def __init__(self, answer: Callable[[Request], Answer]) -> None:
        super().__init__((LOOPBACK, 0), _Handler)
        self.answer = answer


class _Handler(BaseHTTPRequestHandler):
    # HTTP/1.0 (the default) closes after each answer, so that no idle connection outlives the world
    server: _Server
    timeout = 10

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the demo's output belongs to the daemon."""

    def _serve(self) -> None:
        answer = self.server.answer(self._request())
        fresh = _headers(answer)
        status = 304 if self.command == "GET" and answer.status == 200 and self._has(fresh) else answer.status
        self.send_response(status)
        for name, value in fresh.items():
            self.send_header(name, value)
        self.end_headers()
        if status != 304:
            self.wfile.write(answer.body)

    def _request(self) -> Request:
        url = urlsplit(self.path)
        length = self.headers.get("content-length", "")
        body = self.rfile.read(min(int(length), LARGEST_BODY)) if length.isdecimal() else b""
        headers = {name.lower(): value for name, value in self.headers.items()}
        site = f"http://{LOOPBACK}:{self.server.server_port}"
        return Request(site, self.command, url.path.rstrip("/") or "/", dict(parse_qsl(url.query)), headers, body)

    def _has(self, fresh: Mapping[str, str]) -> bool:
        """Whether the visitor holds this version; If-None-Match outranks the date (RFC 9110, 13.2.2)."""
        tag, since = self.headers.get("if-none-match"), self.headers.get("if-modified-since")
        if tag is not None:
            return fresh["ETag"] in tag
        return since is not None and "Last-Modified" in fresh and _not_after(fresh["Last-Modified"], since)


def _not_after(modified: str, since: str) -> bool:
    try:
        return parsedate_to_datetime(modified) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False


def _headers(answer: Answer) -> dict[str, str]:
    tag = hashlib.sha256(answer.body).hexdigest()[:20]
    found = {"Content-Type": answer.kind, "Content-Length": str(len(answer.body)), "ETag": f'"{tag}"'}
    if answer.modified:
        found["Last-Modified"] = format_datetime(answer.modified, usegmt=True)
    return found | dict(answer.headers)
