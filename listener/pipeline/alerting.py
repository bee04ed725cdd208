"""Alerts that are told together, and silences that end: what people hear, once, and again only when it changed."""

from __future__ import annotations

from datetime import datetime

from listener.actions import notices as words
from listener.pipeline.cards import Cards, grown
from listener.pipeline.notices import Notices, as_delivery
from listener.store import Store


def tell_groups(store: Store, cards: Cards, now: datetime, patient: bool = True) -> None:
    """One message for each group with news whose time has come; groups that grow no more are over."""
    for alert in store.alerts.to_tell(now, patient):
        card = cards.group(alert)
        store.alerts.tell(alert, now, grown(alert, card, now))
    store.alerts.end(now)


def tell_silences(store: Store, notices: Notices, now: datetime) -> None:
    """That a silence is over, and what was not done because of it."""
    for row in store.silences.ended_untold(now):
        silence = words.Silenced(row.kind, row.what, row.since, row.owner, row.why, row.suppressed)
        message = words.silence_ended(silence, f"silence-ended:{row.id}")
        store.silences.told(row.id, now, as_delivery(message, notices.channel, now))
