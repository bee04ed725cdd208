"""Looking again at what is kept: the young posts at every poll, all others in turns. For edits and deletions."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, ConfigDict

from connectors.contract import Door

YOUNG = timedelta(days=2)  # most edits and deletions happen by then
MOST_YOUNG, MOST_OLD = 1_000, 500  # at Reddit ten and five requests
TURN = timedelta(hours=1)
LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Rechecks(BaseModel):
    """Part of a cursor: when the last check and the last turn were, how far it came, and which names were missing."""

    model_config = ConfigDict(frozen=True)

    at: datetime | None = None
    turn_at: datetime | None = None
    reached: str = ""
    missing: frozenset[str] = frozenset()

    def due(self, seen: Collection[str], door: Door) -> tuple[list[str], Rechecks]:
        """The kept names to look at now, but for those just seen, and the memory for the time after it."""
        now = door.now()
        young = _newest(set(door.known(now - YOUNG)).difference(seen))[:MOST_YOUNG]
        if self.turn_at and timedelta(0) <= now - self.turn_at < TURN:
            return young, self
        # by name and not by age: the store does not say when a name was posted
        old = sorted(set(door.known(LONG_AGO)).difference(seen, young))
        turn = [name for name in old if name > self.reached][:MOST_OLD]
        reached = turn[-1] if len(turn) == MOST_OLD else ""
        return young + turn, self.model_copy(update={"turn_at": now, "reached": reached})

    def checked(self, names: Collection[str], found: Collection[str], now: datetime) -> tuple[Rechecks, set[str]]:
        """The memory after a check, and which names are gone.

        One that the site leaves out twice in a row is gone, but not when most are: then something larger is amiss, as
        when a subreddit goes private for two days or the site answers with nothing.
        """
        missing = frozenset(names).difference(found)
        gone = set(missing & self.missing) if len(missing) <= max(1, len(names) // 2) else set()
        return self.model_copy(update={"missing": missing.difference(gone), "at": now}), gone

    def failed(self, now: datetime) -> Rechecks:
        """The memory after a check that did not work: unchanged, but for when the trouble began."""
        return self.model_copy(update={"at": self.at or now})


def _newest(names: Iterable[str]) -> list[str]:
    """Newest first: Reddit and Mastodon count their names up."""
    return sorted(names, key=lambda name: (len(name), name), reverse=True)
