"""Feeds that are broken or meant to hurt; the next feed is read all the same."""

from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from connectors.contract import Batch, TryLater
from connectors.feed import PARSE_SECONDS, Feed
from connectors.feed_shape import MOST_ENTRIES
from connectors.feed_xml import read_xml
from listener.aside import Aside
from tests.connectors.feed_pages import an_atom, an_entry, an_rss, dated
from tests.doors import NOW, RealDoor, a_door
from tests.web_server import Site


@pytest.fixture(scope="module")
def aside() -> Iterator[Aside]:
    aside = Aside()
    yield aside
    aside.close()


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


@pytest.fixture
def door(aside: Aside) -> Iterator[RealDoor]:
    with a_door(aside=aside) as door:
        yield door


def poll(site: Site, door: RealDoor, body: str | bytes, **headers: str) -> Batch:
    return Feed(url=site.put("/feed", body, **headers)).poll("", door)


@pytest.mark.parametrize(
    ("encoding", "declared", "header"),
    [
        ("utf-8", "utf-16", "text/xml"),
        ("utf-8", "utf-8", "text/xml; charset=iso-8859-1"),
        ("utf-8", "iso-8859-1", "application/xml"),
        ("utf-16", "utf-16", "application/xml"),
        ("utf-16", "utf-8", "text/xml; charset=utf-8"),
        ("utf-16-le", "utf-16", "text/xml"),
        ("utf-32", "utf-8", "text/xml"),
        ("iso-8859-1", "iso-8859-1", "text/xml"),
        ("iso-8859-1", "utf-8", "application/rss+xml; charset=iso-8859-1"),
        ("iso-8859-1", "utf-8", "application/rss+xml"),
        ("utf-8", "klingon", "text/xml; charset=klingon"),
    ],
)
def test_a_wrong_charset_does_not_spoil_the_words(
    site: Site, door: RealDoor, encoding: str, declared: str, header: str
) -> None:
    text = an_rss(an_entry("Žluť" if encoding.startswith("utf") else "Café déjà vu", "1")).replace("utf-8", declared, 1)
    (item,) = poll(site, door, text.encode(encoding), Content_Type=header).items
    assert item.title in ("Žluť", "Café déjà vu")


def test_ascii_that_is_declared_as_utf_16_is_read(site: Site, door: RealDoor) -> None:
    body = an_rss(an_entry("Hello", "1")).replace("utf-8", "utf-16", 1).encode()
    (item,) = poll(site, door, body, Content_Type="text/xml; charset=utf-16").items
    assert item.title == "Hello"


def test_a_billion_laughs_are_not_laughed(site: Site, door: RealDoor) -> None:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    body = (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "lol">{levels}]><rss version="2.0"><channel><item><title>&l9;'
    )
    batch = poll(site, door, body + "</title><guid>1</guid></item></channel></rss>")
    assert all(len(item.title) < 10_000 for item in batch.items)


def test_a_file_of_this_machine_is_not_read(site: Site, door: RealDoor) -> None:
    body = '<!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/passwd">]>' + an_rss(an_entry("&f;", "1"))[38:]
    assert all("root:" not in item.title for item in poll(site, door, body).items)


