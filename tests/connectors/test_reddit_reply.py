"""Answers on Reddit: only where the operator allows them, and once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from connectors.contract import Failed, Replying
from connectors.reddit import Reddit
from tests.connectors.loopback import Answer
from tests.connectors.reddit_server import RedditServer, a_reddit
from tests.doors import RealDoor, a_door


@pytest.fixture
def door() -> Iterator[RealDoor]:
    with a_door() as door:
        yield door


@pytest.fixture
def reddit() -> Iterator[RedditServer]:
    with a_reddit() as server:
        yield server


def a_source(reddit: RedditServer, **options: Any) -> Reddit:
    login = {"client_id": "app", "client_secret": "secret", "username": "acme_support", "password": "pass word"}
    return Reddit.model_validate({"subreddits": ["acme"], "base_url": reddit.site.url, **login, **options})


def replies(reddit: RedditServer) -> list[dict[str, Any]]:
    return [thing for thing in reddit.things if thing["author"] == "acme_support"]


def test_without_leave_nothing_is_posted(reddit: RedditServer, door: RealDoor) -> None:
    source = a_source(reddit)

    assert isinstance(source, Replying)
    assert not source.replies
    with pytest.raises(Failed, match="reply = true") as raised:
        source.reply("t3_1", "Thanks!", "key", door)
    assert (raised.value.permanent, reddit.site.asked) == (True, [])


@pytest.mark.parametrize("to", ["post", "comment"])
def test_an_answer_is_posted_under_what_it_answers(reddit: RedditServer, door: RealDoor, to: str) -> None:
    reference = reddit.post("Acme Flow is great")
    reference = reddit.comment("It is", reference) if to == "comment" else reference
    receipt = a_source(reddit, reply=True).reply(reference, "Thank you & ünïcode", "key", door)
    (posted,) = replies(reddit)

    assert (posted["parent_id"], posted["body"]) == (reference, "Thank you & ünïcode")
    assert (receipt.key, receipt.url) == (posted["name"], f"https://www.reddit.com{posted['permalink']}")


def test_a_second_attempt_finds_the_first(reddit: RedditServer, door: RealDoor) -> None:
    reference = reddit.post("Acme Flow is great")
    source = a_source(reddit, reply=True)
    reddit.lost_answer = True
    with pytest.raises(Failed, match="503") as raised:
        source.reply(reference, "Thanks!", "key", door)

    assert not raised.value.permanent
    again = source.reply(reference, "Thanks!", "key", door)
    assert [posted["name"] for posted in replies(reddit)] == [again.key]
    assert source.find_reply(reference, "key", door) == again


def test_an_answer_that_does_not_stand_is_not_found(reddit: RedditServer, door: RealDoor) -> None:
    reference, other = reddit.post("Acme Flow is great"), reddit.post("Acme Flow is good")
    reddit.comment("Thanks!", other, author="acme_support")
    reddit.comment("not us", reference, author="eve")

    assert a_source(reddit, reply=True).find_reply(reference, "key", door) is None


def test_an_answer_further_back_is_found(reddit: RedditServer, door: RealDoor) -> None:
    reference, other = reddit.post("Acme Flow", minutes=500), reddit.post("Other", minutes=500)
    ours = reddit.comment("Thanks!", reference, minutes=400, author="acme_support")
    for minutes in range(150):
        reddit.comment("busy", other, minutes=minutes, author="acme_support")
    receipt = a_source(reddit, reply=True).find_reply(reference, "key", door)

    assert receipt is not None
    assert receipt.key == ours


@pytest.mark.parametrize(
    ("error", "permanent", "after"),
    [
        (["THREAD_LOCKED", "Comments are locked.", "parent"], True, None),
        (["RATELIMIT", "Take a break for 9 minutes before trying again.", "x"], False, timedelta(minutes=9)),
        (["SOMETHING_IS_BROKEN"], False, None),
    ],
)
def test_what_reddit_refuses_is_told_in_its_words(
    reddit: RedditServer, door: RealDoor, error: list[str], permanent: bool, after: timedelta | None
) -> None:
    reference = reddit.post("Acme Flow is great")
    reddit.comment_errors = [error]
    with pytest.raises(Failed, match=error[0]) as raised:
        a_source(reddit, reply=True).reply(reference, "Thanks!", "key", door)

    assert (raised.value.permanent, raised.value.after) == (permanent, after)


def test_what_was_deleted_is_not_answered(reddit: RedditServer, door: RealDoor) -> None:
    reference = reddit.post("Acme Flow is great")
    reddit.delete(reference)
    with pytest.raises(Failed, match="deleted") as raised:
        a_source(reddit, reply=True).reply(reference, "Thanks!", "key", door)

    assert raised.value.permanent


@pytest.mark.parametrize("body", ["[]", "null", '{"json": 7}', '{"json": {"errors": [], "data": {"things": [7]}}}'])
def test_an_answer_that_reddit_does_not_confirm_is_looked_for_again(
    reddit: RedditServer, door: RealDoor, body: str
) -> None:
    reference = reddit.post("Acme Flow is great")
    reddit.refusals["/api/comment"] = Answer(body)
    with pytest.raises(Failed) as raised:
        a_source(reddit, reply=True).reply(reference, "Thanks!", "key", door)

    assert not raised.value.permanent


def test_an_answer_that_is_too_long_is_refused_here(reddit: RedditServer, door: RealDoor) -> None:
    with pytest.raises(Failed, match="10000 characters"):
        a_source(reddit, reply=True).reply("t3_1", "x" * 10_001, "key", door)
