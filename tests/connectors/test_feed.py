"""The feed connector over a real site: what it reads, remembers and asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from connectors.contract import Batch, GiveUp, Item, TryLater
from connectors.feed import Feed
from listener.aside import Aside
from tests.connectors.feed_pages import an_atom, an_entry, an_rss, dated
from tests.doors import NOW, Clock, RealDoor, a_door
from tests.web_server import Site


@pytest.fixture(scope="module")
def aside() -> Iterator[Aside]:
    aside = Aside()
    yield aside
    aside.close()


@dataclass
class Polled:
    """A feed at /feed of a real site, with its memory."""

    site: Site
    door: RealDoor
    clock: Clock
    cursor: str = ""

    def poll(self, path: str = "/feed") -> Batch:
        batch = Feed(url=self.site.url(path)).poll(self.cursor, self.door)
        self.cursor = batch.cursor
        return batch

    def read(self, body: str | bytes, **headers: str) -> list[Item]:
        self.site.put("/feed", body, **headers)
        return list(self.poll().items)


@pytest.fixture
def feed(aside: Aside) -> Iterator[Polled]:
    clock = Clock()
    with Site() as site, a_door(clock, aside=aside) as door:
        yield Polled(site, door, clock)


def test_an_entry_becomes_an_item(feed: Polled) -> None:
    description = "&lt;p&gt;I love it&lt;/p&gt;"
    (item,) = feed.read(
        an_rss(
            an_entry("Nice", "g1", "/p/1#c", pubDate=dated(NOW - timedelta(hours=1)), description=description).replace(
                "</item>", "<dc:creator>jane</dc:creator></item>"
            ),
            head="<language>en-us</language>",
        )
    )
    assert (item.external_id, item.title, item.text, item.html) == ("g1", "Nice", "<p>I love it</p>", True)
    assert item.url == feed.site.url("/p/1#c")
    assert (item.author.handle, item.language) == ("jane", "en-us")
    assert item.posted_at == NOW - timedelta(hours=1)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("anna@acme.online (Anna)", "Anna"),
        ("Anna &lt;anna@acme.online&gt;", "Anna"),
        ("anna@acme.org (Anna (Berlin))", "Anna (Berlin)"),
        ("anna@acme.online", "anna@acme.online"),
        ("@anna@mastodon.social", "anna@mastodon.social"),
        ("Anna (Berlin)", "Anna (Berlin)"),
    ],
)
@pytest.mark.parametrize("broken", ["", "<b>"])
def test_an_author_is_called_by_the_name_beside_an_address(feed: Polled, written: str, name: str, broken: str) -> None:
    (item,) = feed.read(an_rss(an_entry(broken, "1", author=written)))
    assert item.author.handle == name


def test_content_wins_over_summary(feed: Polled) -> None:
    entry = an_entry("x", "1", description="short").replace("</item>", "<content:encoded>long</content:encoded></item>")
    assert [item.text for item in feed.read(an_rss(entry))] == ["long"]


def test_an_atom_feed_is_read(feed: Polled) -> None:
    entry = (
        '<entry><id>7</id><title>A &lt; B</title><link href="/p/7"/><updated>2026-11-22T10:00:00+01:00</updated>'
        '<content type="html">&lt;b&gt;hi&lt;/b&gt;</content></entry>'
    )
    head = '<author><name>/u/joe</name><uri>http://joe.example/</uri></author><link href="http://voices.example/"/>'
    (item,) = feed.read(an_atom(entry, head=head), Content_Type="application/atom+xml")
    assert (item.external_id, item.title, item.text) == ("7", "A &lt; B", "<b>hi</b>")
    assert (item.author.handle, item.author.url) == ("joe", "http://joe.example/")
    assert item.posted_at == NOW.replace(day=22, hour=9)


def test_an_rdf_feed_is_read(feed: Polled) -> None:
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        '<channel rdf:about="http://v.example/"><title>V</title></channel>'
        '<item rdf:about="http://v.example/1"><title>One</title><link>http://v.example/1</link></item></rdf:RDF>'
    )
    assert [(item.external_id, item.title) for item in feed.read(rdf)] == [("http://v.example/1", "One")]


@pytest.mark.parametrize("version", ["0.90", "0.91", "0.92", "0.94", "2.0"])
def test_every_rss_is_read(feed: Polled, version: str) -> None:
    assert len(feed.read(an_rss(an_entry(link="http://v.example/1")).replace('"2.0"', f'"{version}"'))) == 1


def test_the_page_of_the_post_wins_over_the_address_that_it_links_to(feed: Polled) -> None:
    entries = [an_entry(f"t{n}", link="http://far.example/", comments=f"http://voices.example/c/{n}") for n in (1, 2)]
    items = feed.read(an_rss(*entries))
    assert {item.url for item in items} == {"http://voices.example/c/1", "http://voices.example/c/2"}


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "http://[", "file:///etc/passwd"])
def test_only_web_links_are_kept(feed: Polled, link: str) -> None:
    assert [item.url for item in feed.read(an_rss(an_entry("x", "1", link)))] == [None]


def test_items_come_oldest_first(feed: Polled) -> None:
    entries = [an_entry(guid=str(n), pubDate=dated(NOW - timedelta(days=n))) for n in (1, 3, 2)]
    assert [item.external_id for item in feed.read(an_rss(*entries))] == ["3", "2", "1"]
    assert [item.external_id for item in feed.read(an_rss(an_entry(guid="b"), an_entry(guid="a")))] == ["a", "b"]


def test_a_date_in_the_future_becomes_now_and_no_date_stays_unknown(feed: Polled) -> None:
    entries = [an_entry(guid="a", pubDate=dated(NOW + timedelta(days=9))), an_entry(guid="b", pubDate="soon")]
    assert {item.external_id: item.posted_at for item in feed.read(an_rss(*entries))} == {"a": NOW, "b": None}


def test_what_the_server_named_goes_back_byte_for_byte(feed: Polled) -> None:
    feed.read(an_rss(an_entry()), ETag='W/"a--gzip"', Last_Modified="yesterday, about noon")
    again = feed.poll()
    assert (again.unchanged, list(again.items)) == (True, [])
    assert feed.site.seen[1].headers["if-none-match"] == 'W/"a--gzip"'
    assert feed.site.seen[1].headers["if-modified-since"] == "yesterday, about noon"


def test_the_same_body_is_not_parsed_again(feed: Polled) -> None:
    feed.read(an_rss(an_entry()))
    assert feed.poll().unchanged
    assert not feed.site.seen[1].headers.get("if-none-match")


def test_a_feed_that_stops_in_the_middle_is_read_and_asked_for_in_full(feed: Polled) -> None:
    whole = an_rss(an_entry("one", "1"), an_entry("two", "2"))
    assert len(feed.read(whole[:-40], ETag='"1"')) >= 1
    again = feed.poll()
    assert not again.unchanged
    assert "if-none-match" not in feed.site.seen[1].headers


def test_a_broken_entity_does_not_stop_a_feed(feed: Polled) -> None:
    assert len(feed.read(an_rss(an_entry("AT&T & sons", "1"), an_entry("<b>", "2")))) == 2


def test_an_empty_feed_is_a_feed(feed: Polled) -> None:
    assert feed.read(an_rss()) == []


def test_a_move_is_believed_after_three_sightings_over_a_day(feed: Polled) -> None:
    feed.site.put("/new", an_rss(an_entry()), ETag='"1"')
    feed.site.redirect("/feed", "/new", 301)
    for hours in (0, 1, 24):
        feed.clock.time = NOW + timedelta(hours=hours)
        feed.poll()
    feed.poll()
    assert [seen.path for seen in feed.site.seen] == ["/feed", "/new"] * 3 + ["/new"]


@pytest.mark.parametrize("times", [[0, 1, 2], [0, 30]])
def test_a_move_is_not_believed_sooner(feed: Polled, times: list[int]) -> None:
    feed.site.put("/new", an_rss(an_entry()))
    feed.site.redirect("/feed", "/new", 308)
    for hours in times:
        feed.clock.time = NOW + timedelta(hours=hours)
        feed.poll()
    feed.poll()
    assert feed.site.seen[-2].path == "/feed"


def test_a_move_that_was_taken_back_is_forgotten(feed: Polled) -> None:
    feed.site.put("/new", an_rss(an_entry()))
    for hours, status in enumerate([301, 301, 302, 301]):
        feed.site.redirect("/feed", "/new", status)
        feed.clock.time = NOW + timedelta(hours=hours * 12)
        feed.poll()
    feed.poll()
    assert feed.site.seen[-2].path == "/feed"


def test_a_new_address_that_fails_is_left_for_the_operators_one(feed: Polled) -> None:
    test_a_move_is_believed_after_three_sightings_over_a_day(feed)
    feed.site.put("/new", status=404)
    assert len(feed.read(an_rss(an_entry("back")))) == 1


def test_a_feed_that_is_gone_is_given_up(feed: Polled) -> None:
    with pytest.raises(GiveUp, match="410"):
        feed.read("", status=410)  # type: ignore[arg-type]


@pytest.mark.parametrize(("status", "hours"), [(401, 6), (403, 2), (404, 1)])
def test_a_refusal_is_for_much_later(feed: Polled, status: int, hours: int) -> None:
    feed.site.put("/feed", "no", status)
    with pytest.raises(TryLater, match=str(status)) as caught:
        feed.poll()
    assert caught.value.after == timedelta(hours=hours)


def test_a_web_page_names_its_feed(feed: Polled) -> None:
    link = "<link title=x href='/feed.xml?a=1&amp;b=2' rel=alternate type='application/rss+xml'>"
    feed.site.put("/feed", f"<!doctype html><html><head>{link}</head><body>Hi</body></html>", Content_Type="text/html")
    with pytest.raises(TryLater, match="HTML") as caught:
        feed.poll()
    assert f'url = "{feed.site.url("/feed.xml?a=1&b=2")}"' in str(caught.value)


@pytest.mark.parametrize(
    "body", ["", " \n", "<html><p>no", "hello", '{"error": 1}', "{", "[]", b"\x89PNG\r\n\x1a\n\0\0"]
)
def test_what_is_no_feed_is_for_later(feed: Polled, body: str | bytes) -> None:
    with pytest.raises(TryLater, match=r"check|look|use|repair"):
        feed.read(body)


def test_a_window_that_no_longer_reaches_back_is_a_blind_spot(feed: Polled) -> None:
    feed.read(an_rss(an_entry(guid="old", pubDate=dated(NOW - timedelta(hours=1)))))
    feed.clock.pass_by(days=2)
    feed.site.put("/feed", an_rss(an_entry(guid="new", pubDate=dated(NOW + timedelta(days=1)))))
    (blind,) = feed.poll().blind
    assert (blind.since, blind.until) == (NOW, NOW + timedelta(days=1))


@pytest.mark.parametrize(("guid", "days"), [("old", 1), ("renamed", -1)])
def test_a_window_that_overlaps_or_reaches_back_is_none(feed: Polled, guid: str, days: int) -> None:
    feed.read(an_rss(an_entry(guid="old", pubDate=dated(NOW - timedelta(days=1)))))
    feed.clock.pass_by(days=2)
    feed.site.put("/feed", an_rss(an_entry("x", guid, pubDate=dated(NOW + timedelta(days=days)))))
    assert feed.poll().blind == ()


@pytest.mark.parametrize(
    ("gap", "head", "headers", "minutes"),
    [
        (timedelta(hours=4), "", {}, 120),
        (timedelta(minutes=1), "", {}, 15),
        (timedelta(days=30), "", {}, 24 * 60),
        (timedelta(hours=1), "<ttl>180</ttl>", {}, 180),
        (timedelta(hours=1), "<ttl>99999999</ttl>", {}, 24 * 60),
        (
            timedelta(hours=1),
            "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
            {},
            360,
        ),
        (timedelta(hours=1), "", {"Cache_Control": "public, max-age=7200", "Age": "1800"}, 90),
        (timedelta(hours=1), "", {"Expires": dated(NOW + timedelta(hours=3))}, 180),
        (timedelta(hours=1), "", {"Expires": "0", "Cache_Control": "no-store"}, 30),
    ],
)
def test_the_wait_follows_the_entries_and_the_publisher(
    feed: Polled, gap: timedelta, head: str, headers: dict[str, str], minutes: int
) -> None:
    entries = [an_entry(guid=str(n), pubDate=dated(NOW - gap * n)) for n in range(30)]
    feed.site.put("/feed", an_rss(*entries, head=head), **headers)
    assert feed.poll().every == timedelta(minutes=minutes)
    assert feed.poll().every == timedelta(minutes=minutes)


def test_a_feed_that_suggests_nothing_leaves_the_wait_open(feed: Polled) -> None:
    feed.read(an_rss(an_entry()))
    assert feed.poll().every is None


def test_a_cursor_of_another_version_starts_afresh(feed: Polled) -> None:
    feed.cursor = '{"etag": 5, "polled": "never"}'
    assert len(feed.read(an_rss(an_entry()))) == 1


@pytest.mark.parametrize("url", ["file:///etc/passwd", "acme.example/feed", "ftp://acme.example/", ""])
def test_an_address_that_is_none_is_refused_in_the_configuration(url: str) -> None:
    with pytest.raises(ValidationError, match="http"):
        Feed(url=url)


FEEDS = sorted((Path(__file__).parents[3] / "shared/data/feeds").glob("*.xml"))


@pytest.mark.skipif(not FEEDS, reason="the real feeds lie beside the project of its authors only")
def test_real_feeds_keep_their_names_wherever_they_are_read_from(feed: Polled) -> None:
    for path in FEEDS:
        feed.site.put("/a/feed.xml", path.read_bytes(), Content_Type="text/xml")
        feed.site.put("/other", path.read_bytes(), Content_Type="application/rss+xml; charset=utf-8")
        here, there = ([item.external_id for item in read_once(feed, at)] for at in ("/a/feed.xml", "/other"))
        assert here == there != []
        assert len(set(here)) == len(here)


def read_once(feed: Polled, path: str) -> list[Item]:
    return list(Feed(url=feed.site.url(path)).poll("", feed.door).items)
