"""One poll of a Mastodon server: hashtags, searches, mentions, and another look at what is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from connectors.contract import Batch, Blind, Door, Item, TryLater
from connectors.cursors import Cursor
from connectors.door_session import NotModified
from connectors.mastodon_walk import OVERLAP, Walked, forward, item, said_in, searched
from connectors.recheck import LONG_AGO, Rechecks

if TYPE_CHECKING:
    from connectors.mastodon_line import Line, Status


class Memory(Cursor):
    """The cursor: the newest id of each listing, and what was looked at again."""

    marks: dict[str, str] = {}
    rechecks: Rechecks = Rechecks()


class Poll:
    """What one poll needs at hand, and what it has seen so far."""

    def __init__(self, line: Line, home: str, memory: Memory, door: Door) -> None:
        self.line, self.home, self.memory, self.door = line, home, memory, door
        self.now = door.now()
        self.seen: dict[str, Item] = {}
        self.blind: list[Blind] = []

    def batch(self, hashtags: Iterable[str], search: Iterable[str], mentions: bool) -> Batch:
        """What is new, edited and gone. Raises TryLater and GiveUp when a listing could not be read."""
        marks = {name: self._kept(name, walk) for name, walk in self._walks(hashtags, search, mentions)}
        rechecks, gone = self._checked()
        items = sorted(self.seen.values(), key=lambda found: found.posted_at or LONG_AGO)
        cursor = Memory(marks=marks, rechecks=rechecks).model_dump_json()
        return Batch(items, gone, blind=self.blind, cursor=cursor, unchanged=not (items or gone or self.blind))

    def _walks(
        self, hashtags: Iterable[str], search: Iterable[str], mentions: bool
    ) -> Iterator[tuple[str, Callable[[str], Walked]]]:
        for tag in hashtags:
            yield f"#{tag}", partial(forward, partial(self.line.hashtag, tag), overlap=OVERLAP)
        for wanted in search:
            yield wanted, partial(self._search, wanted)
        if mentions:
            yield "@", self._mentions

    def _kept(self, name: str, walk: Callable[[str], Walked]) -> str:
        """The next mark of a listing; nothing is moved when one fails, and all is read again."""
        before = self.memory.marks.get(name, "")
        try:
            walked = walk(before)
        except NotModified:
            return before
        self._see(walked.statuses)
        return walked.mark

    def _search(self, wanted: str, mark: str) -> Walked:
        walked, more = searched(partial(self.line.search, wanted), mark)
        if more:
            times = [item(status, self.home, self.now).posted_at or self.now for status in walked.statuses]
            why = f"search {wanted!r}: more was posted than the {len(times)} statuses that the server lists"
            self.blind.append(Blind(self.memory.rechecks.at or min(times), min(times), why))
        return walked

    def _mentions(self, mark: str) -> Walked:
        walked = forward(self.line.mentions, mark)
        return Walked([said_in(each) for each in walked.statuses], walked.mark)

    def _see(self, statuses: Iterable[Status]) -> None:
        # a boost is somebody else's status over again
        found = (item(status, self.home, self.now) for status in statuses if not status.get("reblog"))
        self.seen |= {each.external_id: each for each in found}

    def _checked(self) -> tuple[Rechecks, set[str]]:
        """Look again at what is kept: the memory after it, and what is gone."""
        before = self.memory.rechecks
        names, rechecks = before.due(self.seen.keys(), self.door)
        try:
            found = self.line.statuses(names)
        except NotModified:
            return before, set()
        except TryLater as trouble:
            if self.door.stopped.is_set():
                raise
            after = before.failed(self.now)
            self.blind.append(Blind(after.at or self.now, self.now, f"edits and deletions: {trouble}"))
            return after, set()
        self._see(found)
        return rechecks.checked(names, {str(status["id"]) for status in found}, self.now)
