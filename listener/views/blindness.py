"""What it costs that a source cannot be read, in a sentence under the list of sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from listener.counted import counted
from listener.store.glance import Glance
from listener.views.objects import Object
from listener.views.tables import at, one_line

NOT_READ = ("blind", "gone")


def told(seen: Glance, sources: Iterable[Object], now: datetime) -> Iterator[str]:
    """One line for each source that cannot be read; times in UTC."""
    return (_told(seen, source, now) for source in sources if source["state"] in NOT_READ and source["blind_since"])


def _told(seen: Glance, source: Object, now: datetime) -> str:
    since, good = source["blind_since"], source["last_ok_at"]
    missed = seen.missed(source["name"], datetime.fromisoformat(good or since), now)
    about = f"about {counted(missed, 'mention')} missed"
    last = f"last good {at(good)}" if good else "never read"
    return one_line(f"blind on {source['name']} since {at(since)}, {last}, {about}: {source['last_error']}")
