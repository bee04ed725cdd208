"""Feeds from bytes to plain values: what the connector lets the parser child do."""

from __future__ import annotations

import json

from connectors.feed_entry import Document, Plain, Reading, flat, writable
from connectors.feed_identity import identities
from connectors.feed_shape import MOST_ENTRIES
from connectors.json_feed import is_json, read_json_feed


def parse(data: bytes) -> Plain:
    """Read a feed: one line of JSON (`type`: the content type, `url`: where it came from), then its body.

    The answer is `feed_entry.flat`; entries are in the order of the document, the newest 10,000 of them. Raises
    ValueError, worded for the operator, for what is no feed.
    """
    head, _, body = data.partition(b"\n")
    told = json.loads(head)
    if not body.strip():
        raise ValueError("the address answers with an empty page instead of a feed; check it in a browser")
    found = read_json(body, told["url"]) if is_json(body) else read_xml_aside(body, told["type"], told["url"])
    entries = tuple(writable(entry) for entry in found.entries)
    return flat(Document(found.whole, found.dropped, found.floor, entries, identities(entries)))


def read_json(body: bytes, base: str) -> Reading:
    # the format asks for no order; a stable sort leaves undated items as they stand
    entries = sorted(read_json_feed(body, base), key=lambda entry: -(entry.posted or 0))
    return Reading(entries[:MOST_ENTRIES], True, max(0, len(entries) - MOST_ENTRIES), 0)


def read_xml_aside(body: bytes, content_type: str, base: str) -> Reading:
    # the daemon imports this module to name it; feedparser's 10 MB belong into the child
    from connectors.feed_xml import read_xml

    return read_xml(body, content_type, base)
