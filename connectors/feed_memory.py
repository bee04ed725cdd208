"""What the feed connector remembers between polls; it travels in the cursor as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from pydantic import BaseModel, ConfigDict

from connectors.cursors import Cursor

# a permanent redirect is believed when it was seen this often, over this long
SIGHTINGS, OVER = 3, timedelta(hours=24)


class Move(BaseModel):
    """A permanent redirect that is being watched: where to, since when, how often seen."""

    model_config = ConfigDict(frozen=True)

    to: str
    since: datetime
    times: int = 1


class Memory(Cursor):
    """`url` is where the feed moved to for good, empty while it lives where the operator said.

    `etag` and `modified` are kept byte for byte; `digest` is of the last body; `newest` are marks of the newest
    entries; `pause` and `floor` are the seconds that the entries and the document suggest to wait.
    """

    url: str = ""
    etag: str = ""
    modified: str = ""
    digest: str = ""
    newest: tuple[str, ...] = ()
    polled: datetime | None = None
    pause: int | None = None
    floor: int = 0
    move: Move | None = None

    def conditions(self) -> dict[str, str]:
        """The headers of a conditional request."""
        known = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in known.items() if value}

    def back_home(self) -> Memory:
        """The same for the address that the operator gave, after the feed's new one failed."""
        return self.model_copy(update={"url": "", "etag": "", "modified": "", "move": None})

    def polled_at(self, now: datetime, moved_to: str | None) -> Memory:
        """The same after an answer: a permanent redirect counts, and is followed in the end."""
        move = self.move if self.move and self.move.to == moved_to else None
        if moved_to and move:
            move = Move(to=move.to, since=move.since, times=move.times + 1)
        elif moved_to:
            move = Move(to=moved_to, since=now)
        if move and move.times >= SIGHTINGS and now - move.since >= OVER:
            return self.model_copy(update={"polled": now, "url": move.to, "move": None})
        return self.model_copy(update={"polled": now, "move": move})

    def after_reading(self, headers: Mapping[str, str], digest: str) -> Memory:
        """The same with what the next request is to be compared with."""
        # a header that is gone is forgotten: an old ETag could hide what is new
        known = {"etag": headers.get("etag", ""), "modified": headers.get("last-modified", ""), "digest": digest}
        return self.model_copy(update=known)

    def written(self) -> str:
        return self.model_dump_json(exclude_defaults=True)


def mark(name: str) -> str:
    """A short mark of an entry's name."""
    return sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:10]
