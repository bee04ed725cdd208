"""Builders for the road: a store with one source, parts of the pipeline over it, plain channels that remember."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from connectors.contract import Batch, Connector, Door, Item, Receipt
from listener.actions.contract import Channel, Message, Outside
from listener.actions.templates import Templates
from listener.customers.clues import order_numbers
from listener.intake import BrandNames, Brands, Intake
from listener.model.contact import Check, unbounded
from listener.model.handling import PLAIN_HANDLING, Handling
from listener.model.verdict import Utterance, Verdict
from listener.pipeline.act import Act
from listener.pipeline.carrying import Ways
from listener.pipeline.collect import Collect, Watched
from listener.pipeline.courtesies import Courtesies
from listener.pipeline.evidence_cards import EvidenceCards
from listener.pipeline.issue_check import IssueCheck
from listener.pipeline.issue_watch import IssueWatch
from listener.pipeline.joined import Reading
from listener.pipeline.judge import Judge
from listener.pipeline.notices import Notices
from listener.pipeline.orders import Orders
from listener.pipeline.running import Running
from listener.pipeline.sitting import Limits
from listener.store import Store
from listener.understanding.utterances import BrandWords
from rules import book
from rules.terms import MaxAge
from tests.fresh import a_store

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LOG = structlog.get_logger("listener")

RULES = """\
version: 1
rules:
  - id: thank
    mode: ask
    when: {sentiment: positive}
    then: [{thank: {template: thanks}}]
    limits: {thank: {per_person: 1 per 7d}}
  - id: recover
    mode: live
    when: {sentiment: negative}
    then:
      - open_ticket: {queue: care, first_reply_within: 4h}
      - alert: {channel: care}
    limits: {open_ticket: {per_person: 1 per 7d}}
    tests:
      - {name: fires, given: {sentiment: negative}, expect: [open_ticket, alert]}
      - {name: rests, given: {sentiment: neutral}, expect: nothing}
"""


class Mood:
    """Understanding that reads the mood off the text itself: `+`, `-`, `!` for a bug, else neutral."""

    def judge(self, utterance: Utterance) -> Verdict:
        if "!" in utterance.text:
            raise ZeroDivisionError("a bug in the engine")
        label = "positive" if "+" in utterance.text else "negative" if "-" in utterance.text else "neutral"
        return Verdict(label, {"positive": 0.8, "negative": -0.8}.get(label, 0.0), 0.9, "mood", "en")


class Remembering(Channel):
    """A channel that keeps what it was asked to carry, and fails when told to."""

    @property
    def doubt(self) -> str:  # type: ignore[override]
        return "ask"

    def deliver(self, message: Message, outside: Outside) -> Receipt:
        if trouble := TROUBLE.get("next"):
            raise trouble
        SENT.append(message)
        return Receipt("remembered", message.key)


SENT: list[Message] = []
TROUBLE: dict[str, Exception | None] = {}


class Scripted(Connector):
    """A source that says what a test wrote into SCRIPT: batches, or errors to raise."""

    def poll(self, cursor: str, door: Door) -> Batch:
        step = SCRIPT.pop(0) if SCRIPT else Batch(unchanged=True)
        if isinstance(step, Exception):
            raise step
        return step


SCRIPT: list[Batch | Exception] = []


@dataclass
class Clock:
    """A clock that tests move."""

    time: datetime = NOW

    def __call__(self) -> datetime:
        return self.time

    def pass_by(self, **stretch: float) -> None:
        self.time += timedelta(**stretch)


@dataclass
class ClockDoor:
    """As much of a door as a scripted source needs."""

    now: Callable[[], datetime]
    stopped: threading.Event = field(default_factory=threading.Event)


@dataclass
class Road:
    """The three steps over one store."""

    store: Store
    clock: Clock
    collect: Collect
    judge: Judge
    act: Act
    notices: Notices
    watch: IssueWatch
    sent: list[Message] = field(default_factory=lambda: SENT)

    def says(self, *items: Item, **batch: object) -> None:
        """The source brings these items, and they are judged."""
        SCRIPT.append(Batch(items=items, **batch))  # type: ignore[arg-type]
        assert self.collect.poll("forum") == "ok"
        while self.judge.batch():
            pass

    def perform_all(self) -> list[str]:
        ended: list[str] = []
        self.act.perform_all([number for number, _ in self.store.deliveries.due(self.clock())], ended.append)
        return ended


def an_item(external_id: str = "p1", text: str = "Acme Flow -", handle: str | None = "anna", **changes: object) -> Item:
    """A post about Acme Flow, five minutes old."""
    from connectors.contract import Author

    values: dict[str, object] = {"url": f"https://forum.example/{external_id}", "posted_at": NOW - timedelta(minutes=5)}
    return Item(external_id, text, author=Author(handle=handle), **(values | changes))  # type: ignore[arg-type]


def a_road(
    folder: Path,
    rules: str = RULES,
    store: Store | None = None,
    handling: Handling = PLAIN_HANDLING,
    order_number: str = "",
    contact: Check = unbounded,
    patient: bool = False,
    courtesies: Courtesies | None = None,
    understanding: Mood | None = None,
    reading: Callable[[], Reading] = Reading,
    also: tuple[str, ...] = (),
    **channel: object,
) -> Road:
    """A road whose rules have been running for a day and whose source has been polled before; `also`: more brands."""
    SENT.clear(), TROUBLE.clear(), SCRIPT.clear()
    store = store or a_store(folder)
    clock = Clock()
    (folder / "rules.d").mkdir()
    (folder / "rules.d" / "all.yaml").write_text(rules)
    loaded = book.load(folder / "rules.d")
    running = Running(loaded, {rule.id: NOW - timedelta(days=1) for rule in loaded.rules})
    notices = Notices(store, "ops")
    named = ("Acme Flow", *also)
    watched = Watched("forum", "feed", Scripted(), named, False, "forum", "discussion", timedelta(minutes=10))
    acme = BrandNames("Acme Flow", ("acme flow",), own_accounts=("forum:acme_care",))
    brands = Brands([acme, *(BrandNames(name, (name.casefold(),)) for name in also)])
    door = lambda source: ClockDoor(clock)  # noqa: E731
    praises = lambda post, brand: judge.praises(post, brand)  # noqa: E731
    collect = Collect(store, Intake(brands, Brands([])), {"forum": watched}, door, notices, MaxAge(), LOG, praises)
    words = {name: BrandWords((name,), ()) for name in named}
    limits = Limits("ask", MaxAge(), ZoneInfo("UTC"))
    check = IssueCheck(reading, patient)
    orders = Orders(Templates(folder), handling, cards=EvidenceCards(check), courtesies=courtesies)
    parts = {"issues": check, "order_numbers": order_numbers(order_number), "contact": contact}
    judge = Judge(store, understanding or Mood(), words, lambda: running, orders, limits, clock, LOG, **parts)  # type: ignore[arg-type]
    channels = {"care": Remembering(**channel), "ops": Remembering(), "mail": Remembering()}
    ways = Ways(channels, {"forum": watched.connector}, ClockDoor(clock), door, handling)  # type: ignore[arg-type]
    store.sources.enlist([("forum", "feed", "{}")])
    act = Act(store, ways, notices, clock, LOG, contact=contact)
    watch = IssueWatch(store, check, reading, clock, "ops", LOG, lambda: loaded)
    road = Road(store, clock, collect, judge, act, notices, watch)
    road.says()
    return road
