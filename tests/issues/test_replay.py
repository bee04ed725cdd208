"""A stream of posts becomes issues, spreads and alarms."""

from __future__ import annotations

import json
from random import Random

from listener.issues.replay import Placed, Raised, Replay, replayed
from listener.issues.stream import Post, read

HOUR = 3_600.0
DAY = 24 * HOUR
BEGAN = 1_790_000_100.0
WAYS = (
    "sync fails since the update",
    "the update broke sync",
    "sync is broken, please fix the update",
    "no sync at all",
)


def a_post(number: int, hours: float, text: str, author: str | None = None, brand: str = "Acme") -> Post:
    return Post(str(number), BEGAN + hours * HOUR, brand, author or f"p{number}", text, "app")


def quiet(days: int) -> list[Post]:
    """Something else every six hours."""
    return [a_post(one, one * 6.0, f"page {one} of manual {one * 7} is missing") for one in range(days * 4)]


def an_outbreak(at: float, count: int = 12) -> list[Post]:
    return [a_post(1_000 + one, at + one / 6, f"{WAYS[one % 4]} here in town {one}") for one in range(count)]


def alarms(posts: list[Post]) -> list[Raised]:
    return [one for one in replayed(posts, Replay(lambda post: "other")) if isinstance(one, Raised)]


def places(posts: list[Post]) -> list[Placed]:
    return [one for one in replayed(posts, Replay(lambda post: "other")) if isinstance(one, Placed)]


def test_an_outbreak_is_an_issue_with_an_alarm() -> None:
    posts = [*quiet(5), *an_outbreak(120.5)]
    issues = {one.issue for one in places(posts) if int(one.post.id) >= 1_000}

    assert len(issues) == 1
    assert [one.alarm.level for one in alarms(posts) if one.issue in issues][:2] == ["watch", "page"]
    assert places(posts)[-1].spread == "outbreak"


def test_a_brand_that_speaks_on_the_first_day_was_listened_to_since_the_first_post_of_any() -> None:
    def first_told(hours: float) -> list[Raised]:
        other = a_post(1, 0, "the manual has no index", brand="Other")
        return alarms([other, a_post(2, hours, "page 3 of manual is missing"), *an_outbreak(76)])

    assert first_told(20)
    assert first_told(30) == []


def test_a_burst_of_one_issue_is_no_outbreak_of_another_of_its_topic() -> None:
    bill = [
        a_post(2_000, 122.7, "my invoice was charged twice"),
        a_post(2_001, 122.8, "charged twice for one invoice"),
    ]
    found = places([*quiet(5), *an_outbreak(120.5), *bill])

    assert [one.spread for one in found[-3:]] == ["outbreak", "isolated", "possibly_shared"]


def test_what_only_may_be_the_same_is_not_counted() -> None:
    # a likeness of .21
    pair = [
        a_post(2_000, 121, "export of my report hangs on the tablet"),
        a_post(2_001, 122, "the report page is blank on monday"),
    ]

    assert [one.spread for one in places([*quiet(5), *pair])[-2:]] == ["isolated", "isolated"]


def test_one_post_copied_two_hundred_times_is_one_voice() -> None:
    text = "the new checkout of acme has lost my order and nobody answers"
    posts = [*quiet(5), *(a_post(1_000 + one, 120.5 + one / 60, text) for one in range(200))]

    assert alarms(posts) == []
    assert places(posts)[-1].spread == "isolated"


def test_a_brand_with_three_mentions_a_week_never_pages() -> None:
    chance = Random(4)
    hours = sorted(chance.uniform(0, 52 * 7 * 24) for _ in range(156))
    posts = [a_post(one, hour, WAYS[one % 4]) for one, hour in enumerate(hours)]

    assert [one for one in alarms(posts) if one.alarm.level == "page"] == []


def test_nobody_known_means_that_it_cannot_be_told() -> None:
    posts = [Post(str(one), BEGAN + one * HOUR, "Acme", None, WAYS[one % 4]) for one in range(20)]

    assert {one.spread for one in places(posts)} == {"cannot_tell"}


def a_line(**values: object) -> str:
    return json.dumps(
        {"id": 1, "posted_at": "2026-11-25T10:00:00", "brand": "Acme", "author": "x", "text": "t"} | values
    )


def test_bad_lines_are_told_and_the_rest_is_read_in_the_order_of_time() -> None:
    lines = [
        a_line(id="b", posted_at=1_795_590_000_000),
        "{",
        "[1]",
        "",
        a_line(id="c", text=" "),
        a_line(id="d", posted_at="yesterday"),
        a_line(id="a", posted_at="2026-11-24T10:00:00+01:00", author="[deleted]"),
        a_line(id="b"),
        a_line(id=7, author=None, topic="", brand=None),
    ]
    posts, refused = read(lines, {"[deleted]"})

    assert [(one.id, one.author) for one in posts] == [("a", None), ("b", "x"), (7, None)]
    assert [one.line for one in refused] == [2, 3, 5, 6, 8]
    assert "yesterday" in refused[3].why
    assert "line 1" in refused[4].why


def test_a_time_without_a_zone_is_utc() -> None:
    posts, _ = read([a_line(id=1), a_line(id=2, posted_at="2026-11-25T10:00:00Z")])

    assert posts[0].at == posts[1].at


ANGER = (
    "awful, terrible service",
    "worst ever",
    "so bad, never again",
    "what a joke, worst company ever",
    "truly awful experience",
    "I am so disappointed, this is horrible",
    "very poor, very angry",
    "pathetic. shame on you",
    "the worst thing I have ever used",
    "completely useless and annoying",
)
TROUBLES = (
    "the search finds nothing",
    "widget drains the battery",
    "the map does not load",
    "printing cuts the page",
    "comments are lost",
    "colours are mixed up",
)


def test_those_who_only_say_that_they_are_angry_share_no_trouble() -> None:
    others = [a_post(one, one * 4, f"{TROUBLES[one % 6]} in Acme, {ANGER[one % 10]}") for one in range(30)]
    angry = [a_post(100 + one, 120 + 4 * one, f"Acme: {text}", f"angry{one}") for one, text in enumerate(ANGER)]
    found = places([*others, *angry])
    issues = [{one.issue for one in found[:30] if TROUBLES[kind] in one.post.text} for kind in range(6)]

    assert sum(map(len, issues)) == len(set[int]().union(*issues)) < 12
    assert sum(one.spread in ("shared", "outbreak") for one in found[30:]) <= 1
