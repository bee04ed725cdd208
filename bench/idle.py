"""What it costs to listen while nothing is said: one unchanged poll, and 5,000 sources on a 15-minute schedule."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import psutil
from sqlalchemy import text

from bench.end_to_end import spent
from bench.figures import Figure
from bench.parts import parts_in
from bench.town import LISTENER, OUT, ROOT, Stopwatch, a_feed, a_house, a_server, sayings
from listener.wiring import Parts
from listener.wiring.now import clock

SOURCES = 5_000
SCHEDULE = timedelta(minutes=15)
POLLS = 1_000
WATCHED_SECONDS = 30.0
SETTLING_SECONDS = 8.0


def run(share: float) -> Iterator[Figure]:
    folder = OUT / "idle"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "feeds").mkdir(parents=True)
    (folder / "feeds" / "feed.xml").write_bytes(a_feed(sayings(1)))
    with a_server(str(folder / "feeds")) as site:
        # 5,000 sources need 5,000 addresses only in name: the one host answers 304 to all
        config = a_house(folder / "house", [f"{site}/feed.xml?{number}" for number in range(SOURCES)])
        with parts_in(config) as parts:
            yield one_idle_poll(parts, max(50, int(POLLS * share)))
            everybody_was_polled(parts)
        yield a_quiet_daemon(folder / "house", max(5.0, WATCHED_SECONDS * share))


def one_idle_poll(parts: Parts, polls: int) -> Figure:
    parts.collect.poll("feed-0")
    watch = Stopwatch()
    for _ in range(polls):
        parts.collect.poll("feed-0")
    cost = 1000 * watch.seconds / polls
    return Figure("CPU of a poll answered 304", cost, "ms", ceiling=2, raw=f"{polls:,} polls one after the other")


def everybody_was_polled(parts: Parts) -> None:
    """The first round, made short, and the next polls spread over the schedule as after a day of running."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(parts.collect.poll, [f"feed-{number}" for number in range(SOURCES)]))
    while parts.judge.batch():
        pass
    with parts.store.database.write() as connection:
        names = list(connection.execute(text("SELECT name FROM source")).scalars())
        spread = [
            {"name": name, "at": f"{clock() + SCHEDULE * (place / len(names)):%Y-%m-%d %H:%M:%S.%f}"}
            for place, name in enumerate(names)
        ]
        connection.execute(text("UPDATE source SET next_at = :at, told_day_one = TRUE WHERE name = :name"), spread)


def a_quiet_daemon(house: Path, seconds: float) -> Figure:
    """The real daemon at its real pace (5.6 polls a second), watched for a part of its quarter of an hour."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [*LISTENER, "run"]
    with subprocess.Popen(command, cwd=house, env=environment, stderr=subprocess.DEVNULL) as process:
        daemon = psutil.Process(process.pid)
        time.sleep(SETTLING_SECONDS)
        before, began = spent(daemon), time.perf_counter()
        time.sleep(seconds)
        used = (spent(daemon) - before) / (time.perf_counter() - began)
        process.terminate()
    raw = f"{SOURCES:,} sources, one host, watched for {seconds:.0f} s at the real pace, start left out"
    return Figure("CPU of 5,000 sources every 15 minutes", 100 * used, "% of a core", ceiling=10, raw=raw)
