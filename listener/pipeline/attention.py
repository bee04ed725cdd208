"""Tickets that the daemon looks at by itself: warns before a promise breaks, ends a wait, sees who was won back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row
from structlog.typing import FilteringBoundLogger

from listener.actions import ticket_words as words
from listener.actions.contract import Message
from listener.actions.ticket_words import TicketTold
from listener.model.handling import Handling
from listener.pipeline.notices import as_delivery
from listener.recovery import win_back
from listener.recovery.escalation import Stage, next_look, reached
from listener.store import Store
from listener.store.recovery import Look


@dataclass(frozen=True, slots=True)
class Readers:
    """Who hears of tickets: everybody on `channel`; owners by `mail_by`, an e-mail channel, at their own address.

    `reached` are the addresses in lower case that read `channel` anyway: they get no second mail.
    """

    channel: str
    zone: ZoneInfo
    mail_by: str = ""
    addresses: Mapping[str, str] = field(default_factory=dict)
    reached: frozenset[str] = frozenset()

    def notices(
        self, number: int | None, owner: str | None, message: Message, at: datetime, all_hear: bool
    ) -> list[Any]:
        """One delivery for each who must hear of it: the owner alone, or with `all_hear` the channel too."""
        address = self.addresses.get(owner or "") if self.mail_by else None
        found = []
        if address and not (all_hear and address.casefold() in self.reached):
            own = message.model_copy(update={"to": address, "key": f"{message.key}:owner"})
            found.append(as_delivery(own, self.mail_by, at))
        if all_hear or not address:
            found.append(as_delivery(message, self.channel, at))
        return [{**notice, "options": {"ticket": number} if number else {}} for notice in found]


class Attention:
    """Looks at each ticket when its time has come. Each look and its notices are one transaction."""

    def __init__(
        self,
        store: Store,
        readers: Readers,
        handling: Handling,
        now: Callable[[], datetime],
        log: FilteringBoundLogger,
    ) -> None:
        self._store = store
        self._readers = readers
        self._handling = handling
        self._now = now
        self._log = log

    def look(self) -> int:
        """Look at every ticket whose time has come; how many there were."""
        now = self._now()
        rows = self._store.recovery.to_look(now)
        for row in rows:
            look = self._won_back(row, now) if row.status == "closed" else self._promises(row, now)
            if self._store.recovery.looked(row, look, now) and look.what:
                self._log.info("ticket.looked_at", ticket=row.id, what=look.what)
        return len(rows)

    def _promises(self, row: Row[Any], now: datetime) -> Look:
        if row.status == "waiting" and row.wait_until and row.wait_until <= now:
            return self._waited(row, now)
        stages = reached(row, now)
        notices = [notice for stage in stages for notice in self._tell(row, stage, now)]
        what = "escalated" if stages else ""
        told = ", ".join(f"{stage.promise} {'late' if stage.late else 'soon'}" for stage in stages)
        return Look({"look_at": next_look(row, now)}, what, told, notices)

    def _tell(self, row: Row[Any], stage: Stage, now: datetime) -> list[Any]:
        when = "late" if stage.late else "soon"
        key = f"ticket:{row.id}:{stage.promise}:{when}:{stage.due.isoformat()}"
        due = stage.due.astimezone(self._readers.zone)
        message = words.promise(told_of(row), stage.promise, due, stage.late, key)
        return self._readers.notices(row.id, row.owner, message, now, all_hear=stage.late)

    def _waited(self, row: Row[Any], now: datetime) -> Look:
        """The next look tells what is late by now."""
        message = words.waited(told_of(row), f"ticket:{row.id}:waited:{row.wait_until.isoformat()}")
        notices = self._readers.notices(row.id, row.owner, message, now, all_hear=False)
        return Look(self._handling.resumed(row, now), "resumed", "the time for an answer is over", notices)

    def _won_back(self, row: Row[Any], now: datetime) -> Look:
        before = self._store.recovery.complaints_of(row.id)
        after = self._store.recovery.said_after(row.person, row.closed_at)
        found = win_back.as_json(before, after, now)
        notices: list[Any] = []
        if found["verdict"] == "worse":
            key = f"ticket:{row.id}:worse:{row.closed_at.isoformat()}"
            message = words.got_worse(told_of(row), (now - row.closed_at).days, key)
            notices = self._readers.notices(row.id, row.owner, message, now, all_hear=True)
        return Look({"look_at": None, "win_back": found}, "checked", str(found["verdict"]), notices)


def told_of(row: Row[Any]) -> TicketTold:
    """A ticket as people are told of it."""
    url = row.external["url"] if row.external else None
    return TicketTold(row.id, row.queue, row.urgency, row.person, row.owner, row.replied_at is not None, url)
