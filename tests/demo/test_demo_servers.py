"""The demo's servers, asked over real sockets by the clients that the product uses."""

from __future__ import annotations

import io
import json
import smtplib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import feedparser
import httpx
import praw
import prawcore
import pytest
from lxml import html

from listener.demo.scenario import prepare
from listener.demo.servers import Addresses, World

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def at() -> Iterator[Addresses]:
    """A world that stays in its first round: for tests that only read."""
    world = World(NOW)
    yield world.start()
    world.stop()


@pytest.fixture
def moving() -> Iterator[tuple[World, Addresses]]:
    """A world of the test's own."""
    world = World(NOW)
    yield world, world.start()
    world.stop()


def get(url: str, **headers: str) -> httpx.Response:
    return httpx.get(url, headers={name.replace("_", "-"): text for name, text in headers.items()}, trust_env=False)


def entries(url: str) -> list[feedparser.FeedParserDict]:
    answer = get(url)
    found = feedparser.parse(
        io.BytesIO(answer.content), response_headers={"content-type": answer.headers["content-type"]}
    )
    assert not found.bozo
    return found.entries


def reviews(page: httpx.Response) -> list[dict]:
    [block] = html.fromstring(page.content).xpath("//script[@type='application/ld+json']/text()")
    return json.loads(block)["review"]


def reddit(at: Addresses) -> praw.Reddit:
    return praw.Reddit(
        client_id="demo", client_secret="demo", user_agent="demo test", reddit_url=at.reddit, oauth_url=at.reddit,
        check_for_updates=False, check_for_async=False,
    )  # fmt: skip


def test_the_forum_is_an_rss_feed(at):
    found = entries(at.forum)
    assert len(found) >= 100
    assert {"id", "link", "title", "author", "published_parsed", "summary"} <= set(found[0])


def test_the_news_are_an_atom_feed_that_repeats_forum_posts(at):
    links = {entry.link for entry in entries(at.forum)}
    assert sum(entry.link in links for entry in entries(at.news)) == 2


def test_dates_are_relative_to_now(at):
    newest = entries(at.forum)[0].published_parsed
    assert NOW - datetime(*newest[:6], tzinfo=UTC) < timedelta(hours=2)


@pytest.mark.parametrize("place", ["forum", "news"])
def test_an_unchanged_feed_is_not_sent_twice(at, place):
    url = getattr(at, place)
    first = get(url)
    by_tag = get(url, If_None_Match=first.headers["etag"])
    by_date = get(url, If_Modified_Since=first.headers["last-modified"])
    assert (by_tag.status_code, by_tag.content, by_date.status_code) == (304, b"", 304)


def test_a_date_that_is_none_gets_the_whole_feed(at):
    assert get(at.forum, If_Modified_Since="yesterday-ish").status_code == 200


def test_the_second_round_is_a_new_version(moving):
    world, at = moving
    first = get(at.forum)
    world.next_round()
    second = get(at.forum, If_None_Match=first.headers["etag"], If_Modified_Since=first.headers["last-modified"])
    assert second.status_code == 200


def test_a_post_that_is_edited_keeps_its_identity(moving):
    world, at = moving
    before = {entry.id: entry.summary for entry in entries(at.forum)}
    world.next_round()
    after = {entry.id: entry.summary for entry in entries(at.forum)}
    changed = [name for name in before if name in after and before[name] != after[name]]
    assert len(changed) == 3
    assert len(set(before) - set(after)) == 1


def test_a_deleted_post_is_gone_from_its_address(moving):
    world, at = moving
    before = {entry.id: entry.link for entry in entries(at.forum)}
    world.next_round()
    [lost] = set(before) - {entry.id for entry in entries(at.forum)}
    assert get(before[lost]).status_code == 410


def test_a_permalink_shows_the_post(at):
    entry = entries(at.forum)[0]
    assert entry.author in get(entry.link).text


