"""Builders: a store, what it holds, and a folder in which commands run."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from listener.cli import main
from listener.model.plan import Arrival, Judgement, Ordered, TicketPlan
from listener.model.verdict import Evidence, Verdict
from listener.pipeline.notices import BLANK
from listener.store import Store
from listener.store.asks import Wanted
from listener.store.delivery_lists import DeliveryFilter
from listener.store.mentions import MentionFilter
from tests.fresh import a_store

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
# the processes that tests start go by the same clock
BEGAN = float(os.environ.setdefault("TESTS_BEGAN", str(time.monotonic())))
READING_THE_CLOCK = ("listener.wiring.now", "listener.cli.asked", "listener.cli.importing", "listener.cli.lists")

CONFIG = """\
[[brand]]
name = "Acme Flow"

[[channel]]
name = "care"
kind = "log"
"""

RULES = """\
version: 1
rules:
  - id: thank-the-happy
    about: Thank whoever is happy.
    owner: care
    mode: ask
    when: {sentiment: positive}
    then: [thank: {template: thanks}]
    limits: {thank: {per_person: 1 per 7d}}
  - id: help-the-unhappy
    about: One ticket.
    owner: care
    mode: live
    when: {sentiment: negative}
    then: [open_ticket: {queue: care}]
    tests:
      - {given: {sentiment: negative}, expect: [open_ticket]}
      - {given: {sentiment: positive}, expect: nothing}
"""


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class House:
    """A folder with a configuration, a rule book, and a store once something opens it."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    def run(self, *arguments: str) -> Ran:
        """A command in this process, under this configuration."""
        return ran("--config", str(self.config), *arguments)

    @contextmanager
    def start(self, *arguments: str, before: str = "", **options: Any) -> Iterator[subprocess.Popen[str]]:
        """A command as a process of its own, after the code `before`; it ends with the test that began it."""
        code = f"{before}\nfrom listener.cli import main; main()"
        command = [sys.executable, "-c", code, "--config", str(self.config), *arguments]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        with subprocess.Popen(command, **pipes, **options) as process:
            try:
                yield process
            finally:
                process.kill()

    @contextmanager
    def store(self) -> Iterator[Store]:
        store = a_store(self.folder)
        try:
            yield store
        finally:
            store.close()


def the_time() -> datetime:
    """What the clock of commands shows: some minutes after NOW, on whatever day and at whatever hour tests run."""
    return NOW + timedelta(seconds=time.monotonic() - BEGAN)


class Clock(datetime):
    """Stands for `datetime` where the clock is read."""

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        return the_time()


def keep_time(patch: pytest.MonkeyPatch) -> None:
    """Let commands of this process go by that clock."""
    for module in READING_THE_CLOCK:
        patch.setattr(f"{module}.datetime", Clock)


def ran(*arguments: str) -> Ran:
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.MonkeyPatch.context() as patch:
        keep_time(patch)
        try:
            main(arguments)
        except SystemExit as end:
            return Ran(int(end.code or 0), out.getvalue(), err.getvalue())
    return Ran(0, out.getvalue(), err.getvalue())


def a_house(folder: Path, config: str = CONFIG, rules: str = RULES) -> House:
    """A folder in which commands run."""
    (folder / "rules.d").mkdir(exist_ok=True)
    (folder / "config.toml").write_text(config, "utf-8")
    (folder / "rules.d" / "book.yaml").write_text(rules, "utf-8")
    return House(folder)


def an_arrival(external_id: str = "p1", text: str = "Acme Flow is down", **columns: Any) -> Arrival:
    """One post about Acme Flow, as intake hands it to the store."""
    known = dict.fromkeys(
        ("author_name", "author_url", "author_followers", "language", "rating", "edited_at", "gone_at", "thread")
    ) | dict.fromkeys(("company_reply", "copy_a", "copy_b", "product"))
    known |= {"source": "forum", "kind": "feed", "platform": "forum", "voice": "discussion", "title": "", "text": text}
    known |= {"url": f"https://forum.example/{external_id}", "author_handle": "anna", "attributes": {}, "tags": []}
    known |= {"posted_at": NOW - timedelta(minutes=5), "seen_at": NOW, "dated": True, "simhash": 0, "verdict": {}}
    known |= dict.fromkeys(("history", "reply_to_us", "first_poll", "own"), False)
    brand = columns.pop("brand", "Acme Flow")
    post = columns.pop("post", known["url"])
    return Arrival(external_id, post, text, known | columns, {brand: ["acme flow"]})


def a_mention(store: Store, external_id: str = "p1", text: str = "Acme Flow is down", **columns: Any) -> int:
    """A kept mention that waits to be judged; its number."""
    arrival = an_arrival(external_id, text, **columns)
    store.arrivals.take(arrival.columns["source"], [arrival], NOW)
    return int(store.mentions.page(MentionFilter(limit=1))[0].id)


def judged(store: Store, number: int, label: Any = "negative", person: str = "forum:anna", **decision: Any) -> None:
    """The verdict and the decision about a mention."""
    verdict = Verdict(label, -0.5, 0.9, "vader", "en", (Evidence("down", -1.5, "service"),), topics=("outage",))
    columns = {"mention": number, "book": "b1", "at": NOW, "fired": [], "settled": [], "facts": {}}
    columns |= {"nothing_because": "no rule matched"} | decision
    with store.judging.turn(NOW) as turn:
        turn.claim([number], NOW)
        turn.keep_judgements([Judgement(number, verdict, person, None)])
        turn.keep([Ordered(columns)])


def a_delivery(store: Store, status: str = "waiting", **columns: Any) -> int:
    """A delivery, by default a thank-you draft that waits for a person; its number."""
    row = {**BLANK, "key": f"k{store.deliveries.counts()}", "action": "thank", "rule": "thank-the-happy"}
    row |= {"channel": None, "purpose": "thanks", "status": status, "text": "Thank you!", "person": "forum:anna"}
    store.deliveries.add(row | {"due_at": NOW, "created_at": NOW} | columns)
    return int(store.deliveries.page(DeliveryFilter(limit=1))[0].id)


def a_ticket(store: Store, mention: int, person: str = "forum:anna") -> int:
    """An open ticket for a mention; its number."""
    plan = TicketPlan(mention, person, None, None, "help-the-unhappy", {"queue": "care", "first_reply_within": 3600})
    with store.judging.turn(NOW) as turn:
        return turn.open_ticket(plan).ticket


def a_customer(store: Store, number: str = "c-17", handle: str = "forum:anna", **columns: Any) -> None:
    """One customer with a mail address and a handle; the registry holds nobody else."""
    known: dict[str, Any] = {"id": number, "name": "Anna", "email": "anna@customer.example"} | columns
    blank = dict.fromkeys(("segment", "plan", "region", "version", "timezone", "language", "owner", "owner_role"), "")
    blank |= {"products": [], "tags": [], "consents": [], "columns": {}, "renewal_at": "", "do_not_contact": False}
    platform, _, name = handle.partition(":")
    pair = {"platform": platform, "handle": name, "customer": number}
    store.customers.replace([blank | known], [pair])


def an_ask(store: Store, customer: str = "c-17", **columns: Any) -> None:
    """Somebody of sales asked this customer for a call, by a request of their own that is over."""
    number = store.asks.open(Wanted("call", {}, "sales"), NOW)
    asked = {"form": "call", "asker": "sales", "driver": "", "expected": 0.4, "answer": None, **columns}
    assert store.asking.reserve(number, customer, "main", NOW, asked, lambda *_: True)
    store.asks.close(number, "cancelled", "", NOW, [])
