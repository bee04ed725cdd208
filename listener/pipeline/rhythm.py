"""Silence that is told apart from "nothing was said": sources that answer and bring nothing far longer than usual."""

from __future__ import annotations

from datetime import datetime, timedelta

from listener.actions import notices as words
from listener.pipeline.notices import Notices
from listener.store import Store

LOOK_BACK = timedelta(days=28)
FEWEST = 20
FAR_LONGER = 10
AT_LEAST = timedelta(hours=12)


def tell_silent_sources(store: Store, notices: Notices, now: datetime) -> None:
    """One notice for each silence of a source that has shown a rhythm before."""
    for row in store.sources.rhythms(now - LOOK_BACK):
        usual = LOOK_BACK / row.items
        if row.items >= FEWEST and now - row.last > max(usual * FAR_LONGER, AT_LEAST):
            key = f"silent:{row.source}:{row.last.isoformat()}"
            notices.send(words.source_silent(row.source, row.last, usual, key), now)
