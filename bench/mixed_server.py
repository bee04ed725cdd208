"""Speaks feed, review page, Steam, Reddit and Mastodon on every loopback address, for sources of mixed kinds."""

from __future__ import annotations

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.town import a_feed, sayings
from connectors.json_api_load import load_spec

REVIEW = {"@type": "Review", "reviewBody": "Works well.", "datePublished": "2026-11-20", "author": "Ada"}
PAGE = {"@context": "https://schema.org", "@type": "Product", "name": "Flow", "review": [REVIEW]}
STATUS = {"id": "1", "content": "Acme Flow works", "created_at": "2026-11-20T10:30:00Z", "account": {"acct": "ann"}}


def answers() -> dict[str, bytes]:
    """The body for each beginning of a path."""
    sample = load_spec(Path("steam")).sample
    assert sample
    script = f'<script type="application/ld+json">{json.dumps(PAGE)}</script>'
    return {
        "/feed": a_feed(sayings(30)),
        "/reviews": f"<!doctype html><html><head>{script}</head></html>".encode(),
        "/appreviews": json.dumps(sample.answer).encode(),
        "/api/v1/access_token": b'{"access_token": "t", "token_type": "bearer", "expires_in": 86400, "scope": "*"}',
        "/r/": b'{"kind": "Listing", "data": {"children": [], "after": null}}',
        "/api/v1/": json.dumps([STATUS]).encode(),
    }


class Handler(BaseHTTPRequestHandler):
    """Keeps connections open, as real servers do."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    bodies = answers()

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        path = urlsplit(self.path).path
        body = next((body for start, body in self.bodies.items() if path.startswith(start)), None)
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Type", "text/html" if path.startswith("/reviews") else "application/json")
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    do_POST = do_GET  # noqa: N815  # http.server's name

    def log_message(self, format: str, *args: object) -> None:
        """A benchmark prints figures only."""


def main() -> None:
    # not 127.0.0.1: with 127.0.0.2 and so on there are many hosts on one machine
    server = ThreadingHTTPServer(("0.0.0.0", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
