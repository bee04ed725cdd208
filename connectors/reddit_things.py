"""What Reddit calls things: posts (t3) and comments (t1), from its JSON to items."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import quote

from connectors.contract import NOBODY, Author, Item, TryLater
from connectors.dates import EARLIEST
from connectors.json_api_items import LONGEST, valid
from connectors.stars import number

WEB = "https://www.reddit.com"
NAME = re.compile(r"t[13]_[0-9a-z]{1,13}")
POST_IN_PATH = re.compile(r"/comments/([0-9a-z]{1,13})(?:/|$)")
DELETED = ("[deleted]", "[removed]")
REMOVED = "[ removed by reddit"
LATEST = 100_000_000_000.0  # seconds: the year 5138


@dataclass(frozen=True, slots=True)
class Thing:
    """One post or comment. `name` is its full name (t1_… or t3_…), `posted` seconds since 1970 where told."""

    name: str
    posted: float | None
    data: Mapping[str, Any]

    def said(self, key: str) -> str:
        """A text field, "" when it is absent or no text."""
        value = self.data.get(key)
        return valid(value, LONGEST) if isinstance(value, str) else ""

    @property
    def text(self) -> str:
        return self.said("body" if self.name.startswith("t1_") else "selftext")

    @property
    def author(self) -> str | None:
        """The account's name; None for a deleted one."""
        name = self.said("author").strip()
        return None if not name or name in DELETED else name

    @property
    def deleted(self) -> bool:
        """Whether its author, a moderator or Reddit took it down."""
        text = self.text.strip()
        taken_down = self.name.startswith("t3_") and bool(self.data.get("removed_by_category"))
        return taken_down or text in DELETED or text.lower().startswith(REMOVED)


class Listed(NamedTuple):
    """One page: its posts and comments in Reddit's order, and the name that leads to the next page."""

    things: list[Thing]
    after: str


def listed(answer: Any) -> Listed:
    """A page of a listing. Raises TryLater for what is none: an error must not pass for silence."""
    data = answer.get("data") if isinstance(answer, dict) else None
    children = data.get("children") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(children, list):
        raise TryLater("Reddit answered without a listing: an error, or its shape changed")
    after = data.get("after")
    return Listed([thing for child in children if (thing := _thing(child))], after if isinstance(after, str) else "")


def _thing(child: Any) -> Thing | None:
    data = child.get("data") if isinstance(child, dict) else None
    if not isinstance(data, dict):
        return None
    # kinds other than posts and comments (more, t5) have no place here
    name = data.get("name") or f"{child.get('kind')}_{data.get('id')}"
    if not isinstance(name, str) or not NAME.fullmatch(name):
        return None
    posted = number(data.get("created_utc"))
    return Thing(name, posted if posted and EARLIEST.timestamp() <= posted < LATEST else None, data)


def item(thing: Thing, authors: Mapping[str, str | None], now: datetime) -> Item:
    """A thing as an item. `authors` names who wrote the things that are answered, as far as known."""
    parent = thing.said("parent_id") or None
    return Item(
        external_id=thing.name,
        text=thing.text,
        title=thing.said("title"),
        url=_permalink(thing),
        author=author(thing.author),
        posted_at=min(now, datetime.fromtimestamp(thing.posted, UTC)) if thing.posted else None,
        thread=_post(thing),
        parent=parent,
        parent_author=authors.get(parent) if parent else None,
        attributes=_attributes(thing),
    )


def author(name: str | None) -> Author:
    """An account by its name."""
    return Author(name, name, f"{WEB}/user/{quote(name)}") if name else NOBODY


def _post(thing: Thing) -> str | None:
    """The post whose conversation it belongs to; an inbox tells it in a path only."""
    if thing.name.startswith("t3_"):
        return thing.name
    found = POST_IN_PATH.search(_path(thing))
    return thing.said("link_id") or (f"t3_{found[1]}" if found else None)


def _path(thing: Thing) -> str:
    return (thing.said("permalink") or thing.said("context")).partition("?")[0]


def _permalink(thing: Thing) -> str | None:
    """Always Reddit's own address, which people can open; never the address that a post links to."""
    path = _path(thing)
    # two slashes would make it another site's address
    if path.startswith("/") and not path.startswith("//"):
        return WEB + path
    post = thing.said("link_id").removeprefix("t3_")
    short = thing.name[3:]
    if thing.name.startswith("t3_"):
        return f"{WEB}/comments/{short}/"
    return f"{WEB}/comments/{post}/_/{short}/" if post else None


def _attributes(thing: Thing) -> dict[str, str | int | float | bool]:
    """What rules can test. A comment's thread title is context: its author did not say it."""
    found = {"subreddit": thing.said("subreddit"), "thread_title": thing.said("link_title")}
    return {name: value for name, value in found.items() if value}
