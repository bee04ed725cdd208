"""One poll of Reddit: walk the listings, look up whom comments answer, look again at what is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from connectors.contract import Batch, Blind, Door, Item, TryLater
from connectors.door_session import NotModified
from connectors.reddit_things import Thing, item
from connectors.reddit_walk import Listing, Mark, Walked, walk

if TYPE_CHECKING:
    from connectors.reddit_line import Line

LONG_AGO = datetime.min.replace(tzinfo=UTC)
YOUNG = timedelta(days=2)  # most edits and deletions happen by then; younger posts are looked at in every poll
MOST_YOUNG, MOST_OLD = 1_000, 500  # ten and five requests
OLD_EVERY = timedelta(hours=1)


class Memory(BaseModel):
    """The cursor: a mark for each listing, how far the round over what is kept has come, which names were missing."""

    model_config = ConfigDict(frozen=True)

    marks: dict[str, Mark] = {}
    checked_at: datetime | None = None
    round_at: datetime | None = None
    round_reached: str = ""
    missing: frozenset[str] = frozenset()

    @classmethod
    def load(cls, cursor: str) -> Self:
        """A cursor that is not ours, or of another version, is an empty memory."""
        try:
            return cls.model_validate_json(cursor or "{}")
        except ValidationError:
            return cls()


class Poll:
    """What one poll needs at hand, and what it has seen so far."""

    def __init__(self, line: Line, memory: Memory, door: Door) -> None:
        self.line, self.memory, self.door = line, memory, door
        self.now = door.now()
        self.seen: dict[str, Thing] = {}
        self.authors: dict[str, str | None] = {}
        self.blind: list[Blind] = []

    def batch(self, listings: Sequence[Listing]) -> Batch:
        """What is new, edited and gone. Raises TryLater and GiveUp when nothing at all could be read.

        A first poll takes all listings or none: what came later would no longer count as a first poll's.
        """
        marks = self._read(listings)
        memory, gone = self._checked(self.memory.model_copy(update={"marks": marks}))
        gone |= {thing.name for thing in self.seen.values() if thing.deleted}
        items = [self._item(thing) for thing in self.seen.values() if not thing.deleted]
        items.sort(key=lambda found: found.posted_at or LONG_AGO)
        unchanged = not (items or gone or self.blind)
        return Batch(items, gone, blind=tuple(self.blind), cursor=memory.model_dump_json(), unchanged=unchanged)

    def _item(self, thing: Thing) -> Item:
        return item(thing, self.authors, self.now)

    def _read(self, listings: Sequence[Listing]) -> dict[str, Mark]:
        """The next marks. A listing that could not be read keeps its mark and is told; all of them: TryLater."""
        marks = dict(self.memory.marks)
        troubles = []
        for listing in listings:
            before = self.memory.marks.get(listing.key)
            try:
                walked = self._walk(listing, before)
            except TryLater as trouble:
                troubles.append(trouble)
                if not self.memory.marks or len(troubles) == len(listings):
                    raise troubles[0] from None
                since = before.time if before else self.now
                self.blind.append(Blind(since, self.now, f"{listing.key}: {trouble}"))
                continue
            marks |= {listing.key: walked.mark} if walked.mark else {}
            self.blind += [walked.blind] if walked.blind else []
        return marks

    def _walk(self, listing: Listing, before: Mark | None) -> Walked:
        """One listing, with whom its new comments answer."""
        walked = walk(self.line, listing, before, self.door)
        new = [thing for thing in walked.things if before is None or not before.knows(thing)]
        authors = {thing.name: thing.author for thing in walked.things}
        asked = {thing.said("parent_id"): thing.said("link_author") for thing in new}
        known = self.authors | {name: writer for name, writer in asked.items() if name.startswith("t3_") and writer}
        self.authors = known | authors
        unknown = [name for name in asked if name.startswith(("t1_", "t3_")) and name not in self.authors]
        self.authors |= {thing.name: thing.author for thing in self._info(unknown)}
        self.seen |= {thing.name: thing for thing in walked.things}
        return walked

    def _info(self, names: Iterable[str]) -> list[Thing]:
        try:
            return self.line.info(names)
        except NotModified:
            return []

    def _checked(self, memory: Memory) -> tuple[Memory, set[str]]:
        """Look again at what is kept: the memory after it, and what is gone. What was edited joins what was seen."""
        names, memory = self._due(memory)
        try:
            found = {thing.name: thing for thing in self._info(names)}
        except TryLater as trouble:
            since = self.memory.checked_at or self.now
            self.blind.append(Blind(since, self.now, f"edits and deletions: {trouble}"))
            return self.memory.model_copy(update={"marks": memory.marks}), set()
        self.seen |= found
        missing = frozenset(names) - found.keys()
        # Reddit lists what was deleted; what it leaves out may be hidden for a while (a subreddit gone private)
        gone = set(missing & self.memory.missing) if len(missing) <= max(1, len(names) // 2) else set()
        return memory.model_copy(update={"missing": missing - gone, "checked_at": self.now}), gone

    def _due(self, memory: Memory) -> tuple[list[str], Memory]:
        """The kept names to look at: the young ones of every poll, and each hour the next of all others."""
        young = _newest(set(self.door.known(self.now - YOUNG)) - self.seen.keys())[:MOST_YOUNG]
        if memory.round_at and timedelta(0) <= self.now - memory.round_at < OLD_EVERY:
            return young, memory
        old = sorted(set(self.door.known(LONG_AGO)) - set(young) - self.seen.keys())
        turn = [name for name in old if name > memory.round_reached][:MOST_OLD]
        reached = turn[-1] if len(turn) == MOST_OLD else ""
        return young + turn, memory.model_copy(update={"round_at": self.now, "round_reached": reached})


def _newest(names: Iterable[str]) -> list[str]:
    """Newest first: Reddit counts its names up, in base 36."""
    return sorted(names, key=lambda name: (len(name), name), reverse=True)
