"""Memory of the daemon and its parser child: at the start, and whether it stays flat over 100,000 mentions."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil

from bench.figures import Figure
from bench.town import LISTENER, OUT, ROOT, a_house, a_server

MENTIONS = 100_000
A_POLL_BRINGS = 1_000
PATIENCE = 1800


def run(share: float) -> Iterator[Figure]:
    folder = OUT / "memory"
    shutil.rmtree(folder, ignore_errors=True)
    wanted = max(4_000, int(MENTIONS * share))
    with a_server("--grow", str(A_POLL_BRINGS)) as site:
        a_house(folder, [f"{site}/feed.xml"], every="1s")
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        command = [*LISTENER, "run"]
        with subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.DEVNULL) as process:
            daemon = psutil.Process(process.pid)
            until_decided(folder, 1)
            start = megabytes(daemon)
            # caches fill in the first part; after it nothing may grow
            until_decided(folder, wanted // 4)
            early = megabytes(daemon)
            count = until_decided(folder, wanted)
            late = megabytes(daemon)
            process.terminate()
    yield Figure("daemon and parser child after the first poll", start, "MB", ceiling=250)
    raw = f"{early:.0f} MB at {wanted // 4:,} mentions, {late:.0f} MB at {count:,}"
    yield Figure("growth over the last three quarters", late / early, ceiling=1.1, raw=raw)


def until_decided(folder: Path, mentions: int) -> int:
    """Wait for that many; returns how many there are."""
    until = time.monotonic() + PATIENCE
    while (count := decided(folder)) < mentions and time.monotonic() < until:
        time.sleep(0.5)
    return count


def decided(folder: Path) -> int:
    try:
        with closing(sqlite3.connect(f"file:{folder}/listener.db?mode=ro", uri=True)) as store:
            return int(store.execute("SELECT count(*) FROM decision").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def megabytes(daemon: psutil.Process) -> float:
    """Resident memory of the process and its children; pages that both map count once."""
    return sum(process.memory_full_info().pss for process in (daemon, *daemon.children())) / 1e6
