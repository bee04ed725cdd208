"""The look of a body before it is parsed: which text encoding, how many entries, a feed at all?"""

from __future__ import annotations

import re
from html import unescape

from connectors.dates import read_time
from connectors.feed_links import absolute

MOST_ENTRIES = 10_000

START = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]")
END = re.compile(rb"</(?:\w+:)?(?:item|entry)\s*>")
DATE = re.compile(rb"<(?:\w+:)?(?:pubDate|published|updated|date)>([^<]{8,60})<")
ROOT_END = re.compile(rb"</(?:\w+:)?(?:rss|feed|RDF)\s*>")
# UTF-32 first: its mark begins with that of UTF-16
WIDE = {
    b"\xff\xfe\0\0": "utf-32",
    b"\0\0\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
    b"<\0?\0": "utf-16-le",
    b"\0<\0?": "utf-16-be",
}
CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.I)
LINK = re.compile(rb"<link\b[^>]{0,2000}>", re.I)
TYPE = re.compile(rb"application/(?:rss\+xml|atom\+xml|feed\+json)", re.I)
HREF = re.compile(rb"href\s*=\s*[\"']?([^\"'\s>]{1,500})", re.I)


def charset(body: bytes, content_type: str) -> str:
    """A content type that feedparser believes: with the encoding that the bytes are in, whatever is declared.

    Of 200 real feeds one declared utf-16 and was utf-8; text/xml alone would mean ASCII.
    """
    for start, wide in WIDE.items():
        if body.startswith(start):
            return f"application/xml; charset={wide}"
    # text in another encoding is hardly ever valid UTF-8 by chance
    if not body.isascii() and is_utf8(body):
        return "application/xml; charset=utf-8"
    declared = CHARSET.search(content_type)
    if declared and not declared[1].lower().startswith(("utf-16", "utf-32", "utf16", "utf32")):
        return f"application/xml; charset={declared[1]}"
    return "application/xml"


def is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def newest_part(body: bytes) -> tuple[bytes, int]:
    """The body with its newest MOST_ENTRIES entries, and how many were cut out. Newest first, unless dates say else."""
    starts = [start.start() for start in START.finditer(body)]
    dropped = len(starts) - MOST_ENTRIES
    ends = [end.end() for end in END.finditer(body, starts[-1])] if dropped > 0 else []
    if not ends:
        return body, 0
    if is_oldest_first(body, starts):
        return body[: starts[0]] + body[starts[dropped] :], dropped
    return body[: starts[MOST_ENTRIES]] + body[ends[-1] :], dropped


def is_oldest_first(body: bytes, starts: list[int]) -> bool:
    """Whether the last entry is younger than the first; unknown dates count as equal."""
    first, last = DATE.search(body, starts[0], starts[1]), DATE.search(body, starts[-1])
    return bool(first and last and moment(last[1]) > moment(first[1]) > 0)


def moment(written: bytes) -> float:
    """A date of RSS or Atom in seconds since 1970, good enough to compare two; 0 when it cannot be read."""
    at = read_time(written.decode("latin-1"))
    return at.timestamp() if at else 0


def is_whole(body: bytes) -> bool:
    """Whether the document reaches its end."""
    return bool(ROOT_END.search(body[-2000:]))


def not_a_feed(body: bytes, base: str) -> str:
    """What the address answers with instead of a feed, and what to do about it."""
    if not re.search(rb"<(?:!doctype html|html|head|body)\b", body[:5000], re.I):
        return "the address answers with something that is no feed; check it in a browser"
    where = [absolute(base, unescape(found)) for found in alternates(body)]
    named = next((address for address in where if address), None)
    cure = f'the page names its feed: set `url = "{named}"`' if named else "look on the page for the feed's own address"
    return f"the address answers with a web page (HTML) instead of a feed; {cure}"


def alternates(body: bytes) -> list[str]:
    """The feeds that a web page links to, as they are written."""
    tags = [tag[0] for tag in LINK.finditer(body[:500_000]) if TYPE.search(tag[0])]
    hrefs = [HREF.search(tag) for tag in tags]
    return [href[1].decode("utf-8", "replace") for href in hrefs if href]
