"""The daily and the weekly message to ops; each has a key, so that it goes out once."""

from __future__ import annotations

from datetime import datetime, timedelta

from listener.actions import digests as words
from listener.pipeline.notices import Notices
from listener.store import Store

WEEK = timedelta(days=7)


def tell_unclear(store: Store, notices: Notices, since: datetime, now: datetime) -> None:
    """Mentions seen since then that are unsure, mixed or unscored, in one message; none when there are none."""
    total, rows = store.mentions.unclear(since, now, words.MOST)
    if total:
        newest = tuple(words.Unclear(row.id, row.label, row.source, row.url) for row in rows)
        notices.send(words.needs_a_person(total, newest, f"needs-a-person:{since.isoformat()}"), now)


def tell_shadow(store: Store, notices: Notices, now: datetime) -> None:
    """Once a week: what rules in shadow would have done since the last time."""
    kept = store.house.get("weekly").get("at")
    last = datetime.fromisoformat(kept) if kept else None
    if last and abs(now - last) < WEEK:
        return
    done = store.deliveries.in_shadow(last, now) if last else []
    if last and done:
        would = tuple(words.WouldHave(row.rule, row.action, row.times, row.persons) for row in done)
        notices.send(words.shadow_week(would, f"shadow-week:{last.isoformat()}"), now)
    store.house.put("weekly", {"at": now.isoformat()})