def test_reviews_are_schema_org_on_several_pages(at):
    found, url = [], at.reviews
    while url:
        page = get(url)
        found += reviews(page)
        following = html.fromstring(page.content).xpath("//a[@rel='next']/@href")
        url = str(page.url.join(following[0])) if following else ""
    assert len({review["@id"] for review in found}) == len(found) >= 65
    assert {review["reviewRating"]["ratingValue"] for review in found} == {1, 2, 3, 4, 5}


def test_the_journalist_states_her_followers(at):
    pages = [get(f"{at.reviews}?page={number}") for number in (1, 2, 3, 4)]
    authors = {review["author"]["name"]: review["author"] for page in pages for review in reviews(page)}
    assert authors["lena_moretti"]["interactionStatistic"]["userInteractionCount"] == 40_000


def test_reviewers_in_the_registry_are_known_by_their_profile(at, tmp_path):
    prepare(tmp_path, at, NOW)
    registry = (tmp_path / "customers.csv").read_text("utf-8")
    authors = [review["author"].get("url", "") for review in reviews(get(at.reviews))]
    assert sum(f"reviews:{url}" in registry for url in authors) >= 10


@pytest.mark.parametrize("page", ["0", "9", "-1", "two", "²"])
def test_a_page_that_does_not_exist_is_not_found(at, page):
    assert get(f"{at.reviews}?page={page}").status_code == 404


def test_the_review_site_has_robots_rules(at):
    assert b"Disallow: /account" in get(at.reviews.replace("/reviews", "/robots.txt")).content


def test_praw_lists_new_posts_and_comments(at):
    tea = reddit(at).subreddit("tea+smarthome")
    posts, comments = list(tea.new(limit=None)), list(tea.comments(limit=None))
    assert len(posts) >= 15
    assert len(comments) >= 20
    assert {comment.link_id for comment in comments} <= {post.fullname for post in posts}


def test_praw_pages_through_a_listing(at):
    several = list(reddit(at).subreddit("all").comments(limit=60, params={"limit": 20}))
    assert len({comment.id for comment in several}) == len(several) >= 40


def test_praw_sees_edits_and_deletions_by_info(moving):
    world, at = moving
    world.next_round()
    edited, deleted = reddit(at).info(fullnames=["t3_p33", "t3_p11"])
    assert "Edit:" in edited.selftext
    assert edited.edited
    assert (deleted.author, deleted.selftext) == (None, "[deleted]")


def test_praw_searches(at):
    found = list(reddit(at).subreddit("all").search("bricking", limit=None))
    assert [post.id for post in found] == ["p33"]


def test_reddit_refuses_a_visitor_without_token(at):
    answer = get(f"{at.reddit}/r/tea/new")
    assert (answer.status_code, "www-authenticate" in answer.headers) == (401, True)


def test_an_unknown_reddit_path_is_not_found(at):
    with pytest.raises(prawcore.NotFound):
        reddit(at).get("/r/tea/wiki/index")


def test_the_webhook_keeps_what_it_got(moving):
    world, at = moving
    answer = httpx.post(at.slack, json={"text": "hello"}, trust_env=False)
    assert answer.text == "ok"
    assert world.received.slack == ({"text": "hello"},)


@pytest.mark.parametrize(
    ("body", "words"), [(b"", "invalid_payload"), (b"\xff", "invalid_payload"), (b"[1]", "no_text"), (b"{}", "no_text")]
)
def test_the_webhook_refuses_as_slack_does(moving, body, words):
    world, at = moving
    answer = httpx.post(at.slack, content=body, trust_env=False)
    assert (answer.status_code, answer.text, world.received.slack) == (400, words, ())


def test_another_webhook_is_no_service(at):
    assert httpx.post(at.slack + "x", json={"text": "hello"}, trust_env=False).text == "no_service"


def test_the_mail_server_keeps_mails_with_their_envelope(moving):
    world, at = moving
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "Käse", "a@brightkettle.example", "b@brightkettle.example"
    message.set_content("E7 again")
    with smtplib.SMTP(at.smtp_host, at.smtp_port) as client:
        client.send_message(message)
    [mail] = world.received.mails
    assert (mail.message["Subject"], mail.recipients) == ("Käse", ("b@brightkettle.example",))
