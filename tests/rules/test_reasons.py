"""Why nothing was done, in words that people read in `explain`."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules.terms import Moment
from tests.rules.rulebooks import NOW, a_book, a_decision, a_rule, facts
from tests.rules.test_decisions import days


@pytest.mark.parametrize(
    ("mode", "floor", "reason"),
    [("off", "live", "the rule is off"), ("live", "off", "public and asking actions are off here")],
)
def test_what_is_off_says_who_switched_it_off(tmp_path: Path, mode: str, floor: str, reason: str) -> None:
    book = a_book(tmp_path, a_rule("{sentiment: negative}", "[{thank: {}}]", mode=mode))
    assert a_decision(book, floor=floor).nothing_because == f"r fired, but thank: {reason}"


@pytest.mark.parametrize(
    ("mode", "floor", "reason"),
    [
        ("shadow", "live", "the rule is in shadow: recorded, not done"),
        ("shadow", "shadow", "the rule is in shadow: recorded, not done"),
        ("live", "shadow", "public and asking actions are in shadow here: recorded, not done"),
    ],
)
def test_what_is_in_shadow_says_who_put_it_there(tmp_path: Path, mode: str, floor: str, reason: str) -> None:
    book = a_book(tmp_path, a_rule("{sentiment: negative}", "[{thank: {}}]", mode=mode))
    assert a_decision(book, floor=floor).nothing_because == f"r fired, but thank: {reason}"


def test_the_nearest_are_the_rules_that_lack_the_least_and_are_not_off(tmp_path: Path) -> None:
    far = a_rule("{sentiment: negative, rating: {at_most: 2}, language: de}", id="far")
    off = a_rule("{sentiment: negative, rating: {at_most: 2}}", id="off", mode="off")
    near = (a_rule(f"{{sentiment: negative, rating: {{at_most: {n}}}}}", id=f"near-{n}") for n in (1, 2, 3))
    rules = far + "".join(one.removeprefix("rules:\n") for one in (off, *near))
    assert a_decision(a_book(tmp_path, rules), facts(rating=4, language="en")).nothing_because == (
        "no rule matched; nearest: near-1 needs rating: at_most 1, and it is 4; "
        "near-2 needs rating: at_most 2, and it is 4"
    )


@pytest.mark.parametrize(
    ("when", "needs"),
    [
        ("{text: {says_any: [refund]}}", "text: says_any refund, and it does not say so"),
        ("{title: {says_any: [refund]}}", "title: says_any refund, and it is ?"),
        ("{any: [{rating: 1}, {language: de}]}", "any of (rating: 1; language: de)"),
    ],
)
def test_what_the_nearest_rule_lacks_is_told_in_words(tmp_path: Path, when: str, needs: str) -> None:
    decision = a_decision(a_book(tmp_path, a_rule(when)))
    assert decision.nothing_because == f"no rule matched; nearest: r needs {needs}"


def test_where_no_rule_can_be_asked_it_says_so(tmp_path: Path) -> None:
    book = a_book(tmp_path, a_rule("{rating: {at_most: 2}}"))
    strange = a_decision(book, facts(rating="two"))
    skipped = "r: skipped, a fact of the wrong type: rating is str two"
    assert (strange.nothing_because, strange.errors) == (f"every rule was skipped: {skipped}", (skipped,))
    off = a_decision(a_book(tmp_path, a_rule("{rating: {at_most: 2}}", mode="off")), facts(rating=4))
    assert off.nothing_because == "no rule came near"


def test_three_refusals_are_told_and_the_rest_is_hinted_at(tmp_path: Path) -> None:
    for then, end in (("[{thank: {}}, {ask_feedback: {}}, {engage: {}}]", "us"), ("[{thank: {}}] ", "us")):
        told = a_decision(a_book(tmp_path, a_rule("{sentiment: negative}", then)), facts(customer__opted_out=True))
        assert told.nothing_because.endswith(end)
    four = "[{thank: {}}, {ask_feedback: {}}, {engage: {}}, {invite_panel: {}}]"
    told = a_decision(a_book(tmp_path, a_rule("{sentiment: negative}", four)), facts(customer__opted_out=True))
    assert told.nothing_because.endswith("us; …")
    assert told.nothing_because.count("r fired, but") == 3


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        (Moment(NOW, NOW, days(15)), "posted 2026-11-08 12:00, more than 14 days ago"),
        (Moment(NOW, NOW, days(3), first_poll=True), "posted 2026-11-20 12:00, more than 48 hours ago"),
        (Moment(NOW, NOW, None, first_poll=True), "no date, and from a source's first poll"),
        (Moment(NOW, NOW, NOW, history=True), "history: kept and counted, never acted on"),
        (Moment(NOW, NOW, NOW, decided=frozenset({("r", "alert", "care")})), "ordered before for this mention"),
    ],
)
def test_what_is_too_old_to_act_on_says_why(tmp_path: Path, moment: Moment, told: str) -> None:
    book = a_book(tmp_path, a_rule("{sentiment: negative}"))
    assert a_decision(book, moment=moment).nothing_because == f"r fired, but alert: {told}"
