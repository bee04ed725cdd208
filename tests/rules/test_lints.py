"""What check refuses although each rule reads well by itself."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from rules.book import load
from rules.problems import BookError
from rules.terms import World
from tests.rules.rulebooks import a_book, a_rule, problems

BOTH = "[{send_gift: {item: x}}, {ask_to_share: {}}]"
LIMITED = "limits: {thank: {per_person: 1 per 7d}}"


def lints(tmp_path: Path, *rules: str) -> str:
    text = rules[0] + "".join(rule.removeprefix("rules:\n") for rule in rules[1:])
    return "\n".join(str(lint) for lint in a_book(tmp_path, text).lints)


@pytest.mark.parametrize(
    "when", ["sentiment: positive", "any: [{rating: 5}]", "none: [{score: {less_than: .1}}]", "intent: praise"]
)
def test_a_gift_beside_an_ask_that_depends_on_feeling_breaks_the_law(tmp_path: Path, when: str) -> None:
    found = problems(tmp_path, a_rule(f"{{{when}}}", BOTH, mode="off"))
    assert "16 CFR 465.4" in found[0]
    assert "ask everybody" in found[0]


def test_a_block_of_a_rule_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    found = problems(tmp_path, a_rule("{sentiment: negative}", more="blocks: {rules: [q]}"))
    assert found[0].startswith("6:1: blocks an unknown rule 'q'")


def test_of_a_file_that_cannot_be_read_only_that_is_told_not_what_others_miss_in_it(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(a_rule("{sentiment: negative}", more="blocks: {rules: [q]}"))
    (tmp_path / "b.yaml").write_text(a_rule("{sentiment: positive}", id="q") + "rules: [")
    with pytest.raises(BookError) as broken:
        load(tmp_path)
    assert {Path(problem.file).name for problem in broken.value.problems} == {"b.yaml"}


def test_of_an_empty_file_nothing_is_missing(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("# nothing yet\n")
    found = problems(tmp_path, a_rule("{sentiment: negative}", more="blocks: {rules: [q]}"))
    assert found[0].startswith("6:1: blocks an unknown rule 'q'")


@pytest.mark.parametrize("when", ["{hour: 9}", "{any: [{weekday: monday}]}"])
def test_the_hours_of_a_file_with_another_timezone_are_not_its_own(tmp_path: Path, when: str) -> None:
    world = World(zone=ZoneInfo("America/New_York"))
    text = a_rule(when, mode="shadow")
    (lint,) = a_book(tmp_path, f"timezone: Europe/Berlin\n{text}", world).lints

    assert lint.line == 5
    assert "of the installation's timezone America/New_York, not of this file's Europe/Berlin" in lint.what
    assert a_book(tmp_path, text, world).lints == ()
    assert a_book(tmp_path, f"timezone: America/New_York\n{text}", world).lints == ()


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("{rating: {at_least: 4, at_most: 3}}", "can never match: 'rating: at_least 4' and 'rating: at_most 3'"),
        ("{all: [{sentiment: positive}], sentiment: negative}", "can never match"),
        ("{rating: {more_than: 3, at_most: 3}}", "can never match"),
        ("{rating: {at_least: 6}}", "'rating: at_least 6', but rating goes from 0 to 5"),
        ("{hour: 25}", "hour goes from 0 to 23"),
        ("{any: [{sentiment: {is: unknown}}], sentiment: positive}", "exclude each other"),
        ("{rating: {is: unknown}, all: [{rating: {is_not: 3}}]}", "exclude each other"),
        ("{sentiment: positive, none: [{sentiment: positive}]}", "exclude each other"),
        ("{customer.known: false, customer.segment: enterprise}", "exclude each other"),
        ("{author.is_us: true}", "what no rule sees"),
    ],
)
def test_a_rule_that_can_never_match_is_told(tmp_path: Path, when: str, words: str) -> None:
    assert words in lints(tmp_path, a_rule(when, mode="shadow"))


@pytest.mark.parametrize(
    "when",
    [
        "{topics: {has_any: [a], is: b}}",
        "{rating: {at_least: 3, at_most: 3}}",
        "{score: {more_than: -1, less_than: .5}}",
        "{customer.known: false, customer.segment: {is: unknown}}",
        "{customer.known: false, customer.open_ticket: false}",
        "{customer.segment: {is: [unknown]}, any: [{customer.segment: {is: known}}]}",
        "{sentiment: {is_not: negative}, none: [{sentiment: positive}]}",
        "{author.is_us: false}",
    ],
)
def test_a_rule_that_can_match_is_left_alone(tmp_path: Path, when: str) -> None:
    assert lints(tmp_path, a_rule(when, mode="shadow")) == ""


@pytest.mark.parametrize(("cost", "told"), [("700 EUR", True), ("600 EUR", False)])
def test_a_present_dearer_than_its_budget_is_told(tmp_path: Path, cost: str, told: bool) -> None:
    limits = "limits: {send_gift: {per_person: 1 per 180d, budget: 600 EUR per month}}"
    found = lints(tmp_path, a_rule("{rating: 5}", f"[{{send_gift: {{item: x, cost: {cost}}}}}]", limits, mode="shadow"))
    assert ("one costs more than the budget of 600 EUR per month" in found) is told


def test_a_live_rule_needs_a_test_that_fires_and_one_that_does_not(tmp_path: Path) -> None:
    found = lints(tmp_path, a_rule("{sentiment: negative}"))
    assert "live without a test in which it does something" in found
    assert "live without a test in which it does nothing" in found


def test_a_public_action_needs_a_limit(tmp_path: Path) -> None:
    assert "in public without a limit" in lints(tmp_path, a_rule("{rating: 5}", "[{thank: {}}]", mode="shadow"))


def test_a_rule_that_repeats_another_is_told(tmp_path: Path) -> None:
    one, other = (a_rule("{rating: 5, sentiment: positive}", id=name, mode="shadow") for name in "ab")
    assert "says the same as 'a'" in lints(tmp_path, one, other)


def test_a_rule_that_another_always_blocks_is_told(tmp_path: Path) -> None:
    one = a_rule("{sentiment: positive}", more="blocks: {rules: [b]}", id="a", mode="ask")
    other = a_rule("{sentiment: positive, rating: 5}", "[{tag: x}]", id="b", mode="shadow")
    assert "'a' blocks it and matches whenever it does" in lints(tmp_path, one, other)


def test_a_tie_between_two_public_replies_is_told_unless_they_exclude_each_other(tmp_path: Path) -> None:
    def thanks(when: str, name: str, more: str = LIMITED) -> str:
        return a_rule(when, "[{thank: {}}]", more, id=name, mode="ask")

    assert "ties with 'a'" in lints(tmp_path, thanks("{rating: 5}", "a"), thanks("{sentiment: positive}", "b"))
    assert lints(tmp_path, thanks("{rating: 5}", "a"), thanks("{rating: {at_most: 4}}", "b")) == ""
    assert lints(tmp_path, thanks("{rating: 5}", "a"), thanks("{language: de}", "b", f"{LIMITED}\npriority: 2")) == ""


def test_ties_among_many_rules_are_found_fast(tmp_path: Path) -> None:
    rules = [
        a_rule(f"{{product: p{n}, rating: {n % 5}}}", "[{thank: {}}]", LIMITED, f"r{n}", "ask") for n in range(300)
    ]
    rules.append(a_rule("{product: p7, rating: 2}", "[{thank: {}}]", LIMITED, "twin", "ask"))
    assert lints(tmp_path, *rules).count("ties with") == 1
