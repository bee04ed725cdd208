"""One poll of Reddit: walk the listings, look up whom comments answer, look again at what is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from connectors.contract import Batch, Blind, Door, Item, TryLater
from connectors.cursors import Cursor
from connectors.door_session import NotModified
from connectors.recheck import LONG_AGO, Rechecks
from connectors.reddit_things import Thing, item
from connectors.reddit_walk import Listing, Mark, Walked, walk

if TYPE_CHECKING:
    from connectors.reddit_line import Line


class Memory(Cursor):
    """The cursor: a mark for each listing, and what was looked at again."""

    marks: dict[str, Mark] = {}
    rechecks: Rechecks = Rechecks()


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
        # the listings show a while what was deleted, as known names or as ones we never kept: both are harmless
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
                # a stop is no blind spot: nothing is moved, and the next start reads it all
                if self.door.stopped.is_set() or not self.memory.marks or len(troubles) == len(listings):
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
        # a comment tells the author of its post, but not of the comment that it answers
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
        names, rechecks = memory.rechecks.due(self.seen.keys(), self.door)
        try:
            found = {thing.name: thing for thing in self._info(names)}
        except TryLater as trouble:
            if self.door.stopped.is_set():
                raise
            after = memory.rechecks.failed(self.now)
            self.blind.append(Blind(after.at or self.now, self.now, f"edits and deletions: {trouble}"))
            return memory.model_copy(update={"rechecks": after}), set()
        self.seen |= found
        rechecks, gone = rechecks.checked(names, found.keys(), self.now)
        return memory.model_copy(update={"rechecks": rechecks}), gone
