"""Builders of what intake hands to the store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from listener.model.plan import Arrival, Polled
from listener.store import Store

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def an_arrival(external_id: str = "p1", text: str = "Acme Flow is down", **changes: Any) -> Arrival:
    """One post about Acme Flow; `post`, `digest`, `words` and any column may be given."""
    columns = {
        "source": changes.pop("source", "forum"),
        "kind": "feed",
        "platform": "forum",
        "voice": "discussion",
        "url": f"https://forum.example/{external_id}",
        "author_handle": "anna",
        "author_name": None,
        "author_url": None,
        "author_followers": None,
        "title": "",
        "text": text,
        "language": None,
        "rating": None,
        "posted_at": NOW - timedelta(minutes=5),
        "dated": True,
        "history": False,
        "seen_at": NOW,
        "edited_at": None,
        "gone_at": None,
        "thread": None,
        "reply_to_us": False,
        "company_reply": None,
        "attributes": {},
        "tags": [],
        "first_poll": False,
        "own": False,
        "product": None,
        "simhash": 0,
        "copy_a": None,
        "copy_b": None,
        "verdict": {},
    }
    post = changes.pop("post", f"https://forum.example/{external_id}")
    digest = changes.pop("digest", text)
    words = changes.pop("words", {"Acme Flow": ["acme flow"]})
    return Arrival(external_id, post, digest, columns | changes, words)


def polled(source: str = "forum", **changes: Any) -> Polled:
    """A good poll that asks to come back in a quarter of an hour."""
    values: dict[str, Any] = {"source": source, "cursor": "c1", "at": NOW, "next_at": NOW + timedelta(minutes=15)}
    return Polled(**({"hint": None} | values | changes))


def listening(store: Store, *sources: str) -> Store:
    """The store with these sources enlisted."""
    store.sources.enlist([(name, "feed", "{}") for name in sources or ("forum",)])
    return store
