"""Serves feeds on loopback: `folder` serves its files with an ETag, `--grow N` answers N new posts to each visit."""

from __future__ import annotations

import argparse
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.town import a_feed, sayings


class Handler(BaseHTTPRequestHandler):
    """Keeps connections open, as real servers do."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    folder: Path
    grow: int
    visits = count()

    def do_GET(self) -> None:
        if self.grow:
            visit = next(self.visits)
            self._answer(200, a_feed(sayings(self.grow), visit * self.grow), f'"{visit}"')
        elif self.headers.get("if-none-match") == '"1"':
            self._answer(304, b"", '"1"')
        else:
            self._answer(200, (self.folder / self.path.partition("?")[0].strip("/")).read_bytes(), '"1"')

    def _answer(self, status: int, body: bytes, etag: str) -> None:
        self.send_response(status)
        self.send_header("ETag", etag)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """A benchmark prints figures only."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path, nargs="?", default=Path())
    parser.add_argument("--grow", type=int, default=0)
    asked = parser.parse_args()
    Handler.folder, Handler.grow = asked.folder, asked.grow
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
