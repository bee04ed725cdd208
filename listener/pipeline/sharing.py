"""Buyers who stayed silent are asked for their honest opinion: chosen by what they bought, by nothing they feel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row
from structlog.typing import FilteringBoundLogger

from connectors.contract import Failed
from listener.actions.templates import Templates
from listener.pipeline.courtesies import DRAFTS_EXPIRE, subject_of
from listener.pipeline.letters import Mailroom, letter
from listener.store import Store
from listener.store.silent_buyers import SHARE, Silent

TEMPLATE = "ask-to-share"
DAY = timedelta(days=1)
FRESH = timedelta(days=60)  # who bought longer ago than this after the wait is not asked any more


@dataclass(frozen=True, slots=True)
class Wait:
    """How long after a purchase a silent buyer is asked (None: never), and how many drafts a day may hold."""

    after: timedelta | None
    per_day: int
    rest: timedelta


class Sharing:
    """Drafts letters that wait for a person. Sentiment is no part of the question, so none can bend the answer."""

    def __init__(
        self,
        store: Store,
        templates: Templates,
        room: Mailroom,
        brand: str,
        wait: Wait,
        now: Callable[[], datetime],
        log: FilteringBoundLogger,
    ) -> None:
        self._store = store
        self._templates = templates
        self._room = room
        self._brand = brand
        self._wait = wait
        self._now = now
        self._log = log

    def ask(self) -> int:
        """Draft what is left of this day's share; returns how many. One purchase is asked about once."""
        now = self._now()
        if self._wait.after is None or not self._room.channel:
            return 0
        left = self._wait.per_day - self._store.silent_buyers.drafted_since(now - DAY)
        bought = now - self._wait.after
        wanted = Silent(bought - FRESH, bought, now - self._wait.rest)
        rows = self._store.silent_buyers.of(wanted, left) if left > 0 else []
        try:
            self._store.deliveries.add(*(self._draft(row, now) for row in rows))
        except Failed as error:
            self._log.error("share.no_words", error=str(error))
            return 0
        return len(rows)

    def _draft(self, row: Row[Any], now: datetime) -> dict[str, Any]:
        """Raises Failed where the template cannot be filled."""
        facts = {"brand": self._brand, "customer.name": row.name, "share.places": ""}
        title, text = subject_of(self._templates.render(TEMPLATE, facts, row.language).text)
        key = f"{SHARE}:{row.id}:{row.bought_at:%Y-%m-%d}"
        waits = {"status": "waiting", "expires_at": now + DRAFTS_EXPIRE, "action": SHARE}
        return letter(self._room, key, "ask", row.id, title or f"A note from {self._brand}", text, now, **waits)
