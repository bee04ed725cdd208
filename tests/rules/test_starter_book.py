"""The book that `listener init` copies: right as it is, also with an empty registry."""

from __future__ import annotations

import pytest

from rules.book import load
from rules.memory import MemoryLedger
from rules.terms import Value
from rules.trial import run_tests
from tests.rules.rulebooks import STARTER, a_decision, facts


def test_the_starter_book_passes_its_own_check_and_tests() -> None:
    book = load(STARTER)
    assert book.lints == ()
    assert [str(outcome) for outcome in run_tests(book) if not outcome.passed] == []


@pytest.mark.parametrize(
    "seen",
    [
        {},
        {"score": -0.9, "rating": 1},
        {"text": "Never again. My lawyer will cancel my contract.", "score": -0.9},
        {"text": "Never again", "author__followers": 40_000},
        {"text": "I will sue", "sentiment": "unsure"},
        {"rating": 2, "text": ""},
        {"survey__score": 3},
        {"survey__score": 6, "sentiment": "mixed", "text": "6 of 10."},
        {"survey__score": 0, "score": -0.9, "rating": 1},
    ],
)
def test_every_complaint_of_a_stranger_makes_one_ticket_and_one_alert(seen: dict[str, Value]) -> None:
    decision = a_decision(load(STARTER), facts(person__id="example:zoe", **seen), floor="ask")
    acting = [s.action for s in decision.ordered]
    assert sorted(acting) == ["alert", "open_ticket"], decision.settled


@pytest.mark.parametrize("known", [True, False])
def test_praise_waits_as_one_thank_you_that_a_person_approves(known: bool) -> None:
    seen = facts(sentiment="positive", text="I love it", customer__known=known)
    decision = a_decision(load(STARTER), seen, floor="ask")
    assert [(s.action, s.status) for s in decision.ordered] == [("thank", "waiting")]


def test_praise_that_many_will_read_is_told_too() -> None:
    seen = facts(sentiment="positive", text="I love it", author__followers=20_000)
    decision = a_decision(load(STARTER), seen, floor="ask")
    assert sorted((s.action, s.status) for s in decision.ordered) == [("alert", "due"), ("thank", "waiting")]


def test_an_outbreak_is_told_once_in_six_hours_and_every_complaint_keeps_its_ticket() -> None:
    book, ledger = load(STARTER), MemoryLedger()
    seen = facts(issue__id="sync", issue__spread="outbreak")
    first, second = ([(s.rule, s.action) for s in a_decision(book, seen, ledger).ordered] for _ in range(2))
    assert ("outbreak", "alert") in first
    assert ("outbreak", "alert") not in second
    assert ("complaint", "open_ticket") in first
    assert ("complaint", "open_ticket") in second


def test_alerts_and_tickets_are_live_thanks_ask_and_the_rest_is_in_shadow() -> None:
    modes = {step.action.name: rule.mode for rule in load(STARTER).rules for step in rule.steps}
    shadow = dict.fromkeys(("tag", "invite_reference", "engage", "send_gift", "ask_feedback"), "shadow")
    assert modes == {"open_ticket": "live", "alert": "live", "check_issue": "live", "thank": "ask", **shadow}


def test_what_is_neither_praise_nor_complaint_orders_nothing_and_says_why() -> None:
    decision = a_decision(load(STARTER), facts(sentiment="neutral", text="It is blue."))
    assert decision.ordered == ()
    assert decision.nothing_because.startswith("no rule matched; nearest: ")
