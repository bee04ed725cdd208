"""What entries are called, and what their links become."""

from __future__ import annotations

import pytest

from connectors.feed_entry import Entry
from connectors.feed_identity import bare, identities
from connectors.feed_links import absolute, permalink


def named(guid: str = "", link: str = "", title: str = "t", text: str = "x") -> Entry:
    return Entry(guid, link, None, title, text, False, "", None, None, None)


def test_a_guid_that_no_other_entry_has_is_the_name() -> None:
    assert identities([named("1", "http://a/1"), named("2", "http://a/1")]) == ("1", "2")


def test_a_guid_that_two_entries_share_gives_way_to_the_link() -> None:
    assert identities([named("1", "http://a/1"), named("1", "http://a/2#x")]) == ("http://a/1", "http://a/2")


def test_without_guid_and_link_the_words_are_the_name() -> None:
    first, second = identities([named(title="a"), named(title="b")])
    assert first
    assert first.startswith("sha256:")
    assert first != second
    assert identities([named(title="b"), named(title="a")]) == (second, first)


def test_guid_and_link_that_all_share_lose_no_entry() -> None:
    entries = [named("home", "http://a/", title=str(n)) for n in range(5)]
    assert len(set(identities(entries)) - {None}) == 5


def test_a_guid_that_is_another_entrys_link_loses_no_entry() -> None:
    assert len(set(identities([named("http://a/1"), named("", "http://a/1", title="other")])) - {None}) == 2


def test_an_entry_listed_twice_is_named_once() -> None:
    assert identities([named("1"), named("1")]) == ("1", None)


def test_an_edit_keeps_the_name() -> None:
    assert identities([named("1", text="before")]) == identities([named("1", text="after")])


def test_a_name_without_end_is_hashed() -> None:
    (name,) = identities([named("g" * 100_000)])
    assert name
    assert len(name) < 60


@pytest.mark.parametrize(
    ("link", "left"),
    [
        ("http://a/p?utm_source=x&id=1&UTM_medium=y#top", "http://a/p?id=1"),
        ("http://a/p?utm_source=x", "http://a/p"),
        ("/p?a=&b", "/p?a=&b"),
        ("", ""),
    ],
)
def test_a_link_is_compared_without_its_campaign(link: str, left: str) -> None:
    assert bare(link) == left


def test_links_are_resolved_against_the_feed() -> None:
    assert absolute("https://a.example/x/feed", "../p") == "https://a.example/p"
    assert absolute("https://a.example/", "") is None


def test_a_comment_page_elsewhere_is_not_the_post() -> None:
    assert permalink("http://blog.a/1", "http://disqus.b/1", "http://blog.a/") == "http://blog.a/1"
    assert permalink("http://far.b/1", "http://www.list.a/c/1", "http://list.a/") == "http://www.list.a/c/1"
