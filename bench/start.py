"""From starting `listener run` to its first poll, by the clock."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from statistics import median

from bench.figures import Figure
from bench.town import LISTENER, OUT, ROOT, a_feed, a_house, sayings

STARTS = 5
LIMIT = 2.0


def run(share: float) -> Iterator[Figure]:
    asked = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.set()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(a_feed(sayings(1)))

        def log_message(self, *_: object) -> None:
            """A benchmark prints figures only."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        folder = OUT / "start"
        shutil.rmtree(folder, ignore_errors=True)
        a_house(folder, [f"http://127.0.0.1:{server.server_port}/feed.xml"], every="1s")
        # the first start makes the store, which happens once in its life
        times = [one_start(folder, asked) for _ in range(1 + STARTS)][1:]
        server.shutdown()
    shown = ", ".join(f"{took:.2f}" for took in times)
    yield Figure("start to first poll", median(times), "s", ceiling=LIMIT, raw=f"median of {shown}")


def one_start(folder: Path, asked: threading.Event) -> float:
    # a source that was polled a moment ago is not due: the clock runs from when it is
    time.sleep(1.5)
    asked.clear()
    began = time.perf_counter()
    command = [*LISTENER, "run"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.DEVNULL) as process:
        found = asked.wait(60)
        took = time.perf_counter() - began
        process.terminate()
    return took if found else float("inf")
