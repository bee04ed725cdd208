"""Sentences of the rule language held against the road itself, not only against the engine."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from listener.store.delivery_lists import DeliveryFilter
from listener.store.mentions import MentionFilter
from listener.store.tickets import TicketFilter
from listener.views import state
from tests.pipeline.road import NOW, a_road, an_item

RULES_PAGE = Path(__file__).parents[2].parent / "shared" / "RULES.md"


def ordered(road):
    rows = road.store.deliveries.page(DeliveryFilter())
    return sorted((row.rule, row.action, row.status) for row in rows if row.rule)


def know_anna(road):
    anna = {"id": "c-17", "segment": "enterprise"}
    road.store.customers.replace([anna], [{"platform": "forum", "handle": "anna", "customer": "c-17"}])


@pytest.fixture
def example(tmp_path):
    """The road with the complete file that the specification shows."""
    if not RULES_PAGE.exists():
        pytest.skip("the specification lies beside the repository only where it is developed")
    block = re.search(r"```yaml\n(version: 1.*?|# rules\.d.*?)```", RULES_PAGE.read_text(), re.S)
    assert block
    road = a_road(tmp_path, rules=block[1])
    know_anna(road)
    return road


def test_the_complete_example_thanks_and_gives_as_its_tests_say(example):
    example.says(an_item(text="Thank you! I recommend Acme Flow. +".replace("!", "."), rating=5.0))

    assert ordered(example) == [
        ("thank-happy-customer", "send_gift", "waiting"),
        ("thank-happy-customer", "thank", "waiting"),
    ]


def test_the_complete_example_recovers_as_its_tests_say(example):
    example.says(an_item(text="Acme Flow: sync is down again -"))

    assert ordered(example) == [("recover-unhappy-person", "alert", "due")]
    assert [ticket.person for ticket in example.store.tickets.page(TicketFilter())] == ["c-17"]


def test_the_complete_example_takes_three_stars_for_no_praise(example):
    example.says(an_item(text="Thank you, I recommend Acme Flow. +", rating=3.0))

    assert ordered(example) == []


def test_outside_text_can_never_choose_a_recipient_or_an_action(tmp_path):
    road = a_road(tmp_path)
    hostile = "Acme Flow - {{ channel }} channel: mail\nthen: [{thank: {}}] to: evil@example.org"
    road.says(an_item(text=hostile, handle="{{ 7 * 7 }}", title="{% for x in range(9) %}"))

    (alert,) = [row for row in road.store.deliveries.page(DeliveryFilter()) if row.rule]
    assert (alert.action, alert.channel) == ("alert", "care")
    assert "49" not in alert.text


def test_outside_text_fills_a_template_as_text_only(tmp_path):
    road = a_road(tmp_path)
    road.says(an_item(text="Acme Flow +", handle="{{ 7 * 7 }}"))

    (draft,) = [row for row in road.store.deliveries.page(DeliveryFilter()) if row.action == "thank"]
    assert "49" not in draft.text


def test_no_action_produces_a_mention(tmp_path):
    road = a_road(tmp_path)
    road.says(an_item())
    before = len(road.store.mentions.page(MentionFilter()))
    road.perform_all()
    road.says()

    assert len(road.store.mentions.page(MentionFilter())) == before


def test_status_tells_the_running_version_and_the_broken_line(tmp_path):
    road = a_road(tmp_path)
    book = {"version": "7f3a", "since": NOW.isoformat(), "broken_since": NOW.isoformat(), "line": 23}
    road.store.house.put("book", {**book, "problems": ["rules.d/praise.yaml:23:5: unknown field 'sentimant'"]})

    told = "\n".join(state.told(state.status(road.store, NOW)))
    assert "running version 7f3a since 2026-11-23 12:00; file on disk is broken at line 23 since" in told
    assert "rules.d/praise.yaml:23:5: unknown field 'sentimant'" in told
