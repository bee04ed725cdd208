"""A store of 1,000,000 mentions: the newest 50 at once, and what a new mention costs there."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from statistics import median

from bench.figures import Figure
from bench.parts import parts_in
from bench.town import LISTENER, OUT, ROOT, Stopwatch, a_feed, a_house, a_server, sayings
from listener.store.glance import Wanted, over_sqlite
from listener.wiring import Parts

BIG, SMALL = 1_000_000, 10_000
SEED = 2_000
FEEDS, ENTRIES = 10, 200
COPIED = ("mention", "appearance", "decision")


def run(share: float) -> Iterator[Figure]:
    folder = OUT / "big-store"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "feeds").mkdir(parents=True)
    count = 2 * (1 + FEEDS) + SEED // ENTRIES
    texts = sayings(count * ENTRIES)
    for number in range(count):
        first = number * ENTRIES
        (folder / "feeds" / f"{number}.xml").write_bytes(a_feed(texts[first : first + ENTRIES], first))
    with a_server(str(folder / "feeds")) as site:
        feeds = [f"{site}/{number}.xml" for number in range(count)]
        config = a_house(folder / "house", feeds)
        with parts_in(config) as parts:
            seed = SEED // ENTRIES
            arrive(parts, range(seed))
            grow(config.parent, SMALL)
            at_small = settled(parts, seed)
            big = max(2 * SMALL, int(BIG * share))
            grow(config.parent, big)
            at_big = settled(parts, seed + 1 + FEEDS)
    yield a_query(config.parent, big)
    yield a_command(config.parent, big)
    raw = f"{1000 * at_small:.2f} ms of CPU at {SMALL:,}, {1000 * at_big:.2f} ms at {big:,}"
    yield Figure("cost of a new mention, big store to small", at_big / at_small, ceiling=1.3, raw=raw)


def settled(parts: Parts, first: int) -> float:
    """What a new mention costs once a first feed brought what happens once: the brake measures each rule on history."""
    arrive(parts, [first])
    return arrive(parts, range(first + 1, first + 1 + FEEDS))


def arrive(parts: Parts, feeds: Sequence[int]) -> float:
    """CPU seconds for each new mention of these feeds, collected, judged and decided."""
    watch = Stopwatch()
    for number in feeds:
        parts.collect.poll(f"feed-{number}")
    while parts.judge.batch():
        pass
    return watch.seconds / (len(feeds) * ENTRIES)


def grow(house: Path, wanted: int) -> None:
    """Fill up with copies of what is there, each with a name, time and person of its own, an hour back a thousand."""
    with closing(sqlite3.connect(house / "listener.db")) as store, store:
        store.execute("PRAGMA foreign_keys = OFF")
        have = store.execute("SELECT count(*) FROM mention").fetchone()[0]
        step = store.execute("SELECT max(id) FROM mention").fetchone()[0]
        rounds = -(-(wanted - have) // SEED)
        for table in COPIED:
            copies(store, table, step, rounds)
    with closing(sqlite3.connect(house / "listener.db")) as store:
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        store.execute("ANALYZE")


def copies(store: sqlite3.Connection, table: str, step: int, rounds: int) -> None:
    names = [row[1] for row in store.execute(f"PRAGMA table_info({table})")]
    top = store.execute(f"SELECT max(id) FROM {table}").fetchone()[0]
    change = {
        "id": f"id + n * {top}",
        "mention": f"mention + n * {step}",
        "external_id": f"external_id || '-{top}-' || n",
        "post": f"post || '-{top}-' || n",
        "person": "person || '-' || (n % 997)",
        "posted_at": "strftime('%Y-%m-%d %H:%M:%f000', posted_at, '-' || n || ' hours')",
        "simhash": "simhash + n",
        "copy_a": "copy_a + n * 7919",
        "copy_b": "copy_b + n * 7919",
    }
    values = ", ".join(change.get(name, f'"{name}"') for name in names)
    columns = ", ".join(f'"{name}"' for name in names)
    seeds = f"SELECT * FROM {table} WHERE id <= (SELECT min(id) + {SEED} - 1 FROM {table})"
    store.execute(
        f"WITH RECURSIVE times(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM times WHERE n < {rounds}) "
        f"INSERT INTO {table} ({columns}) SELECT {values} FROM ({seeds}), times ORDER BY n"
    )


def a_query(house: Path, mentions: int) -> Figure:
    times = []
    for _ in range(5):
        began = time.perf_counter()
        with over_sqlite(house / "listener.db") as seen:
            rows = [row for page in seen.pages("mentions", Wanted(limit=50)) for row in page]
        times.append(time.perf_counter() - began)
    assert len(rows) == 50
    return Figure(f"the newest 50 of {mentions:,}, query", median(times), "s", ceiling=0.05)


def a_command(house: Path, mentions: int) -> Figure:
    command = [*LISTENER, "mentions", "--limit", "50"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    times = []
    for _ in range(5):
        began = time.perf_counter()
        subprocess.run(command, cwd=house, env=environment, stdout=subprocess.DEVNULL, check=True)
        times.append(time.perf_counter() - began)
    shown = ", ".join(f"{took:.2f}" for took in times)
    return Figure(f"the newest 50 of {mentions:,}, command", median(times), "s", ceiling=0.8, raw=f"median of {shown}")
