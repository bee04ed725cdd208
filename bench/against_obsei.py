"""`listener import` against the closest peer, `obsei run`, on the same 10,000 rows."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.figures import Figure
from bench.town import LISTENER, OUT, ROOT, a_house, sayings

ROWS = 10_000
PEER = "obsei==1.1.1"
PEER_CONFIG = """\
version: 1
store: {path: obsei.duckdb, unencrypted: true}
privacy: {redact: true}
pipelines:
  - name: rows
    sources:
      - {key: rows, type: csv, config: {path: rows.csv, fields: {text: text, id: external_id}}}
"""


def run(share: float) -> Iterator[Figure]:
    rows = max(500, int(ROWS * share))
    folder = OUT / "against-obsei"
    shutil.rmtree(folder, ignore_errors=True)
    a_house(folder)
    (folder / "obsei.yaml").write_text(PEER_CONFIG)
    with (folder / "rows.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(("external_id", "brand", "author", "text"))
        out.writerows((f"r{n}", "Acme Flow", f"u{n % 2000}", text) for n, text in enumerate(sayings(rows)))
    ours = rows / seconds([*LISTENER, "import", "rows.csv"], folder)
    theirs = rows / seconds([str(peer()), "run"], folder)
    raw = f"{rows:,} rows, start included; ours {ours:,.0f} rows/s judged and decided, obsei {theirs:,.0f} rows/s"
    yield Figure("rows a second against obsei", ours / theirs, floor=10, raw=raw)


def seconds(command: Sequence[str], folder: Path) -> float:
    """By the clock, from start to end of the command."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OBSEI_PSEUDONYM_SALT": "a salt for a benchmark only"}
    began = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return time.perf_counter() - began


def peer() -> Path:
    """The peer's command, installed into an environment of its own."""
    home = OUT / "obsei-venv"
    command = home / "bin" / "obsei"
    if not command.exists():
        venv.create(home, with_pip=True)
        subprocess.run([home / "bin" / "pip", "install", "--quiet", PEER], check=True)
    return command
