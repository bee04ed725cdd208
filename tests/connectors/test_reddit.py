"""Reddit through its API: posts, comments, searches, mentions; what was edited, deleted, missed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from connectors.contract import Batch, Item, TryLater
from connectors.reddit import Reddit
from listener.aside import Aside
from tests.connectors.loopback import Answer
from tests.connectors.reddit_server import RedditServer, a_reddit
from tests.doors import NOW, Clock, RealDoor, a_door

KEY = {"client_id": "app", "client_secret": "secret"}
LOGIN = {"username": "acme_support", "password": "pass word"}


@pytest.fixture(scope="module")
def aside() -> Iterator[Aside]:
    children = Aside()
    yield children
    children.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def door(aside: Aside, clock: Clock) -> Iterator[RealDoor]:
    with a_door(clock, aside=aside) as door:
        yield door


@pytest.fixture
def reddit() -> Iterator[RedditServer]:
    with a_reddit() as server:
        yield server


def a_source(reddit: RedditServer, **options: Any) -> Reddit:
    return Reddit.model_validate({"subreddits": ["acme"], **KEY, "base_url": reddit.site.url, **options})


def by_name(batch: Batch) -> dict[str, Item]:
    return {item.external_id: item for item in batch.items}


def test_a_post_arrives_with_its_own_permalink(reddit: RedditServer, door: RealDoor) -> None:
    name = reddit.post("Acme Flow ate my files", "All of them &amp; more")
    item = by_name(a_source(reddit).poll("", door))[name]

    assert (item.title, item.text, item.thread) == ("Acme Flow ate my files", "All of them &amp; more", name)
    assert item.url == f"https://www.reddit.com/r/acme/comments/{name[3:]}/x/"
    assert (item.author.handle, item.posted_at) == ("ann", NOW - timedelta(hours=1))
    assert item.attributes == {"subreddit": "acme"}


def test_a_comment_says_whom_it_answers_and_where(reddit: RedditServer, door: RealDoor) -> None:
    post = reddit.post("Acme Flow", author="eve")
    first = reddit.comment("Same here", post)
    second = reddit.comment("Try the beta", first, minutes=20)
    found = by_name(a_source(reddit).poll("", door))

    assert [(found[name].parent, found[name].parent_author) for name in (first, second)] == [
        (post, "eve"),
        (first, "ann"),
    ]
    assert (found[second].thread, found[second].title) == (post, "")
    assert found[second].attributes["thread_title"] == "Acme Flow"


def test_the_author_of_an_older_comment_is_looked_up(reddit: RedditServer, door: RealDoor) -> None:
    post = reddit.post("Acme Flow")
    ours = reddit.comment("How can we help?", post, minutes=50, author="acme_support")
    cursor = a_source(reddit).poll("", door).cursor
    for _ in range(150):
        last = reddit.comment("other talk", post, minutes=20)
    thanks = reddit.comment("It works now, thanks", ours, minutes=10)
    reddit.find(ours)["created_utc"] -= 10_000_000
    reddit.things.sort(key=lambda thing: -thing["created_utc"])

    found = by_name(a_source(reddit).poll(cursor, door))
    assert found[thanks].parent_author == "acme_support"
    assert found[last].parent_author == "ann"


def test_a_poll_without_news_reads_one_page_of_each_listing(reddit: RedditServer, door: RealDoor) -> None:
    for _ in range(250):
        reddit.post("Acme Flow")
    source = a_source(reddit, search=["acme flow"])
    cursor = source.poll("", door).cursor
    reddit.site.asked.clear()

    source.poll(cursor, door)
    assert sorted(reddit.asked) == ["/r/acme/comments/", "/r/acme/new", "/r/all/search/"]


def test_items_come_oldest_first_and_once(reddit: RedditServer, door: RealDoor) -> None:
    for minutes in range(230):
        reddit.post("Acme Flow again", minutes=minutes)
    found = list(a_source(reddit, search=["acme flow"]).poll("", door).items)

    assert len({item.external_id for item in found}) == len(found) == 230
    assert [item.posted_at for item in found] == sorted(item.posted_at for item in found if item.posted_at)


def test_a_post_that_appears_late_within_the_overlap_is_found(reddit: RedditServer, door: RealDoor) -> None:
    reddit.post("Acme Flow", minutes=10)
    cursor = a_source(reddit).poll("", door).cursor
    late = reddit.post("Acme Flow, approved late", minutes=13)

    assert late in by_name(a_source(reddit).poll(cursor, door))


def test_more_than_reddit_lists_is_a_blind_spot(reddit: RedditServer, door: RealDoor) -> None:
    reddit.post("Acme Flow", minutes=120)
    cursor = a_source(reddit).poll("", door).cursor
    for number in range(1_100):
        reddit.post("burst", minutes=60 - number / 20)
    batch = a_source(reddit).poll(cursor, door)
    (blind,) = batch.blind

    assert len(by_name(batch)) == 1_000
    assert blind.since == NOW - timedelta(minutes=120)
    assert blind.until == NOW - timedelta(minutes=55)
    assert "r/acme/new" in blind.why
    assert a_source(reddit).poll(batch.cursor, door).blind == ()


def test_a_first_poll_of_a_full_listing_is_no_blind_spot(reddit: RedditServer, door: RealDoor) -> None:
    for _ in range(1_050):
        reddit.post("Acme Flow")

    assert a_source(reddit).poll("", door).blind == ()


def test_a_place_in_the_listing_that_is_deleted_loses_nothing(reddit: RedditServer, door: RealDoor) -> None:
    for minutes in range(250):
        reddit.post("Acme Flow", minutes=minutes)
    lost = reddit.things[99]
    answer = reddit.answer

    def page(asked: Any) -> Answer:
        if asked.query.get("after") == lost["name"] and lost in reddit.things:
            reddit.things.remove(lost)
        return answer(asked)

    reddit.site.pages["*"] = page
    assert len(by_name(a_source(reddit).poll("", door))) == 250


def test_pages_that_lead_back_to_themselves_end_and_are_told(reddit: RedditServer, door: RealDoor) -> None:
    reddit.post("Acme Flow", minutes=500)
    cursor = a_source(reddit).poll("", door).cursor
    reddit.things = []
    for minutes in range(100):
        reddit.post("Acme Flow", minutes=minutes)

    def page(asked: Any) -> Answer:
        told = reddit.answer(asked)
        assert isinstance(told.body, str)
        return Answer(told.body.replace('"after": null', '"after": "t3_zzz"'), told.status, told.headers)

    reddit.site.pages["*"] = page
    batch = a_source(reddit).poll(cursor, door)
    assert len(by_name(batch)) == 100
    assert len(batch.blind) == 1
    assert len(reddit.asked) < 15


def test_an_edit_is_found_where_the_listing_no_longer_shows_it(reddit: RedditServer, door: RealDoor) -> None:
    name = reddit.post("Acme Flow", "bad")
    cursor = a_source(reddit).poll("", door).cursor
    reddit.find(name)["selftext"] = "good now"
    hidden, reddit.cap = reddit.find(name), 0
    door.ids = {name}

    assert by_name(a_source(reddit).poll(cursor, door))[hidden["name"]].text == "good now"


@pytest.mark.parametrize("cap", [0, 1000])
def test_what_was_deleted_is_gone_and_never_an_item(reddit: RedditServer, door: RealDoor, cap: int) -> None:
    post = reddit.post("Acme Flow", "my address is …")
    comment = reddit.comment("and mine", post)
    source = a_source(reddit)
    cursor = source.poll("", door).cursor
    reddit.delete(post)
    reddit.delete(comment)
    door.ids, reddit.cap = {post, comment}, cap

    batch = source.poll(cursor, door)
    assert (set(batch.gone), list(batch.items)) == ({post, comment}, [])


def test_a_deleted_link_is_gone_too(reddit: RedditServer, door: RealDoor) -> None:
    name = reddit.post("Acme Flow in the news", removed_by_category="deleted", author="[deleted]")

    assert set(a_source(reddit).poll("", door).gone) == {name}


def test_a_deleted_account_leaves_its_words_without_a_name(reddit: RedditServer, door: RealDoor) -> None:
    name = reddit.post("Acme Flow", "still here", author="[deleted]")
    item = by_name(a_source(reddit).poll("", door))[name]

    assert (item.text, item.author.handle) == ("still here", None)


def test_what_reddit_leaves_out_twice_is_gone(reddit: RedditServer, door: RealDoor) -> None:
    name, stays = reddit.post("Acme Flow"), reddit.post("Acme Flow, too")
    source = a_source(reddit)
    cursor = source.poll("", door).cursor
    reddit.things.remove(reddit.find(name))
    door.ids, reddit.cap = {name, stays}, 0

    second = source.poll(cursor, door)
    assert set(second.gone) == set()
    assert set(source.poll(second.cursor, door).gone) == {name}


def test_a_subreddit_that_goes_private_purges_nothing(reddit: RedditServer, door: RealDoor) -> None:
    door.ids = {reddit.post("Acme Flow") for _ in range(5)}
    source = a_source(reddit)
    cursor = source.poll("", door).cursor
    reddit.things = []

    for _ in range(3):
        batch = source.poll(cursor, door)
        cursor = batch.cursor
        assert set(batch.gone) == set()


def test_old_posts_are_looked_at_in_turns(reddit: RedditServer, door: RealDoor, clock: Clock) -> None:
    class Kept(RealDoor):
        def known(self, since: Any) -> set[str]:
            return set() if since.year > 2000 else names

    names = {f"t3_{number:05d}" for number in range(1_200)}
    kept = Kept(door.net, door.children, clock)
    asked, cursor = [], ""
    for _ in range(3):
        reddit.site.asked.clear()
        cursor = a_source(reddit).poll(cursor, kept).cursor
        asked += [name for each in reddit.site.asked for name in each.query.get("id", "").split(",") if name]
        clock.pass_by(minutes=61)

    assert sorted(asked) == sorted(names)


def test_the_mentions_of_an_account_are_read_with_its_login(reddit: RedditServer, door: RealDoor) -> None:
    context = {"context": "/r/other/comments/zz1/title/yy1/?context=3", "link_title": "Help"}
    data = {"name": "t1_yy1", "body": "u/acme_support help", "author": "bob", "created_utc": 1_795_000_000, **context}
    reddit.inbox = [{**data, "parent_id": "t3_zz1"}]
    item = by_name(a_source(reddit, subreddits=[], **LOGIN).poll("", door))["t1_yy1"]

    assert item.url == "https://www.reddit.com/r/other/comments/zz1/title/yy1/"
    assert (item.thread, item.parent, item.author.handle) == ("t3_zz1", "t3_zz1", "bob")


def test_one_listing_that_fails_leaves_the_others_and_is_told(reddit: RedditServer, door: RealDoor) -> None:
    reddit.post("Acme Flow", minutes=40)
    source = a_source(reddit)
    cursor = source.poll("", door).cursor
    new = reddit.post("Acme Flow", minutes=5)
    reddit.refusals["/r/acme/comments"] = Answer("{}", 403)
    batch = source.poll(cursor, door)

    assert new in by_name(batch)
    assert "r/acme/comments" in next(iter(batch.blind)).why
    reddit.refusals.clear()
    missed = reddit.comment("while you were away", new, minutes=4)
    assert missed in by_name(source.poll(batch.cursor, door))


def test_a_used_up_quota_is_left_to_the_schedule(reddit: RedditServer, door: RealDoor) -> None:
    reddit.remaining, reddit.reset = 1.0, 420
    with pytest.raises(TryLater) as raised:
        a_source(reddit).poll("", door)

    assert raised.value.after == timedelta(seconds=420)
    assert len(reddit.asked) == 1


def test_a_stop_ends_the_wait_for_the_quota(reddit: RedditServer, door: RealDoor) -> None:
    reddit.remaining, reddit.reset = 1.0, 4
    door.stopped.set()

    with pytest.raises(TryLater, match="stopping"):
        a_source(reddit).poll("", door)


@pytest.mark.parametrize("quota", ["1.0", "x", "", "-5", "9" * 30])
def test_odd_quota_headers_are_no_trouble(reddit: RedditServer, door: RealDoor, quota: str) -> None:
    reddit.headers = {"x-ratelimit-used": quota, "x-ratelimit-reset": quota}
    reddit.post("Acme Flow")

    assert by_name(a_source(reddit).poll("", door))


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_a_refused_token_says_so(reddit: RedditServer, door: RealDoor, status: int) -> None:
    reddit.refusals["/api/v1/access_token"] = Answer(status=status)

    with pytest.raises(TryLater, match=str(status)):
        a_source(reddit).poll("", door)


def test_a_wrong_password_names_the_cure(reddit: RedditServer, door: RealDoor) -> None:
    with pytest.raises(TryLater, match=r"invalid_grant.*login"):
        a_source(reddit, **{**LOGIN, "password": "wrong"}).poll("", door)


def test_a_subreddit_that_does_not_exist_says_so(reddit: RedditServer, door: RealDoor) -> None:
    reddit.site.pages["/subreddits/search"] = Answer('{"kind": "Listing", "data": {"children": []}}')
    reddit.site.pages["/r/acme/new"] = Answer(status=302, headers={"location": "/subreddits/search?q=acme"})

    with pytest.raises(TryLater, match="nothing of this name"):
        a_source(reddit).poll("", door)


@pytest.mark.parametrize(
    "data",
    [
        {"created_utc": None, "author": None, "permalink": None, "title": None, "selftext": None},
        {"created_utc": "soon", "author": 7, "permalink": "//evil.example/", "title": [], "selftext": {}},
        {"created_utc": 9e99, "author": "", "permalink": "javascript:1", "subreddit": 5},
        {"created_utc": -1, "selftext": "a\0b\ud800", "link_id": []},
    ],
)
def test_odd_things_are_read_as_far_as_they_go(reddit: RedditServer, door: RealDoor, data: dict[str, Any]) -> None:
    good = reddit.post("Acme Flow")
    reddit.things.append({**reddit.find(good), "name": "t3_odd", "id": "odd", **data})
    found = by_name(a_source(reddit).poll("", door))

    assert found.keys() == {good, "t3_odd"}
    assert found["t3_odd"].url in ("https://www.reddit.com/comments/odd/", found[good].url)
    assert "\0" not in found["t3_odd"].text


def test_a_clock_in_the_future_hides_nothing_that_follows(reddit: RedditServer, door: RealDoor) -> None:
    reddit.post("Acme Flow", minutes=-600)
    batch = a_source(reddit).poll("", door)
    new = reddit.post("Acme Flow", minutes=0)

    assert next(iter(batch.items)).posted_at == NOW
    assert new in by_name(a_source(reddit).poll(batch.cursor, door))


@pytest.mark.parametrize("cursor", ["", "7", "{", '{"marks": 3}', '{"feeds": {}}'])
def test_a_cursor_that_is_not_ours_starts_anew(reddit: RedditServer, door: RealDoor, cursor: str) -> None:
    reddit.post("Acme Flow")

    assert len(by_name(a_source(reddit).poll(cursor, door))) == 1


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({}, "nothing to read"),
        ({"subreddits": ["a b"]}, "subreddits"),
        ({"subreddits": ["acme"], "username": "x"}, "belong together"),
        ({"subreddits": ["acme"], **KEY, "reply": True}, "needs `client_id`, `username`"),
        ({"subreddits": ["acme"], "base_url": "ftp://x"}, "base_url"),
    ],
)
def test_options_that_do_not_fit_are_refused(options: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Reddit.model_validate(options)


def test_subreddits_may_be_written_as_people_write_them() -> None:
    assert Reddit.model_validate({"subreddits": ["r/acme", "/r/flow/"]}).subreddits == ("acme", "flow")


def test_praw_is_loaded_by_those_who_use_it_only() -> None:
    code = "import sys, connectors.reddit; sys.exit('praw' in sys.modules or 'requests' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_secrets_stay_out_of_what_is_shown(reddit: RedditServer) -> None:
    source = a_source(reddit, **LOGIN)

    assert "pass word" not in repr(source) + source.identity()
    assert "secret" not in repr(source) + source.identity()


def test_a_stop_in_the_middle_is_no_blind_spot(reddit: RedditServer, door: RealDoor) -> None:
    reddit.post("Acme Flow")
    cursor = a_source(reddit).poll("", door).cursor

    def page(asked: Any) -> Answer:
        if asked.path.endswith("/comments/"):
            door.stopped.set()
            return Answer(status=503)
        return reddit.answer(asked)

    reddit.site.pages["*"] = page
    with pytest.raises(TryLater):
        a_source(reddit).poll(cursor, door)


def test_a_key_that_comes_later_begins_with_a_first_poll() -> None:
    keyless = Reddit.model_validate({"subreddits": ["acme"]})
    keyed = Reddit.model_validate({"subreddits": ["acme"], **KEY})

    assert keyless.identity() != keyed.identity()
    assert keyed.identity() == Reddit.model_validate({"subreddits": ["acme"], **KEY, "client_id": "new"}).identity()
