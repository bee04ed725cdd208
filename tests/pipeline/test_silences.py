"""Silences in the daemon: what they name orders nothing, and every decision says so."""

from datetime import timedelta

import pytest

from listener.pipeline.digests import tell_shadow, tell_unclear
from listener.store.delivery_lists import DeliveryFilter
from rules.terms import Mute
from tests.pipeline.road import NOW, a_road, an_item


def deliveries(road):
    return [(row.action, row.status) for row in road.store.deliveries.page(DeliveryFilter())]


@pytest.mark.parametrize(
    ("kind", "what"),
    [("rule", "recover"), ("author", "forum:anna"), ("author", "Forum:Anna"), ("source", "forum"), ("thread", "t1")],
)
def test_a_silence_is_named_in_every_decision_that_it_suppressed(tmp_path, kind, what):
    road = a_road(tmp_path)
    road.store.silences.begin(Mute(kind, what, NOW + timedelta(days=1), "known trouble", "zoe"), NOW)
    road.says(an_item(thread="t1"))

    assert deliveries(road) == []
    because = road.store.mentions.decisions([1])[1][0].nothing_because
    assert f"{kind} {what} is silenced until" in because
    assert "by zoe: known trouble" in because


def test_a_silence_ends_by_itself_and_on_request(tmp_path):
    road = a_road(tmp_path)
    number = road.store.silences.begin(Mute("rule", "recover", NOW + timedelta(days=7), "w", "z"), NOW)
    assert [row.id for row in road.store.silences.now(NOW + timedelta(days=6))] == [number]
    assert road.store.silences.now(NOW + timedelta(days=8)) == []

    assert road.store.silences.end(number, NOW, "zoe")
    assert not road.store.silences.end(number, NOW, "zoe")
    road.says(an_item())
    assert deliveries(road) == [("alert", "due")]


def test_unclear_mentions_come_in_one_message_with_numbers_and_links_and_without_their_text(tmp_path):
    road = a_road(tmp_path)
    road.says(an_item("bad", text="Acme Flow ! secret"), an_item("fine", text="Acme Flow +", handle="bob"))
    for _ in range(2):
        tell_unclear(road.store, road.notices, NOW - timedelta(days=1), NOW + timedelta(seconds=1))

    (notice,) = [row for row in road.store.deliveries.page(DeliveryFilter()) if row.action == "notice"]
    assert notice.message["title"] == "1 mention needs a person"
    assert notice.message["text"] == "#1 unsure on forum https://forum.example/bad"
    assert "secret" not in notice.text


def test_a_weekly_message_tells_what_rules_in_shadow_would_have_done(tmp_path):
    rules = "rules:\n- {id: quiet, when: {sentiment: negative}, then: [{tag: sad}, {alert: {channel: care}}]}\n"
    road = a_road(tmp_path, rules)
    tell_shadow(road.store, road.notices, NOW - timedelta(days=3))
    road.says(an_item("p1"), an_item("p2", text="Acme Flow too -", handle="bob"))
    for days in (1, 5, 6):
        tell_shadow(road.store, road.notices, NOW + timedelta(days=days))

    notices = [row for row in road.store.deliveries.page(DeliveryFilter()) if row.action == "notice"]
    assert [row.message["text"] for row in notices] == [
        "quiet: alert 2 times for 2 persons\nquiet: tag 2 times for 2 persons"
    ]
