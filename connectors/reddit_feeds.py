"""Reddit without a key: its public feeds, one of them at each poll."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from connectors.contract import Batch, Blind, Door, Item, TryLater
from connectors.cursors import Cursor
from connectors.feed import Feed
from connectors.reddit_things import POST_IN_PATH, author

# about one request a minute is let through
AT_LEAST, EACH = timedelta(minutes=2), timedelta(minutes=15)
YOUNG = timedelta(days=2)
CURE = "Reddit's public feeds allow little: register an app there and give `client_id` and `client_secret`"

# what Reddit puts under each post, which nobody said: the author, the link and the count of comments
_TRAILER = re.compile(r"(?:<!-- SC_ON -->)?(?:\s|&#32;|&nbsp;|\xa0)*submitted by(?:\s|&#32;|&nbsp;|\xa0)*<a .*\Z", re.S)
_ON = re.compile(r"\A/?u/\S+ on ")


class Memory(Cursor):
    """The cursor: the memory of each feed by its address, whose turn it is, and when all began."""

    feeds: dict[str, str] = {}
    turn: int = 0
    began: datetime | None = None


def addresses(base: str, subreddits: Sequence[str], search: Sequence[str]) -> list[str]:
    """The feeds of new posts, new comments and each search."""
    # as Reddit's own pages link them: 25 entries each
    group = "+".join(subreddits)
    new = [f"{base}/r/{group}/new.rss", f"{base}/r/{group}/comments.rss"] if group else []
    return new + [f"{base}/search.rss?{urlencode({'q': wanted, 'sort': 'new'})}" for wanted in search]


def poll(urls: Sequence[str], cursor: str, door: Door) -> Batch:
    """The next feed in turn that lets us in; on the first poll as many as do. Raises TryLater and GiveUp."""
    memory = Memory.load(cursor)
    return _next(urls, memory, memory.began, door) if memory.began else _first(urls, door)


def _first(urls: Sequence[str], door: Door) -> Batch:
    feeds: dict[str, str] = {}
    items: list[Item] = []
    for url in urls:
        try:
            batch = _read(url, "", door)
        except TryLater:
            if not feeds:
                raise
            break  # its turn comes with the next poll
        feeds[url] = batch.cursor
        items += batch.items
    memory = Memory(feeds=feeds, turn=len(feeds) % len(urls), began=door.now())
    return Batch(items, cursor=memory.model_dump_json(), every=_every(urls))


def _next(urls: Sequence[str], memory: Memory, began: datetime, door: Door) -> Batch:
    refused: list[tuple[str, TryLater]] = []
    for turn in range(memory.turn, memory.turn + len(urls)):
        url = urls[turn % len(urls)]
        try:
            batch = _read(url, memory.feeds.get(url, ""), door)
        except TryLater as trouble:
            if door.stopped.is_set():
                raise
            # without this a feed that is always refused would keep the others from their turn
            refused.append((url, trouble))
            continue
        # a feed whose first reading comes late must not pass old posts for new ones
        items = [each for each in batch.items if url in memory.feeds or _young(each, began)]
        told = [Blind(began, door.now(), f"{url}: {why}") for url, why in refused]
        after = Memory(feeds={**memory.feeds, url: batch.cursor}, turn=(turn + 1) % len(urls), began=began)
        return replace(
            batch, items=items, blind=[*told, *batch.blind], cursor=after.model_dump_json(), every=_every(urls)
        )
    raise refused[0][1]


def _read(url: str, cursor: str, door: Door) -> Batch:
    try:
        batch = Feed(url=url).poll(cursor, door)
    except TryLater as trouble:
        raise TryLater(f"{trouble}. {CURE}", trouble.after) from None
    return replace(batch, items=[_item(each) for each in batch.items])


def _every(urls: Sequence[str]) -> timedelta:
    return max(AT_LEAST, EACH / len(urls))


def _young(item: Item, began: datetime) -> bool:
    return item.posted_at is None or item.posted_at >= began - YOUNG


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
