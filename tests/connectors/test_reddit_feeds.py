"""Reddit without a key: its public feeds in turn."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from connectors.contract import TryLater
from connectors.reddit import Reddit
from listener.aside import Aside
from tests.connectors.loopback import Answer, Site, a_site
from tests.doors import NOW, Clock, RealDoor, a_door

NEW, COMMENTS = "/r/acme+flow/new.rss", "/r/acme+flow/comments.rss"
POST = """<entry><author><name>/u/bob</name><uri>https://www.reddit.com/user/bob</uri></author>
<category term="acme" label="r/acme"/>
<content type="html">&lt;!-- SC_OFF --&gt;&lt;div class=&quot;md&quot;&gt;&lt;p&gt;
It is great&lt;/p&gt; &lt;/div&gt;&lt;!-- SC_ON --&gt; &amp;#32; submitted by &amp;#32; &lt;a href=&quot;
https://www.reddit.com/user/bob&quot;&gt; /u/bob &lt;/a&gt; &lt;br/&gt; &lt;span&gt;&lt;a href=&quot;x&quot;&gt;
[link]&lt;/a&gt;&lt;/span&gt;</content><id>t3_{short}</id>
<link href="https://www.reddit.com/r/acme/comments/{short}/x/"/><published>{date}</published><title>Acme Flow</title>
</entry>"""
COMMENT = """<entry><author><name>/u/eve</name></author><content type="html">&lt;p&gt;Agreed&lt;/p&gt;</content>
<id>t1_c1</id><link href="https://www.reddit.com/r/acme/comments/p1/x/c1/"/><updated>{date}</updated>
<title>/u/eve on Acme Flow</title></entry>"""


def a_feed(*entries: str) -> Answer:
    body = f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>x</title>{"".join(entries)}</feed>'
    return Answer(body, headers={"content-type": "application/atom+xml; charset=UTF-8"})


def a_post(short: str = "p1", days: float = 0.1) -> str:
    return POST.format(short=short, date=(NOW - timedelta(days=days)).isoformat())


def a_comment(days: float = 0.1) -> str:
    return COMMENT.format(date=(NOW - timedelta(days=days)).isoformat())


@pytest.fixture(scope="module")
def aside() -> Iterator[Aside]:
    children = Aside()
    yield children
    children.close()


@pytest.fixture
def door(aside: Aside) -> Iterator[RealDoor]:
    with a_door(Clock(), aside=aside) as door:
        yield door


@pytest.fixture
def site() -> Iterator[Site]:
    with a_site() as site:
        site.pages = {NEW: a_feed(a_post()), COMMENTS: a_feed(a_comment())}
        yield site


def a_source(site: Site, **options: Any) -> Reddit:
    return Reddit.model_validate({"subreddits": ["acme", "flow"], "base_url": site.url, **options})


def test_the_first_poll_reads_all_feeds_as_the_keyed_way_would(site: Site, door: RealDoor) -> None:
    post, comment = a_source(site).poll("", door).items

    assert (post.external_id, post.title, post.author.handle, post.thread) == ("t3_p1", "Acme Flow", "bob", "t3_p1")
    assert "It is great" in post.text
    assert "submitted by" not in post.text
    assert (comment.external_id, comment.title, comment.author.handle) == ("t1_c1", "", "eve")
    assert (comment.thread, comment.attributes) == ("t3_p1", {"thread_title": "Acme Flow"})


def test_each_later_poll_asks_one_feed_in_turn(site: Site, door: RealDoor) -> None:
    source = a_source(site, search=["acme flow"])
    site.pages["/search.rss"] = a_feed()
    batch = source.poll("", door)
    site.asked.clear()
    for _ in range(4):
        batch = source.poll(batch.cursor, door)

    assert site.paths() == [NEW, COMMENTS, "/search.rss", NEW]
    assert batch.every == timedelta(minutes=5)


def test_a_refused_first_poll_says_what_would_help(site: Site, door: RealDoor) -> None:
    site.pages[NEW] = Answer(status=403)

    with pytest.raises(TryLater, match=r"403.*client_id"):
        a_source(site).poll("", door)


def test_refused_everywhere_is_trouble(site: Site, door: RealDoor) -> None:
    cursor = a_source(site).poll("", door).cursor
    site.pages = {}

    with pytest.raises(TryLater, match="404"):
        a_source(site).poll(cursor, door)


def test_a_feed_that_is_let_through_late_brings_no_old_posts_as_new(site: Site, door: RealDoor) -> None:
    site.pages[COMMENTS] = Answer(status=429)
    batch = a_source(site).poll("", door)
    door.clock.pass_by(hours=26)  # type: ignore[attr-defined]  # the test's own clock
    site.pages[COMMENTS] = a_feed(a_comment(days=5))
    turns = [batch := a_source(site).poll(batch.cursor, door) for _ in range(2)]

    assert [list(turn.items) for turn in turns] == [[], []]


def test_one_feed_that_fails_does_not_keep_the_others_from_their_turn(site: Site, door: RealDoor) -> None:
    batch = a_source(site).poll("", door)
    site.pages[NEW] = Answer(status=403)
    batch = a_source(site).poll(batch.cursor, door)

    assert "client_id" in next(iter(batch.blind)).why
    assert site.paths()[-2:] == [NEW, COMMENTS]
