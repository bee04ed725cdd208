"""JSON Feed 1.0 and 1.1 from bytes to plain values. Runs in the parser child."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from connectors.dates import read_time
from connectors.feed_entry import Entry
from connectors.feed_links import absolute

HOME = "https://jsonfeed.org/version/"


def is_json(body: bytes) -> bool:
    return body[:100].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def read_json_feed(body: bytes, base: str) -> list[Entry]:
    """The entries in the order of the document. Raises ValueError for other JSON and for none."""
    try:
        feed = json.loads(body.decode("utf-8-sig", "replace"))
    # not only JSONDecodeError: an int of more than 4,300 digits is refused with less
    except ValueError as error:
        raise ValueError(f"the feed is cut off or is not JSON ({error}); its owner must repair it") from error
    except RecursionError as error:
        raise ValueError("the feed is JSON in far too many brackets to be read; its owner must repair it") from error
    if not text(feed, "version").startswith(HOME):
        raise ValueError("the address answers with JSON that is no JSON Feed; use the kind `json_api` for it")
    items = feed.get("items")
    return [entry(item, feed, base) for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def entry(item: dict[str, Any], feed: dict[str, Any], base: str) -> Entry:
    """One item; the feed's author and language hold where it has none of its own."""
    writer = author(item) or author(feed)
    hypertext, plain = text(item, "content_html"), text(item, "content_text") or text(item, "summary")
    title = text(item, "title")
    return Entry(
        guid=text(item, "id"),
        link=text(item, "url"),
        url=absolute(base, text(item, "url")),
        title=escape(title) if hypertext else title,
        text=hypertext or plain,
        html=bool(hypertext),
        author=text(writer, "name")[:300],
        author_url=absolute(base, text(writer, "url")),
        language=(text(item, "language") or text(feed, "language"))[:35] or None,
        posted=moment(text(item, "date_published") or text(item, "date_modified")),
    )


def text(holder: object, key: str) -> str:
    """A field as text; ids are numbers in some feeds."""
    value = holder.get(key) if isinstance(holder, dict) else None
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def author(holder: dict[str, Any]) -> dict[str, Any]:
    """The first author: 1.1 has a list, 1.0 one object."""
    authors = holder.get("authors")
    first = authors[0] if isinstance(authors, list) and authors else holder.get("author")
    return first if isinstance(first, dict) else {}


def moment(written: str) -> int | None:
    """A date in seconds since 1970; RFC 3339 is asked for, and others are met."""
    at = read_time(written)
    return int(at.timestamp()) if at else None
