"""Feeds: RSS 0.9 to 2.0, RDF, Atom and JSON Feed, read politely and with a memory."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from pydantic import field_validator

from connectors.contract import Author, Batch, Blind, Connector, Door, GiveUp, Item, Response, TryLater
from connectors.feed_entry import Document, Entry, document
from connectors.feed_links import absolute
from connectors.feed_memory import Memory, mark
from connectors.feed_parse import parse
from connectors.feed_schedule import every, pause

# of one core: 10,000 ordinary entries take up to 5
PARSE_SECONDS, PARSE_MEGABYTES = 12, 400
# so many of the newest entries are remembered, to see whether a later window still reaches back to them
REMEMBERED = 100
UNWELCOME = {
    401: (timedelta(hours=6), "wants a login (401); ask its owner for an address that needs none"),
    403: (timedelta(hours=2), "refuses us (403); ask its owner to let `listening-post` in, or use another address"),
    404: (timedelta(hours=1), "is not there (404); correct its `url`"),
}


class Feed(Connector):
    """A feed of any of the usual formats.

    `url` is its address. Authors are known by the name that the feed gives them.
    """

    url: str

    @field_validator("url")
    @classmethod
    def _is_web_address(cls, value: str) -> str:
        address = absolute("", value)
        if address is None:
            raise ValueError("it must be an http:// or https:// address")
        return address

    def poll(self, cursor: str, door: Door) -> Batch:
        """The whole window of the feed, or nothing when it has not changed. Raises TryLater or GiveUp."""
        before = Memory.load(cursor)
        answer, memory = self._ask(before, door)
        now = door.now()
        memory = memory.polled_at(now, answer.moved_to)
        if answer.status == 304:
            return unchanged(memory, answer, now)
        refuse(answer)
        digest = sha256(answer.body).hexdigest()
        if digest == memory.digest:
            return unchanged(memory.after_reading(answer.headers, digest), answer, now)
        return batch(read(answer, door), memory, before, answer, digest, now)

    def _ask(self, memory: Memory, door: Door) -> tuple[Response, Memory]:
        """The answer of the feed's new address, and of the operator's one when the new one fails."""
        if memory.url:
            try:
                answer = door.fetch(memory.url, headers=memory.conditions())
                if answer.status in (200, 304):
                    return answer, memory
            except (TryLater, GiveUp):
                pass  # the operator's own address tells whether this matters
            memory = memory.back_home()
        return door.fetch(self.url, headers=memory.conditions()), memory


def refuse(answer: Response) -> None:
    """Raises TryLater or GiveUp for an answer that brings no body."""
    if answer.status == 410:
        raise GiveUp("the feed was taken down for good (410); remove the source or set its new `url`")
    if answer.status in UNWELCOME:
        after, why = UNWELCOME[answer.status]
        raise TryLater(f"the feed {why}", after)
    if answer.status >= 300:
        raise TryLater(f"the feed answers {answer.status} and no address to go to; check its `url` in a browser")


def read(answer: Response, door: Door) -> Document:
    """The document, parsed aside."""
    told = json.dumps({"type": answer.headers.get("content-type", ""), "url": answer.url}).encode()
    return document(door.aside(parse, told + b"\n" + answer.body, PARSE_SECONDS, PARSE_MEGABYTES))


def unchanged(memory: Memory, answer: Response, now: datetime) -> Batch:
    """Nothing new."""
    wait = every(memory.pause, memory.floor, answer.headers, now)
    return Batch(cursor=memory.written(), every=wait, unchanged=True)


def batch(found: Document, memory: Memory, before: Memory, answer: Response, digest: str, now: datetime) -> Batch:
    """What a document brings, oldest first. One that stops in the middle is not taken for the last word."""
    items = in_order([item(entry, name, now) for entry, name in zip(found.entries, found.ids, strict=True) if name])
    newest = tuple(mark(each.external_id) for each in items[-REMEMBERED:])
    suggested = pause([each.posted_at for each in items if each.posted_at])
    memory = memory.after_reading(answer.headers if found.whole else {}, digest if found.whole else "")
    memory = memory.model_copy(update={"newest": newest or before.newest, "pause": suggested, "floor": found.floor})
    return Batch(
        items=items,
        blind=unread(found, items, before, now),
        cursor=memory.written(),
        every=every(suggested, found.floor, answer.headers, now),
    )


def item(entry: Entry, name: str, now: datetime) -> Item:
    """One entry as an item. A date in the future is a mistake or a trick: it becomes now."""
    writer = " ".join(entry.author.split()).removeprefix("/u/").removeprefix("@") or None
    return Item(
        external_id=name,
        text=entry.text,
        title=entry.title,
        url=entry.url,
        html=entry.html,
        author=Author(handle=writer, name=writer, url=entry.author_url),
        language=entry.language,
        posted_at=moment(entry.posted, now),
    )


def moment(seconds: int | None, now: datetime) -> datetime | None:
    """Seconds since 1970 as a time that has passed."""
    try:
        return None if seconds is None else min(now, datetime.fromtimestamp(seconds, UTC))
    except (ValueError, OverflowError, OSError):
        return None


def in_order(items: Sequence[Item]) -> list[Item]:
    """Oldest first: by date where all have one, else the document from its end."""
    backwards = list(reversed(items))
    dated = [(each.posted_at, each) for each in backwards if each.posted_at]
    return [each for _, each in sorted(dated, key=lambda pair: pair[0])] if len(dated) == len(items) else backwards


def unread(found: Document, items: Sequence[Item], before: Memory, now: datetime) -> tuple[Blind, ...]:
    """The stretch that fell out of the feed's window before this poll, or past the limit of entries."""
    if not items or not {mark(each.external_id) for each in items}.isdisjoint(before.newest):
        return ()
    # without dates the gap cannot be measured, and a changed scheme of guids would look the same
    oldest = min((each.posted_at for each in items if each.posted_at), default=now)
    if found.dropped:
        why = f"the feed offers {found.dropped + len(found.entries)} entries; only the newest were read"
        return (Blind(min(before.polled or oldest, oldest), oldest, why),)
    if not before.newest or before.polled is None or oldest <= before.polled:
        return ()
    return (Blind(before.polled, oldest, "more was posted since the last poll than the feed keeps"),)
