"""The two catalogues, and the schema that is made from them."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules.catalogue import ACTIONS, FIELDS, field_named
from rules.schema import schema
from rules.terms import World
from tests.rules.rulebooks import a_book, a_rule, problems

PROMISED_FIELDS = """
source source.kind brand product language title text url rating sentiment score confidence topics drivers reply_to_us
author.handle author.name author.followers author.is_us person.id customer.known customer.id customer.segment
customer.plan customer.region customer.version customer.products customer.tags customer.owner customer.anything
customer.open_ticket customer.opted_out reference.state days_since.thanks days_since.gift days_since.ask
days_since.engage days_since.recovery days_since.notice mentions.7d mentions.30d mentions.365d issue.id issue.spread
issue.state issue.persons issue.customers issue.ratio topic.trend weekday hour attribute.verified
"""
PROMISED_ACTIONS = """
alert thank engage send_gift invite_reference ask_feedback ask_to_share invite_panel open_ticket check_issue tag
assign webhook ignore
"""


@pytest.mark.parametrize("name", PROMISED_FIELDS.split())
def test_every_promised_field_is_in_the_catalogue(name: str) -> None:
    assert field_named(name)


def test_every_promised_action_is_in_the_catalogue() -> None:
    assert sorted(ACTIONS) == sorted(PROMISED_ACTIONS.split())


def test_everything_in_the_catalogue_is_explained_in_a_sentence() -> None:
    explained = [*FIELDS.values(), *ACTIONS.values(), *(o for a in ACTIONS.values() for o in a.options)]
    assert [known.name for known in explained if not known.sentence.endswith(".")] == []


@pytest.mark.parametrize("name", ["customer.", "customer.a.b", "customr.x", "text.x", ""])
def test_a_name_outside_the_catalogue_is_no_field(name: str) -> None:
    assert field_named(name) is None


def test_a_single_value_stands_for_the_main_option(tmp_path: Path) -> None:
    book = a_book(tmp_path, a_rule("{rating: 1}", "[{alert: care}, {tag: [a, b]}, {open_ticket: vip}, check_issue]"))
    options = [dict(step.options) for step in book.rules[0].steps]
    assert options[:2] == [{"channel": "care"}, {"tags": ("a", "b")}]
    assert options[2] == {
        "queue": "vip", "urgency": "normal", "first_reply_within": 28_800.0, "resolve_within": 259_200.0,
    }  # fmt: skip


def test_the_card_of_a_gift_may_not_ask_for_anything(tmp_path: Path) -> None:
    world = World(templates={"gift": frozenset()}, texts={"gift": "Enjoy! And leave us a Review."})
    assert "16 CFR 465.4" in problems(tmp_path, a_rule("{rating: 1}", "[{send_gift: {item: x}}]"), world)[0]


def test_the_schema_lists_fields_operators_actions_and_the_values_of_this_house() -> None:
    found = schema(World(channels=frozenset({"care"}), gifts=frozenset({"flowers"})))
    condition = found["$defs"]["condition"]["properties"]
    assert set(FIELDS) < set(condition)
    assert condition["sentiment"]["anyOf"][0]["enum"][:2] == ["mixed", "negative"]
    steps = found["properties"]["rules"]["items"]["properties"]["then"]["items"]["anyOf"][1]["properties"]
    assert steps["alert"]["anyOf"][1]["enum"] == ["care"]
    assert steps["send_gift"]["anyOf"][1]["enum"] == ["flowers"]


PRICED = World(gifts=frozenset({"car", "flowers"}), dear={"car": "costs 900 EUR"}, gift_cap="30 EUR")


@pytest.mark.parametrize(
    ("gift", "told"),
    [
        ("{item: flowrs}", "unknown item 'flowrs' — did you mean 'flowers'?"),
        ("{item: car}", "'car' costs 900 EUR"),
        ("{item: flowers, cost: 31 EUR}", "31 EUR is more than [actions] gift_cap = 30 EUR"),
        ("{item: flowers, cost: 5 USD}", "5 USD is more than"),
    ],
)
def test_a_present_that_is_not_there_or_costs_too_much_is_told(tmp_path: Path, gift: str, told: str) -> None:
    found = problems(tmp_path, a_rule("{rating: 1}", f"[{{send_gift: {gift}}}]"), PRICED)
    assert any(told in problem for problem in found), found


def test_a_present_within_the_cap_is_right(tmp_path: Path) -> None:
    a_book(tmp_path, a_rule("{rating: 1}", "[{send_gift: {item: flowers, cost: 18 EUR}}]"), PRICED)


def test_useful_things_are_about_topics_that_there_are(tmp_path: Path) -> None:
    world = World(topics=frozenset({"delivery"}), offered=frozenset({"recipes"}))
    right = a_rule("{rating: 1}", "[{engage: {topics: [delivery, recipes]}}]")
    wrong = a_rule("{rating: 1}", "[{engage: {topics: [recepes]}}]")

    a_book(tmp_path, right, world)
    assert any(
        "unknown topics 'recepes' — did you mean 'recipes'?" in each for each in problems(tmp_path, wrong, world)
    )