def test_a_quadratic_author_costs_nothing(site: Site, door: RealDoor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.feed.PARSE_SECONDS", 4)
    entries = [an_entry(str(n), str(n), author="a." * 16_000 + "@") for n in range(20)]
    batch = poll(site, door, an_rss(*entries))
    assert len(list(batch.items)) == 20
    assert all(len(item.author.handle or "") <= 300 for item in batch.items)


def test_a_body_that_takes_too_long_is_cut_off_and_the_next_is_read(
    site: Site, door: RealDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.feed.PARSE_SECONDS", 0.5)
    # time, not memory, is what a fast machine must run out of first
    monkeypatch.setattr("connectors.feed.PARSE_MEGABYTES", 4000)
    attributes = " ".join(f'a{n}="x"' for n in range(300_000))
    with pytest.raises(TryLater, match="took longer"):
        poll(site, door, an_rss(f"<item><title {attributes} b=c>x</title></item>"))
    monkeypatch.undo()
    assert len(list(poll(site, door, an_rss(an_entry())).items)) == 1


def test_as_many_entries_as_are_read_take_half_of_the_time_that_they_may() -> None:
    posts = [
        an_entry("t", str(n), f"http://a.example/{n}", pubDate=dated(NOW), author="a@b.example (Ann)")
        for n in range(1000)
    ]
    body, took = an_rss(*posts).encode(), []
    # a busy machine makes one of them slow, hardly all
    for _ in range(4):
        began = time.process_time()
        assert len(read_xml(body, "application/rss+xml", "http://a.example/").entries) == 1000
        took.append(time.process_time() - began)
    assert min(took) * MOST_ENTRIES / 1000 < PARSE_SECONDS / 2


def test_of_ten_thousand_and_more_the_newest_are_read_and_the_rest_is_told(site: Site, door: RealDoor) -> None:
    entries = [an_entry("t", str(n), pubDate=dated(NOW - timedelta(hours=n))) for n in range(10_020)]
    batch = poll(site, door, an_rss(*entries))
    items = list(batch.items)
    assert (len(items), items[-1].external_id, items[0].external_id) == (10_000, "0", "9999")
    (blind,) = batch.blind
    assert "10020 entries" in blind.why


def test_the_newest_are_kept_when_they_stand_at_the_end(site: Site, door: RealDoor) -> None:
    entries = [an_entry("t", str(n), pubDate=dated(NOW - timedelta(minutes=10_005 - n))) for n in range(10_005)]
    items = list(poll(site, door, an_rss(*entries)).items)
    assert (len(items), items[-1].external_id) == (10_000, "10004")


def test_entries_without_any_name_are_told_apart_by_their_words(site: Site, door: RealDoor) -> None:
    items = list(poll(site, door, an_rss(*[an_entry(f"title {n % 50}") for n in range(100)])).items)
    assert len({item.external_id for item in items}) == len(items) == 50


def test_a_guid_under_a_base_address_stays_as_it_is_written(site: Site, door: RealDoor) -> None:
    feed = an_atom("<entry><id>42</id><title>x</title><link href='p'/></entry>")
    (item,) = poll(site, door, feed.replace("<feed", "<feed xml:base='http://old.example/dir/'")).items
    assert (item.external_id, item.url) == ("42", "http://old.example/dir/p")


def test_a_bomb_is_refused_with_the_cure(site: Site, door: RealDoor) -> None:
    bomb = gzip.compress(an_rss(an_entry("x" * 8_000_000)).encode())
    with pytest.raises(TryLater, match="name an address of it that gives less"):
        poll(site, door, bomb, Content_Encoding="gzip")


def test_a_cut_connection_is_not_taken_for_a_short_feed(site: Site, door: RealDoor) -> None:
    def cut(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 9000\r\n\r\n" + an_rss(an_entry()).encode())

    with pytest.raises(TryLater, match="broke off"):
        Feed(url=site.play("/feed", cut)).poll("", door)


@pytest.mark.parametrize("depth", [2_000, 100_000])
def test_nesting_without_end_does_no_harm(site: Site, door: RealDoor, depth: int) -> None:
    with pytest.raises(TryLater, match="its owner must repair it"):
        poll(site, door, '{"a":' * depth)
    poll(site, door, an_rss(an_entry("x", "1", description="<![CDATA[" + "<b>" * depth + "]]>")))


def test_control_characters_and_nul_do_no_harm(site: Site, door: RealDoor) -> None:
    batch = poll(site, door, an_rss(an_entry("a\0b\x01c", "1"), an_entry("fine", "2")))
    assert "2" in {item.external_id for item in batch.items}


@pytest.mark.parametrize("odd", ["&#0;", "&#xD800;", "&#x110000;", "&#99999999999;", "\x0b", "&nosuch;"])
def test_references_to_no_character_are_left_out(site: Site, door: RealDoor, odd: str) -> None:
    items = poll(site, door, an_rss(an_entry(f"a{odd}b", "1"), an_entry("fine", "2"))).items
    titles = {item.external_id: item.title for item in items}
    assert titles["2"] == "fine"
    titles["1"].encode()
    assert titles["1"].isprintable()


def test_half_a_character_in_json_is_left_out(site: Site, door: RealDoor) -> None:
    feed = '{"version": "https://jsonfeed.org/version/1", "items": [{"id": "1\\u0000", "title": "a\\ud800b"}]}'
    (item,) = poll(site, door, feed, Content_Type="application/feed+json").items
    assert (item.external_id, item.title) == ("1", "ab")
