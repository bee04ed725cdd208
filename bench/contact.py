"""The contact budget: claims that check it and take their place in it, each durable in a transaction of its own."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from bench.figures import Figure
from listener.customers.budget import Policy
from listener.model.delivery import Contact, Delivery
from listener.pipeline.notices import BLANK
from listener.store import Store
from listener.store.engine import chunks, many, table
from listener.store.upgrading import migrate

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
BLANKS = {**BLANK, "action": "notify", "purpose": "notice", "channel": "mail", "due_at": NOW, "created_at": NOW}


def run(share: float) -> Iterator[Figure]:
    """Claims a second over persons of whom each has a history; every fifth is refused."""
    claims = max(500, int(5_000 * share))
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/listener.db")
        migrate(store.database, NOW)
        _fill(store, claims)
        check = Policy().check
        cpu, began = time.process_time(), time.perf_counter()
        rows = [store.deliveries.claim(number, NOW, check) for number in range(1, claims + 1)]
        cpu, took = time.process_time() - cpu, time.perf_counter() - began
        bare = _bare(store, 300)
        store.close()
    passed = sum(row is not None and row.status == "sending" for row in rows)
    raw = f"{passed:,} passed, {claims - passed:,} held; {claims / cpu:,.0f} a second of CPU; "
    raw += f"a bare durable update in the same run: {bare:,.0f}/s"
    right = passed == claims - len(range(0, claims, 5))
    yield Figure("budget checks with reservation", claims / took if right else 0, "/s", floor=1_000, raw=raw)


def _bare(store: Store, times: int) -> float:
    """How many transactions of one small update this disk makes durable in a second."""
    began = time.perf_counter()
    for number in range(times):
        with store.database.write() as connection:
            connection.execute(update(table(Delivery)).where(table(Delivery).c.id == 1).values(told=number))
    return times / (time.perf_counter() - began)


def _fill(store: Store, persons: int) -> None:
    """Twelve contacts in the past for each person, of whom every fifth was written to an hour ago."""
    with store.database.write() as connection:
        for numbers in chunks(range(persons)):
            contacts = [_contact(n, timedelta(days=10 + 20 * k)) for n in numbers for k in range(12)]
            contacts += [_contact(n, timedelta(hours=1)) for n in numbers if n % 5 == 0]
            many(connection, table(Contact).insert(), contacts)
    for numbers in chunks(range(persons)):
        store.deliveries.add(*({**BLANKS, "key": f"k{n}", "person": f"c-{n}", "text": "news"} for n in numbers))


def _contact(person: int, ago: timedelta) -> dict[str, object]:
    known = {"person": f"c-{person}", "customer": f"c-{person}", "purpose": "thanks", "channel": "mail"}
    return {**known, "delivery": None, "at": NOW - ago}
