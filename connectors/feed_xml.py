"""RSS, RDF and Atom from bytes to entries, with feedparser. Imported by the parser child alone."""

from __future__ import annotations

import io
import re
from calendar import timegm
from contextlib import suppress
from html import escape
from typing import Any

import feedparser

from connectors.feed_entry import Entry, Reading
from connectors.feed_links import absolute, permalink
from connectors.feed_shape import charset, is_whole, newest_part, not_a_feed

LONGEST_AUTHOR = 300
PERIODS = {"hourly": 3600, "daily": 86400, "weekly": 604800, "monthly": 2592000, "yearly": 31536000}
HTML = ("text/html", "application/xhtml+xml")
# not the account in @joe@mastodon.social
ADDRESS = re.compile(r"(?<![\w.+@-])[\w.+-]+@(?:[\w-]+\.)+[\w-]+")
NO_ADDRESS = re.compile(r"\(\s*\)|<\s*>|&lt;\s*&gt;")


class Bounded:
    """What feedparser's own parsers are held to.

    A guid is a name and stays as it is written, also under an `xml:base`; an author is cut before feedparser
    looks for an e-mail address in it, which takes quadratic time (32 kB: 2.6 s), and its name is taken without it:
    feedparser cuts a domain after four letters, and `anna@acme.online (Anna)` would be `ne (Anna`.
    """

    can_be_relative_uri = feedparser.mixin._FeedParserMixin.can_be_relative_uri - {"id"}

    def _sync_author_detail(self, key: str = "author") -> None:
        context = self._get_context()  # type: ignore[attr-defined]  # of the mixin
        if context.get(key):
            context[key] = context[key][:LONGEST_AUTHOR]
            detail = (context.get(f"{key}s") or [{}])[-1]
            if not detail:
                detail["name"] = without_address(context[key])
                context.setdefault(f"{key}_detail", detail)
        super()._sync_author_detail(key)  # type: ignore[misc]  # of the mixin

    def handle_charref(self, ref: str) -> None:
        """Leave out `&#xD800;` and other references to no character, on which feedparser gives up."""
        with suppress(ValueError, OverflowError):
            super().handle_charref(ref)  # type: ignore[misc]  # of the mixin


class Strict(Bounded, feedparser.api.StrictFeedParser):  # type: ignore[misc]  # untyped
    """For well-formed XML."""


class Loose(Bounded, feedparser.api.LooseFeedParser):  # type: ignore[misc]  # untyped
    """For everything else."""


def without_address(author: str) -> str:
    """The name beside an e-mail address; the address where there is none."""
    name = NO_ADDRESS.sub("", ADDRESS.sub("", author)).strip()
    if name != author and name.startswith("("):
        name = name[1:].removesuffix(")")
    return name.strip() or author


def read_xml(body: bytes, content_type: str, base: str) -> Reading:
    """A feed; one that is not well-formed is read as far as it goes. Raises ValueError for what is no feed."""
    part, dropped = newest_part(body)
    # feedparser offers no other way to hand in a parser of one's own; only the child imports this
    feedparser.api.StrictFeedParser, feedparser.api.LooseFeedParser = Strict, Loose
    found = feedparser.parse(
        io.BytesIO(part),
        response_headers={"content-type": charset(body, content_type)},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not found.version and not found.entries:
        raise ValueError(not_a_feed(body, base))
    # in Atom the feed's author wrote what names no other; in RSS it is an editor
    writer = found.feed.get("author_detail") if found.version.startswith("atom") else None
    entries = [entry(each, found.feed, writer or {}, base) for each in found.entries]
    return Reading(entries, not found.bozo or is_whole(body), dropped, floor(found.feed))


def entry(found: Any, feed: Any, writer: Any, base: str) -> Entry:
    """One entry. Its content wins over its summary, its author over `writer`."""
    # an empty content element beside a full summary is common
    content = next((part for part in found.get("content", ()) if part.get("value")), None)
    detail = content or found.get("summary_detail") or {}
    title = found.get("title_detail") or {}
    html = is_html(detail) or is_html(title)
    # FeedBurner puts its own counter in front of the post and the post's address here
    link = found.get("feedburner_origlink") or found.get("link", "")
    link = permalink(link, found.get("comments", ""), feed.get("link", ""))
    writer = found.get("author_detail") or writer
    return Entry(
        guid=found.get("id", ""),
        link=link,
        url=absolute(base, link),
        title=marked_up(title, html),
        text=marked_up(detail, html),
        html=html,
        author=(writer.get("name") or writer.get("email") or found.get("author", ""))[:LONGEST_AUTHOR],
        author_url=absolute(base, writer.get("href", "")),
        language=(detail.get("language") or feed.get("language") or "")[:35] or None,
        posted=posted(found),
    )


def is_html(detail: Any) -> bool:
    return detail.get("type") in HTML


def marked_up(detail: Any, html: bool) -> str:
    """A text as HTML, if the other one of the entry is HTML."""
    value: str = detail.get("value", "")
    return escape(value, quote=False) if html and not is_html(detail) else value


def posted(found: Any) -> int | None:
    """When an entry appeared, else when it was changed, in seconds since 1970."""
    for name in ("published_parsed", "updated_parsed", "created_parsed"):
        # `get` of feedparser's own dict would warn that `updated` falls back to `published`
        if moment := dict.get(found, name):
            return timegm(moment)
    return None


def floor(feed: Any) -> int:
    """For how many seconds the feed asks to be left alone: ttl, or sy:updatePeriod over sy:updateFrequency."""
    period = PERIODS.get(str(feed.get("sy_updateperiod", "")).strip().lower(), 0)
    return max(number(feed.get("ttl")) * 60, period // max(1, number(feed.get("sy_updatefrequency"))))


def number(written: object) -> int:
    """A count, bounded; 0 for what is none."""
    digits = re.fullmatch(r"\s*(\d{1,9})\s*", str(written), re.A)
    return int(digits[1]) if digits else 0
