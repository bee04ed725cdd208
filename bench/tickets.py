"""A store of 100,000 tickets: the list, by command and by query, whatever it is narrowed to."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median

from bench.figures import Figure
from bench.parts import parts_in
from bench.town import LISTENER, OUT, ROOT, a_house
from listener.store.glance import Wanted, over_sqlite
from listener.views.pages import listed

TICKETS = 100_000
NARROWED = {
    "the newest 50": Wanted(limit=50),
    "of one source": Wanted(source="rare", limit=50),
    "of one brand": Wanted(brand="Acme Flow", limit=50),
    "one": Wanted(id=777, limit=50),
}


def run(share: float) -> Iterator[Figure]:
    count = max(1_000, int(TICKETS * share))
    house = a_store(count)
    for what, wanted in NARROWED.items():
        took = median(a_query(house, wanted) for _ in range(5))
        yield Figure(f"{what} of {count:,} tickets, query", took, "s", ceiling=0.3)
    times = sorted(a_command(house) for _ in range(5))
    raw = "clock " + ", ".join(f"{clock:.2f}" for clock, _ in times)
    yield Figure(
        f"the newest 50 of {count:,}, command, CPU", median(cpu for _, cpu in times), "s", ceiling=0.3, raw=raw
    )


def a_store(count: int) -> Path:
    """Tickets of the kind that arrive: two mentions each, every third one open, one in a thousand of a rare source."""
    folder = OUT / "tickets"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    config = a_house(folder / "house", [])
    with parts_in(config):
        pass
    with closing(sqlite3.connect(config.parent / "listener.db")) as store, store:
        store.execute("PRAGMA foreign_keys = OFF")
        fill(store, count)
        store.execute("ANALYZE")
    return config.parent


def fill(store: sqlite3.Connection, count: int) -> None:
    """Rows with what a list reads; every other column empty in its own way."""
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) "
    at = "strftime('%Y-%m-%d %H:%M:%f000', '2026-01-01', '+' || i || ' minutes')"
    ticket = {"id": "i", "person": "'forum:p' || i", "status": "CASE i % 3 WHEN 0 THEN 'open' ELSE 'closed' END"}
    ticket |= {"queue": "'care'", "urgency": "'normal'", "opened_at": at, "first_reply_due": at, "resolve_due": at}
    insert(store, "ticket", ticket, f"{numbers}", "n")
    source = "CASE WHEN i % 1000 = 0 THEN 'rare' ELSE 'forum' END"
    twice = numbers.replace(f"i < {count}", f"i < {2 * count}")
    insert(
        store, "mention", {"id": "i", "source": source, "brand": "'Acme Flow'", "person": "'forum:p' || i"}, twice, "n"
    )
    insert(store, "ticket_mention", {"mention": "i", "ticket": "(i + 1) / 2", "at": at}, twice, "n")


def insert(store: sqlite3.Connection, table: str, values: dict[str, str], numbers: str, rows: str) -> None:
    columns = store.execute(f"PRAGMA table_info({table})").fetchall()
    empty = {"INTEGER": "0", "FLOAT": "0", "BOOLEAN": "0", "JSON": "'{}'", "DATETIME": "'2026-01-01 00:00:00.000000'"}
    known = {name: values.get(name, empty.get(kind, "''")) for _, name, kind, needed, *_ in columns if needed}
    known |= values
    unique = {"post": "'https://forum.example/' || i", "external_id": "'p' || i"}
    known |= {name: value for name, value in unique.items() if name in known}
    names, made = ", ".join(f'"{name}"' for name in known), ", ".join(known.values())
    store.execute(f"{numbers} INSERT INTO {table} ({names}) SELECT {made} FROM {rows}")


def a_query(house: Path, wanted: Wanted) -> float:
    began = time.perf_counter()
    with over_sqlite(house / "listener.db") as seen:
        assert list(listed(seen, "tickets", wanted))
    return time.perf_counter() - began


def a_command(house: Path) -> tuple[float, float]:
    """By the clock, and of CPU: others may be at work beside it."""
    began, before = time.perf_counter(), os.times()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([*LISTENER, "tickets"], cwd=house, env=environment, stdout=subprocess.DEVNULL, check=True)
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - began, spent
