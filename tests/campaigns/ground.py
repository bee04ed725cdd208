"""Builders: a registry, an issue that a segment of it reports, and everything that campaigns need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from listener.actions.templates import Templates
from listener.model.grouped import Membership, Opening
from listener.model.plan import Judgement
from listener.model.verdict import Evidence, Verdict
from listener.pipeline.act import Act
from listener.pipeline.asking import Asking
from listener.pipeline.audience import Audiences
from listener.pipeline.campaign_letters import Wordings
from listener.pipeline.carrying import Ways
from listener.pipeline.closing import Closing
from listener.pipeline.issue_report import Ledger, Report
from listener.pipeline.letters import Mailroom
from listener.pipeline.notices import Notices
from listener.pipeline.outreach import Outreach, Pace
from listener.pipeline.people import People
from listener.pipeline.people import Person as Who
from listener.signing import Signer
from listener.store import Store, grouped, issues
from listener.store.mentions import MentionFilter
from tests.makers import NOW, an_arrival
from tests.pipeline.road import SENT, TROUBLE, Clock, ClockDoor, Remembering

LOG = structlog.get_logger("listener")
SIGNER = Signer(b"key")
ROOM = Mailroom("mail", "https://listener.example", SIGNER)
BLANK: dict[str, Any] = dict.fromkeys(("segment", "plan", "region", "version", "timezone", "language", "owner"), "")
BLANK |= {"owner_role": "", "products": [], "tags": [], "consents": [], "columns": {}, "renewal_at": ""}
BLANK |= {"do_not_contact": False}


def customers(store: Store, *rows: dict[str, Any]) -> None:
    """The registry is exactly these; what is left out is empty, and everybody has a mail address."""
    full = [BLANK | {"name": f"Name {row['id']}", "email": f"{row['id']}@customer.example"} | row for row in rows]
    store.customers.replace(full, [])


def registry(store: Store, size: int = 60) -> None:
    """Customers c0…: every third has version 3, every second the plan pro."""
    plans, versions = ("pro", "free"), ("3", "1", "2")
    customers(store, *({"id": f"c{n}", "plan": plans[n % 2], "version": versions[n % 3]} for n in range(size)))


def said(store: Store, who: Sequence[str], label: Any = "negative", at: datetime = NOW, tag: str = "x") -> list[int]:
    """One mention by each of these: customers `c…`, else strangers; their numbers."""
    posts = [an_arrival(f"{tag}-{one}", f"{tag} {one}", posted_at=at, author_handle=one) for one in who]
    store.arrivals.take("forum", posts, at)
    rows = {row.external_id: row.id for row in store.mentions.page(MentionFilter(limit=100_000))}
    numbers = [rows[f"{tag}-{one}"] for one in who]
    verdict = Verdict(label, -0.5, 0.9, "vader", "en", (Evidence("down", -1.5, "service"),), topics=("outage",))
    with store.judging.turn(at) as turn:
        turn.claim(numbers, at)
        turn.keep_judgements(
            [
                Judgement(number, verdict, one if one[0] == "c" else f"forum:{one}", one if one[0] == "c" else None)
                for number, one in zip(numbers, who, strict=True)
            ]
        )
    return numbers


def an_issue(store: Store, numbers: Sequence[int], name: str = "sync", at: datetime = NOW) -> str:
    """These mentions are one issue."""
    with store.database.write() as connection:
        place = sum(map(ord, name))
        opening = Opening(
            name, place, "Acme Flow", "outage", numbers[0], at - timedelta(hours=1), "Sync is down", ("sync",)
        )
        grouped.open_all(connection, store.database, [opening], at)
        issues.place(connection, [Membership(number, name, 0.5, "alike", "1") for number in numbers], at)
    return name


def an_outbreak(store: Store, reporters: int = 8, others: int = 30) -> str:
    """Customers of version 3 report an issue; others of all versions complained of other things."""
    who = [f"c{3 * n}" for n in range(reporters)]
    rest = [f"c{n}" for n in range(others) if f"c{n}" not in who]
    said(store, rest, at=NOW - timedelta(days=3), tag="other")
    return an_issue(store, said(store, [*who, "stranger"], at=NOW - timedelta(hours=2), tag="down"))


@dataclass
class Ground:
    """A store with what sends campaigns over it."""

    store: Store
    outreach: Outreach
    act: Act
    clock: Clock
    sent: list[Any] = field(default_factory=lambda: SENT)

    def goes_on(self, beats: int = 12, hours: float = 0) -> None:
        """Time passes, the campaigns' beat comes and what is due goes out."""
        self.clock.time += timedelta(hours=hours)
        for _ in range(beats):
            self.clock.time += timedelta(seconds=1)
            self.outreach.beat()
            with self.act.performing() as performer:
                for number, _ in self.store.deliveries.due(self.clock()):
                    performer.perform(number)

    @property
    def closing(self) -> Closing:
        people = lambda who: People(self.store, lambda source: False, self.clock, Who(who))  # noqa: E731
        return Closing(self.store, self.outreach, people, self.clock, LOG)

    def report(self, issue: str = "sync") -> Report:
        return Ledger(self.store, self.clock).of(issue)

    def state(self, issue: str = "sync") -> str:
        row = self.store.issues.get(issue)
        return str(row.state) if row else ""

    def told(self) -> list[str]:
        """To whom messages went, in order."""
        return [str(message.to).partition("@")[0] for message in self.sent if message.to]


def a_ground(store: Store, folder: Path, **pace: Any) -> Ground:
    """Everything works; ops' own templates stand in `folder`."""
    SENT.clear(), TROUBLE.clear()
    clock = Clock()
    notices = Notices(store, "ops")
    audiences = Audiences(store, clock)
    link = Asking(ROOM.address, SIGNER).link
    approvers = frozenset({"kim", "lee"})
    words = Wordings(store, Templates(folder), ROOM, 0.2, clock, link)
    outreach = Outreach(store, audiences, words, notices, Pace(**pace), approvers, clock, LOG)
    ways = Ways({"mail": Remembering(), "ops": Remembering()}, {}, ClockDoor(clock), lambda source: ClockDoor(clock))  # type: ignore[arg-type, return-value]
    return Ground(store, outreach, Act(store, ways, notices, clock, LOG), clock)
