"""Mastodon: hashtags, searches, mentions, edits, deletions and answers."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from connectors.contract import Batch, Failed, Item, TryLater
from connectors.mastodon import Mastodon
from tests.connectors.loopback import Answer
from tests.connectors.mastodon_server import TOKEN, MastodonServer, a_mastodon
from tests.doors import NOW, RealDoor, a_door


@pytest.fixture
def door() -> Iterator[RealDoor]:
    with a_door() as door:
        yield door


@pytest.fixture
def server() -> Iterator[MastodonServer]:
    with a_mastodon() as server:
        yield server


def a_source(server: MastodonServer, **options: Any) -> Mastodon:
    return Mastodon.model_validate({"instance": server.site.url, "hashtags": ["#acme"], **options})


def by_id(batch: Batch) -> dict[str, Item]:
    return {item.external_id: item for item in batch.items}


def test_a_status_arrives_with_its_author_and_link(server: MastodonServer, door: RealDoor) -> None:
    name = server.toot("I love #acme &amp; more")
    item = by_id(a_source(server).poll("", door))[name]

    assert (item.text, item.html, item.language) == ("<p>I love #acme &amp; more</p>", True, "en")
    assert item.url == f"https://social.example/@ann/{name}"
    assert item.author.handle == "ann@" + server.site.url.removeprefix("http://")
    assert (item.author.followers, item.posted_at) == (7, NOW - timedelta(minutes=30))


def test_a_burst_between_two_polls_is_read_whole(server: MastodonServer, door: RealDoor) -> None:
    server.toot("#acme", minutes=600)
    cursor = a_source(server).poll("", door).cursor
    new = [server.toot("#acme", minutes=500 - number) for number in range(150)]

    assert by_id(a_source(server).poll(cursor, door)).keys() >= set(new)


def test_a_status_that_arrives_late_from_another_server_is_found(server: MastodonServer, door: RealDoor) -> None:
    server.toot("#acme", minutes=10)
    cursor = a_source(server).poll("", door).cursor
    late = server.toot("#acme", minutes=40, who="bob@far.example")
    found = by_id(a_source(server).poll(cursor, door))

    assert found[late].author.handle == "bob@far.example"


def test_an_answer_says_whom_it_answers(server: MastodonServer, door: RealDoor) -> None:
    mentions = [{"id": "1acme", "acct": "acme"}, {"id": "1eve", "acct": "eve@far.example"}]
    said = {"in_reply_to_id": "77", "in_reply_to_account_id": "1eve", "mentions": mentions}
    name = server.toot("#acme helps", **said)
    item = by_id(a_source(server).poll("", door))[name]

    assert (item.parent, item.thread, item.parent_author) == ("77", "77", "eve@far.example")


def test_searches_and_mentions_need_a_token_and_bring_theirs(server: MastodonServer, door: RealDoor) -> None:
    named = server.toot("Acme Flow rocks")
    asked = server.toot("@acme help")
    server.notifications = [{"id": "5", "type": "mention", "status": server.statuses[int(asked)]}]
    source = a_source(server, hashtags=[], search=["acme flow"], mentions=True, token=TOKEN)

    assert by_id(source.poll("", door)).keys() == {named, asked}


def test_more_results_than_a_search_gives_are_a_blind_spot(server: MastodonServer, door: RealDoor) -> None:
    source = a_source(server, hashtags=[], search=["acme flow"], token=TOKEN)
    server.toot("acme flow", minutes=900)
    cursor = source.poll("", door).cursor
    for number in range(250):
        server.toot("acme flow", minutes=500 - number)
    (blind,) = source.poll(cursor, door).blind

    assert "acme flow" in blind.why


def test_edits_and_deletions_are_found(server: MastodonServer, door: RealDoor) -> None:
    edited, deleted, kept = (server.toot("#acme", minutes=300 + each) for each in range(3))
    source = a_source(server)
    server.toot("#acme", minutes=1)
    cursor = source.poll("", door).cursor
    door.ids = {edited, deleted, kept}
    server.statuses[int(edited)]["content"] = "<p>#acme now</p>"
    del server.statuses[int(deleted)]

    second = source.poll(cursor, door)
    assert by_id(second)[edited].text == "<p>#acme now</p>"
    assert set(source.poll(second.cursor, door).gone) == {deleted}


@pytest.mark.parametrize("status", [401, 403, 404, 422, 500])
def test_a_refusal_is_told(server: MastodonServer, door: RealDoor, status: int) -> None:
    server.refusals["/api/v1/timelines/tag/acme"] = Answer(status=status)

    with pytest.raises(TryLater, match=str(status)):
        a_source(server).poll("", door)


@pytest.mark.parametrize(
    "body", ["{}", "7", "null", '{"error": "no"}', "[" * 900 + "]" * 900, '[[], null, 7, {"x": 1}]']
)
def test_odd_answers_break_nothing(server: MastodonServer, door: RealDoor, body: str) -> None:
    server.refusals["/api/v1/timelines/tag/acme"] = Answer(body)
    try:
        found = list(a_source(server).poll("", door).items)
    except TryLater:
        found = []

    assert found == []


ODD: dict[str, Any] = {"account": None, "content": None, "created_at": "soon", "url": "javascript:1", "mentions": {}}


@pytest.mark.parametrize("odd", [{key: value} for key, value in ODD.items()] + [ODD, {"account": {"acct": 7}}])
def test_odd_statuses_are_read_as_far_as_they_go(server: MastodonServer, door: RealDoor, odd: dict[str, Any]) -> None:
    server.refusals["/api/v1/timelines/tag/acme"] = Answer(json.dumps([{"id": "9", **ODD, **odd}]))
    (item,) = a_source(server).poll("", door).items

    assert (item.external_id, item.url) == ("9", None)


def test_an_answer_is_posted_once(server: MastodonServer, door: RealDoor) -> None:
    reference = server.toot("I love #acme", who="bob@far.example", visibility="unlisted")
    source = a_source(server, token=TOKEN, reply=True)
    receipt = source.reply(reference, "Thank you!", "key-1", door)
    posted = server.statuses[int(receipt.key)]

    assert (posted["in_reply_to_id"], posted["visibility"]) == (reference, "unlisted")
    assert "@bob@far.example Thank you!" in posted["content"]
    server.keys.clear()
    assert source.reply(reference, "Thank you!", "key-1", door) == receipt
    assert source.find_reply(reference, "key-1", door) == receipt


def test_what_cannot_be_answered_says_why(server: MastodonServer, door: RealDoor) -> None:
    reference = server.toot("I love #acme")
    source = a_source(server, token=TOKEN, reply=True)

    for which, name, text, why in [
        (a_source(server), reference, "hi", "reply = true"),
        (source, "404", "hi", "deleted"),
        (source, reference, "x" * 500, "500 characters"),
    ]:
        with pytest.raises(Failed, match=why) as raised:
            which.reply(name, text, "key", door)
        assert raised.value.permanent


@pytest.mark.parametrize(
    "options", [{}, {"search": ["acme"]}, {"mentions": True}, {"hashtags": ["a b"]}, {"hashtags": ["a"], "reply": True}]
)
def test_options_that_do_not_fit_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Mastodon.model_validate({"instance": "https://social.example", **options})


def test_the_library_is_loaded_by_those_who_use_it_only() -> None:
    code = "import sys, connectors.mastodon; sys.exit('mastodon' in sys.modules or 'requests' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
