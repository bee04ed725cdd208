"""The daily look over references: new owners, customers who left, pauses whose cause is over, consents run out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from listener.actions import advocacy as words
from listener.advocacy.souring import over
from listener.pipeline.notices import Notices, as_delivery
from listener.store import Store
from listener.store.reviews import OUTBREAK

LEFT = "the customer left: the registry does not have them any more"


class ReferenceWatch:
    """Tells our own people, and pauses. It reinstates nobody."""

    def __init__(self, store: Store, notices: Notices, after_complaint: timedelta, now: Callable[[], datetime]) -> None:
        self._store = store
        self._notices = notices
        self._after_complaint = after_complaint
        self._now = now

    def look(self) -> None:
        """All of it; nothing is told twice. Raises StoreTrouble."""
        now = self._now()
        self._store.reviews.gone(now, LEFT)
        for row in self._store.reviews.handed_over():
            message = words.review(row.customer, row.before, row.owner, f"review:{row.customer}:{now:%Y-%m-%d}")
            why = f"the owner was {row.before or 'nobody'}, now it is {row.owner or 'nobody'}"
            self._store.reviews.review(row.customer, why, as_delivery(message, self._notices.channel, now))
        for row in self._store.reviews.paused(now - self._after_complaint):
            why = "" if self._goes_on(row.why) else over(row.why, row.outcome, _closed_since(row))
            key = f"come-back:{row.customer}:{row.since:%Y-%m-%dT%H:%M:%S}"
            if why:
                self._notices.send(words.could_come_back(row.customer, why, key), now)

        for row in self._store.asks.lapsed(now):
            until = f"{row.until:%Y-%m-%d}"
            key = f"consent:{row.customer}:{row.form}:{until}"
            self._notices.send(words.consent_lapsed(row.customer, row.form, until, row.places, key), now)

    def _goes_on(self, why: str) -> bool:
        """Whether it was paused for an outbreak that is not over."""
        issue = self._store.issues.root(why.removeprefix(OUTBREAK).strip()) if why.startswith(OUTBREAK) else None
        return issue is not None and issue.spread == "outbreak"


def _closed_since(row: Row[Any]) -> bool:
    return bool(row.closed_at and row.closed_at >= row.since)
