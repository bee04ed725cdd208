"""References at size: one request ranked over 100,000 customers with their words, asks and references."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from bench.figures import Figure
from listener.advocacy.ranking import Candidate, ranked
from listener.model import Customer, Mention, Reference, ReferenceAsk
from listener.store import Store
from listener.store.engine import chunks, many, table
from listener.store.goodwill import Sought
from listener.store.upkeep import migrate

CUSTOMERS = 100_000
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SEGMENTS = ("enterprise", "business", "small")
SHOWN = 50


def run(share: float) -> Iterator[Figure]:
    count = int(CUSTOMERS * share)
    with tempfile.TemporaryDirectory() as folder, closing(Store(f"sqlite:///{Path(folder)}/listener.db")) as store:
        migrate(store.database, NOW)
        fill(store, count)
        yield a_request(store, f"{count:,} customers, a tenth of them references", {"product": "Flow"})
        yield a_request(store, f"{count:,} customers, of whom no reference fits", {"product": "Other"})


def a_request(store: Store, what: str, attributes: dict[str, str]) -> Figure:
    seconds = [ask(store, {"segment": "enterprise", **attributes}) for _ in range(7)]
    raw = ", ".join(f"{one:.3f}" for one in seconds)
    return Figure(f"rank one request over {what}", median(seconds), "s", ceiling=0.2, raw=raw)


def ask(store: Store, attributes: dict[str, str]) -> float:
    """Seconds from a request to its ranked proposals."""
    began = process_time()
    sought = Sought("call", attributes, NOW, NOW - 90 * DAY, NOW - 30 * DAY, 3)
    rows = store.goodwill.best(sought, SHOWN)
    names = Candidate.__slots__
    found = ranked((Candidate(**{name: getattr(row, name) for name in names}) for row in rows), {}, NOW)[:SHOWN]
    assert len(found) == min(SHOWN, len(rows)) > 0
    return process_time() - began


def fill(store: Store, count: int) -> None:
    draw = random.Random(8)
    blank = Customer(id="").model_dump()
    said = Mention(
        post="",
        brand="Acme",
        source="s",
        kind="feed",
        external_id="",
        platform="s",
        voice="review",
        posted_at=NOW,
        seen_at=NOW,
    ).model_dump(exclude={"id"})
    ids = [f"c-{number}" for number in range(count)]
    put(store, Customer, [blank | a_customer(draw, one) for one in ids])
    put(store, Mention, [said | a_mention(draw, one, n) for n, one in enumerate(ids + ids)])
    state = {"state": "active", "since": NOW, "drivers": [], "owner": "", "why": "", "review": ""}
    state |= {"before": None, "rests_until": None}
    put(store, Reference, [state | {"customer": one} for one in ids if int(one[2:]) % 3 and draw.random() < 0.15])
    put(store, ReferenceAsk, [an_ask(draw, one) for one in ids if draw.random() < 0.3])


def a_customer(draw: random.Random, one: str) -> dict[str, Any]:
    # one in three has a product that no reference has: then those who praised us last are all there is
    products = ["Other"] if int(one[2:]) % 3 == 0 else draw.sample(["Flow", "Desk", "Mobile"], 2)
    return {"id": one, "segment": draw.choice(SEGMENTS), "products": products}


def a_mention(draw: random.Random, one: str, number: int) -> dict[str, Any]:
    label = draw.choices(("positive", "neutral", "negative"), (6, 3, 1))[0]
    posted = NOW - draw.randrange(400) * DAY
    return {"customer": one, "person": one, "label": label, "post": f"p{number}", "external_id": f"{number}"} | {
        "posted_at": posted,
        "decided_at": posted,
    }


def an_ask(draw: random.Random, one: str) -> dict[str, Any]:
    asked = {"customer": one, "at": NOW - draw.randrange(700) * DAY, "form": "call", "asker": "sales", "driver": ""}
    nothing = dict.fromkeys(("request", "delivery", "expected", "answered_at"))
    return {**asked, **nothing, "answer": draw.choice(("yes", "no", None)), "why": ""}


def put(store: Store, model: Any, rows: list[dict[str, Any]]) -> None:
    with store.database.write() as connection:
        for some in chunks(rows):
            many(connection, table(model).insert(), some)
