"""One listing of Reddit's, read from its newest end back to what is known already."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from connectors.contract import Blind, Door, TryLater
from connectors.door_session import NotModified
from connectors.reddit_things import Listed, Thing, listed

if TYPE_CHECKING:
    from connectors.reddit_line import Line

PAGE, PAGES = 100, 10  # Reddit ends every listing after about 1,000 things, searches after about 250
OVERLAP = 300.0  # seconds: what is posted within them may be listed in another order at the next poll
ENDED = 200  # with fewer things than this a listing has not ended at its limit
BACK = 3  # steps back from a deleted place in a listing
MOST_NAMES = 1_000


@dataclass(frozen=True, slots=True)
class Listing:
    """A listing by its path and query; `key` names it in the memory and in messages."""

    path: str
    query: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        wanted = dict(self.query).get("q")
        return f"{self.path}: {wanted}" if wanted else self.path


class Mark(BaseModel):
    """How far a listing was read: the time of its newest thing, and the names from the overlap before it."""

    model_config = ConfigDict(frozen=True)

    at: float
    names: frozenset[str] = frozenset()

    def knows(self, thing: Thing) -> bool:
        return thing.name in self.names or (thing.posted is not None and thing.posted < self.at - OVERLAP)

    @property
    def time(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)


@dataclass(frozen=True, slots=True)
class Walked:
    """The things of one walk, newest first, and where the next one may stop."""

    things: list[Thing]
    mark: Mark | None
    blind: Blind | None = None


def walk(line: Line, listing: Listing, before: Mark | None, door: Door) -> Walked:
    """Page by page until one holds known things only. Raises TryLater and GiveUp."""
    try:
        things, why = _pages(line, listing, before, door)
    except NotModified:
        return Walked([], before)
    now = door.now().timestamp()
    mark = _mark(things, before, now)
    if not why or before is None:
        return Walked(things, mark)
    oldest = min((thing.posted for thing in things if thing.posted), default=now)
    until = datetime.fromtimestamp(min(max(oldest, before.at), now), UTC)
    return Walked(things, mark, Blind(before.time, until, f"{listing.key}: {why}"))


def _pages(line: Line, listing: Listing, before: Mark | None, door: Door) -> tuple[list[Thing], str]:
    """The things read, and why those before them could not be."""
    found: dict[str, Thing] = {}
    after, met, back = "", False, 0
    for _ in range(PAGES + BACK):
        page = _page(line, listing, after, door)
        if after and all(thing.name in found for thing in page.things):
            # the thing that `after` names was deleted meanwhile: go on from the one before it
            back += 1
            if back > min(BACK, len(found) - 1):
                break
            after = list(found)[-1 - back]
            continue
        met = met or (before is not None and any(map(before.knows, page.things)))
        found |= {thing.name: thing for thing in page.things}
        after, back = page.after, 0
        # one known thing is not enough: what moderators let through late stands among known ones
        if not after or (before is not None and all(map(before.knows, page.things))):
            break
    if met or not (back or len(found) >= ENDED):
        return list(found.values()), ""
    return list(found.values()), f"more was posted than the {len(found)} posts that Reddit lists"


def _page(line: Line, listing: Listing, after: str, door: Door) -> Listed:
    if door.stopped.is_set():
        raise TryLater("the daemon is stopping")
    query = dict(listing.query) | ({"after": after} if after else {})
    return listed(line.get(listing.path, limit=PAGE, **query))


def _mark(things: Iterable[Thing], before: Mark | None, now: float) -> Mark:
    """The next mark. A time in the future would hide everything until it has come."""
    # the newest thing may be deleted before the next poll, so the mark never goes back
    times = [min(thing.posted, now) for thing in things if thing.posted]
    at = max([*times, before.at if before else 0.0])
    near = [thing.name for thing in things if thing.posted is None or thing.posted >= at - OVERLAP]
    return Mark(at=at, names=frozenset(near[:MOST_NAMES]))
