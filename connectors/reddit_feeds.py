"""Reddit without a key: its public feeds, one of them at each poll."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Self
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, ValidationError

from connectors.contract import Batch, Blind, Door, Item, TryLater
from connectors.feed import Feed
from connectors.reddit_things import POST_IN_PATH, author

# about one request a minute is let through
AT_LEAST, EACH = timedelta(minutes=2), timedelta(minutes=15)
YOUNG = timedelta(days=2)
CURE = "Reddit's public feeds allow little: register an app there and give `client_id` and `client_secret`"

# what Reddit puts under each post, which nobody said: the author, the link and the count of comments
_TRAILER = re.compile(r"(?:<!-- SC_ON -->)?(?:\s|&#32;|&nbsp;|\xa0)*submitted by(?:\s|&#32;|&nbsp;|\xa0)*<a .*\Z", re.S)
_ON = re.compile(r"\A/?u/\S+ on ")


class Memory(BaseModel):
    """The cursor: the memory of each feed by its address, whose turn it is, and when all began."""

    model_config = ConfigDict(frozen=True)

    feeds: dict[str, str] = {}
    turn: int = 0
    began: datetime | None = None

    @classmethod
    def load(cls, cursor: str) -> Self:
        """A cursor that is not ours, or of another version, is an empty memory."""
        try:
            return cls.model_validate_json(cursor or "{}")
        except ValidationError:
            return cls()


def addresses(base: str, subreddits: Sequence[str], search: Sequence[str]) -> list[str]:
    """The feeds of new posts, new comments and each search."""
    group = "+".join(subreddits)
    new = [f"{base}/r/{group}/new.rss", f"{base}/r/{group}/comments.rss"] if group else []
    return new + [f"{base}/search.rss?{urlencode({'q': wanted, 'sort': 'new'})}" for wanted in search]


def poll(urls: Sequence[str], cursor: str, door: Door) -> Batch:
    """The next feed in turn, on the first poll as many as are let through. Raises TryLater and GiveUp."""
    memory = Memory.load(cursor)
    if memory.began:
        return _one(urls, memory, door)
    batch = _one(urls, memory.model_copy(update={"began": door.now()}), door)
    items, blind = list(batch.items), list(batch.blind)
    for _ in urls[1:]:
        try:
            more = _one(urls, Memory.load(batch.cursor), door)
        except TryLater:
            break  # its turn comes with the next poll
        items, blind, batch = [*items, *more.items], [*blind, *more.blind], more
    return replace(batch, items=items, blind=blind, unchanged=not items)


def _one(urls: Sequence[str], memory: Memory, door: Door) -> Batch:
    url = urls[memory.turn % len(urls)]
    after = memory.model_copy(update={"turn": (memory.turn + 1) % len(urls)})
    first, now = url not in memory.feeds, door.now()
    try:
        batch = Feed(url=url).poll(memory.feeds.get(url, ""), door)
    except TryLater as trouble:
        if len(memory.feeds) > 1 and not first:
            # one feed's trouble must not keep the others from their turn
            why = f"{url}: {trouble}. {CURE}"
            blind = (Blind(memory.began or now, now, why),)
            return Batch(blind=blind, cursor=after.model_dump_json(), every=_every(urls))
        raise TryLater(f"{trouble}. {CURE}", trouble.after) from None
    # a feed whose first reading comes late must not pass old posts for new ones
    oldest = (memory.began or now) - YOUNG if first and memory.feeds else None
    items = [_item(each) for each in batch.items if not (oldest and each.posted_at and each.posted_at < oldest)]
    cursor = after.model_copy(update={"feeds": {**memory.feeds, url: batch.cursor}}).model_dump_json()
    return replace(batch, items=items, cursor=cursor, every=_every(urls))


def _every(urls: Sequence[str]) -> timedelta:
    return max(AT_LEAST, EACH / len(urls))


def _item(item: Item) -> Item:
    """The same as the keyed way would tell it, so that a key that comes later makes no doubles."""
    found = POST_IN_PATH.search(item.url or "")
    comment = item.external_id.startswith("t1_")
    title = _ON.sub("", item.title) if comment else item.title
    return replace(
        item,
        title="" if comment else title,
        text=_TRAILER.sub("", item.text),
        author=author((item.author.handle or "").removeprefix("/u/").removeprefix("u/") or None),
        thread=f"t3_{found[1]}" if found else None,
        attributes={"thread_title": title} if comment and title else {},
    )
