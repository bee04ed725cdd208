"""Advocacy at size: a request ranked over 100,000 customers, rates over 1,000,000 referrals, clicks."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import create_connection
from statistics import median
from time import process_time
from typing import Any

from structlog import get_logger

from bench.figures import Figure
from listener.advocacy.ranking import Candidate, ranked
from listener.advocacy.referring import REFERRAL, new_code
from listener.config.quantities import Address
from listener.model.customer import Customer
from listener.model.mention import Mention
from listener.model.reference import Reference, ReferenceAsk
from listener.model.referral import Referral
from listener.signing import Signer
from listener.store import Store
from listener.store.engine import chunks, many, table
from listener.store.goodwill import Sought
from listener.store.upgrading import migrate
from listener.web import serve
from listener.web.referring import Visits

CUSTOMERS, MANY, CLICKS = 100_000, 1_000_000, 1_000
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

    yield from rates(int(MANY * share))
    yield from visits(int(CLICKS * share) or 50)


def rates(count: int) -> Iterator[Figure]:
    """Rates by group over as many referrals as customers."""
    with tempfile.TemporaryDirectory() as folder, closing(Store(f"sqlite:///{Path(folder)}/listener.db")) as store:
        migrate(store.database, NOW)
        bring(store, count)
        seconds = []
        for by in ("segment", "region", "industry"):
            began = process_time()
            groups = store.reckoning.referrers(by, NOW - 365 * DAY, NOW + DAY)
            seconds.append(process_time() - began)
            assert sum(group.of for group in groups) == count
    raw = ", ".join(f"{one:.2f}" for one in seconds)
    yield Figure(f"rates by group over {count:,} referrals and customers", max(seconds), "s", ceiling=2, raw=raw)


def visits(count: int) -> Iterator[Figure]:
    """Referral links followed one after the other, over a real socket, each counted durably."""
    with tempfile.TemporaryDirectory() as folder, closing(Store(f"sqlite:///{Path(folder)}/listener.db")) as store:
        migrate(store.database, NOW)
        signer = Signer(store.house.signing_key())
        code = store.referrals.code_of("c-1", NOW, new_code(lambda drawn: signer.digest(REFERRAL, drawn)))
        page = Visits(store.referrals, signer, "https://acme.example/welcome", lambda: NOW)
        with serve(Address("127.0.0.1", 0), {"/r/": page}, get_logger("listener")) as port:
            began = process_time()
            for _ in range(count):
                with create_connection(("127.0.0.1", port)) as visitor:
                    visitor.sendall(f"GET /r/{code} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
                    assert b" 302 " in visitor.recv(200)
            spent = process_time() - began
        # the visitor's own work is in it, so the server alone is faster
        yield Figure("referral clicks on one core", count / spent, "clicks a second of CPU", floor=200)


def bring(store: Store, count: int) -> None:
    draw = random.Random(9)
    blank = Customer(id="").model_dump()
    empty = Referral(customer="", newcomer="", source="csv", status="", at=NOW).model_dump(exclude={"id"})
    for start in range(0, count, 50_000):
        ids = range(start, min(count, start + 50_000))
        put(store, Customer, [blank | a_customer(draw, f"c-{n}") | where(draw) for n in ids])
        put(store, Referral, [empty | a_referral(draw, n, count) for n in ids])


def where(draw: random.Random) -> dict[str, Any]:
    return {"region": draw.choice(("EU", "US", "APAC")), "columns": {"industry": draw.choice(("retail", "bank", "it"))}}


def a_referral(draw: random.Random, number: int, count: int) -> dict[str, Any]:
    # a few bring many: as it is in life
    whose = int(count * draw.random() ** 3)
    status = draw.choice(("signed_up", "purchased", "rejected"))
    came = NOW - draw.randrange(500) * DAY
    return {"customer": f"c-{whose}", "newcomer": f"n-{number}", "status": status, "at": came}


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
