"""JSON Feed 1.0 and 1.1."""

from __future__ import annotations

import json
from typing import Any

import pytest

from connectors.json_feed import is_json, read_json_feed

BASE = "https://a.example/feed.json"


def a_json_feed(*items: Any, **more: Any) -> bytes:
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items, **more}).encode()


def test_an_item_is_read() -> None:
    item = {
        "id": 7,
        "url": "/p/7",
        "external_url": "http://far.example/",
        "title": "A < B",
        "content_html": "<p>hi</p>",
        "content_text": "hi",
        "date_published": "2026-11-22T10:00:00+01:00",
        "authors": [{"name": "Jane", "url": "javascript:x"}],
        "language": "de",
    }
    (entry,) = read_json_feed(a_json_feed(item), BASE)
    assert (entry.guid, entry.url, entry.title, entry.text) == ("7", "https://a.example/p/7", "A &lt; B", "<p>hi</p>")
    assert (entry.author, entry.author_url, entry.language, entry.posted) == ("Jane", None, "de", 1795338000)


def test_the_feeds_author_holds_where_an_item_has_none() -> None:
    (entry,) = read_json_feed(a_json_feed({"id": "1", "content_text": "x"}, author={"name": "Joe"}), BASE)
    assert (entry.author, entry.text, entry.html) == ("Joe", "x", False)


@pytest.mark.parametrize("written", ["Sun, 22 Nov 2026 09:00:00 GMT", "2026-11-22 09:00:00", "1795338000"])
def test_a_date_in_another_form_than_the_format_asks_for_is_read(written: str) -> None:
    (entry,) = read_json_feed(a_json_feed({"id": "a", "date_published": written}), "")
    assert entry.posted == 1795338000


@pytest.mark.parametrize("item", [None, 5, [], {}, {"id": None, "authors": 3, "title": ["x"], "date_published": "?"}])
def test_odd_items_do_no_harm(item: Any) -> None:
    assert len(read_json_feed(a_json_feed(item, {"id": "1"}), BASE)) in (1, 2)


@pytest.mark.parametrize("body", [b'{"version": 1}', b'{"items": []}', b"{", b'{"version": ' + 5_000 * b"1" + b"}"])
def test_other_json_is_refused_with_the_cure(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"json_api|repair"):
        read_json_feed(body, BASE)


def test_json_is_known_by_its_first_character() -> None:
    assert is_json(b"\xef\xbb\xbf \n{}")
    assert not is_json(b"<rss>")
