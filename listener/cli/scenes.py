"""What happened in the demo's store since a moment, as scenes to tell."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from listener.config import Secrets, load
from listener.demo.servers import Received, World
from listener.demo.telling import Note, Scene
from listener.log import Redaction
from listener.store import Store
from listener.store.delivery_lists import DeliveryFilter
from listener.store.issues import IssueFilter
from listener.store.mentions import MentionFilter
from listener.store.tickets import TicketFilter
from listener.wiring import open_store
from listener.wiring.now import clock

ALL = 100_000
BUSY = ("due", "sending")


@dataclass(frozen=True, slots=True)
class Moment:
    """How far the demo had come: the newest numbers, what the sinks had received, the time."""

    mention: int = 0
    delivery: int = 0
    ticket: int = 0
    slack: int = 0
    mails: int = 0
    at: datetime | None = None


BEGINNING = Moment()


@contextmanager
def store_of(config: Path) -> Iterator[Store]:
    """The store of this configuration."""
    loaded = load(config)
    with closing(open_store(loaded, Secrets(loaded.folder, os.environ, Redaction()))) as store:
        yield store


def is_settled(store: Store, since: Moment) -> bool:
    """Whether every source was read since then, everything is judged, and nothing is due."""
    last = [row.last_ok_at for row in store.sources.all()]
    is_read = bool(last) and all(at and (since.at is None or at > since.at) for at in last)
    counts = store.deliveries.counts()
    return is_read and not store.mentions.waiting() and not any(counts.get(name) for name in BUSY)


def moment(store: Store, world: World) -> Moment:
    """How far it has come now."""
    received = world.received
    return Moment(
        mention=max((row.id for row in store.mentions.page(MentionFilter(limit=1))), default=0),
        delivery=max((row.id for row in store.deliveries.page(DeliveryFilter(limit=1))), default=0),
        ticket=max((row.id for row in store.tickets.page(TicketFilter(limit=1))), default=0),
        slack=len(received.slack),
        mails=len(received.mails),
        at=clock(),
    )


def scene(store: Store, world: World, title: str, since: Moment = BEGINNING) -> Scene:
    """What is new since then."""
    mentions = store.mentions.page(MentionFilter(limit=ALL))
    fresh = [row for row in mentions if row.id > since.mention]
    return Scene(
        title,
        mentions=Counter(row.source for row in fresh).most_common(),
        by_label=Counter(row.label for row in fresh if row.label).most_common(),
        edits=[_edit(row) for row in mentions if _changed(row, since)],
        drafts=_drafts(store, since),
        tickets=_tickets(store, since),
        troubles=_troubles(store, since),
        alerts=_alerts(world.received, since),
    )


def _changed(row: Row[Any], since: Moment) -> bool:
    return any(at and (since.at is None or at > since.at) for at in (row.edited_at, row.gone_at))


def _edit(row: Row[Any]) -> Note:
    what = "deleted there: its text is gone here too" if row.gone_at else row.text
    return Note(_who(row), what, f"listener explain {row.id}")


def _who(row: Row[Any]) -> str:
    return str(row.author_name or row.author_handle or "somebody")


def _drafts(store: Store, since: Moment) -> Sequence[Note]:
    rows = store.deliveries.page(DeliveryFilter(status=("waiting",), limit=ALL))
    return [
        Note(row.person or "somebody", row.text, f"listener approve {row.id}")
        for row in rows
        if row.id > since.delivery and row.action == "thank"
    ]


def _tickets(store: Store, since: Moment) -> Sequence[Note]:
    rows = [row for row in store.tickets.page(TicketFilter(limit=ALL)) if row.id > since.ticket]
    mentions = store.tickets.mentions_of([row.id for row in rows])
    return [_ticket(store, row, mentions.get(row.id, [])) for row in rows]


def _ticket(store: Store, row: Row[Any], mentions: Sequence[int]) -> Note:
    first = store.mentions.get(mentions[0]) if mentions else None
    due = f"first reply due {row.first_reply_due:%a %H:%M %Z}, " if row.first_reply_due else ""
    solved = f"solution by {row.resolve_due:%a %d %b %H:%M}" if row.resolve_due else "no promise"
    owner = f", owner {row.owner}" if row.owner else ""
    where = f"{due}{solved} (working hours){owner}: listener ticket show {row.id}"
    return Note(row.person, first.text if first else "", where)


def _troubles(store: Store, since: Moment) -> Sequence[Note]:
    """Issues that several persons have, the largest first, if anything was said of them since then."""
    rows = [row for row in store.issues.page(IssueFilter(limit=ALL)) if row.spread in ("shared", "outbreak")]
    fresh = [row for row in rows if any(mention.id > since.mention for mention in store.issues.mentions(row.id))]
    return [_trouble(row) for row in sorted(fresh, key=lambda row: (-row.persons, row.id))]


def _trouble(row: Row[Any]) -> Note:
    usual = "what is usual is not known yet" if row.ratio is None else f"{row.ratio:.0f} times the usual"
    known = f"{row.customers} of them known customers"
    return Note(row.title, f"{row.spread}, {row.persons} persons, {known}; {usual}", f"listener issues show {row.id}")


def _alerts(received: Received, since: Moment) -> Sequence[Note]:
    posts = [Note("Slack", str(payload.get("text", ""))) for payload in received.slack[since.slack :]]
    # letters to customers are a story of their own
    desk = [mail for mail in received.mails[since.mails :] if "List-Unsubscribe" not in mail.message]
    mails = [Note("mail", str(mail.message["subject"])) for mail in desk]
    return [*posts, *mails]
