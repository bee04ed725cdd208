"""Conditions: three-valued, whole words in every script, counts over stored mentions."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from rules.engine import trace
from rules.memory import MemoryHistory
from rules.terms import Value
from tests.rules.rulebooks import NOW, a_book, a_decision, a_rule, facts

HAPPY: dict[str, Value] = {
    "sentiment": "positive", "rating": 4, "score": 0.5,
    "text": "Thank you! I recommend Acme-Flow, it’s my lawyer's pick.",
    "topics": ("delivery", "Billing"), "language": "de", "customer__segment": "Enterprise", "customer__seats": "12",
}  # fmt: skip


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ("sentiment: positive", True),
        ("sentiment: [negative, Positive]", True),
        ("sentiment: {is_not: positive}", False),
        ("customer.segment: enterprise", True),
        ("rating: 4", True),
        ("rating: {at_least: 4}", True),
        ("rating: {more_than: 4}", False),
        ("rating: {at_most: 4}", True),
        ("rating: {less_than: 4}", False),
        ("rating: {between: [3, 4.5]}", True),
        ("customer.seats: {at_least: 10}", True),
        ("topics: billing", True),
        ("topics: {has_any: [outage, delivery]}", True),
        ("topics: {has_all: [delivery, billing]}", True),
        ("topics: {has_all: [delivery, outage]}", False),
        ("topics: {has_none: [outage]}", True),
        ("text: {says_any: [thank, 'recommend acme flow']}", True),
        ("text: {says_any: [recommen]}", False),
        ("text: {says_any: [lawyer]}", True),
        ("text: {says_all: [THANK, pick]}", True),
        ("text: {says_none: [thank]}", False),
        ("text: {matches: 'acme.flow'}", True),
        ("text: {not_matches: '^I '}", True),
        ("customer.known: false", True),
        ("days_since.gift: {more_than: 1000}", True),
        ("mentions.30d: 1", True),
        ("author.followers: {at_least: 0}", None),
        ("author.followers: {is_not: 3}", None),
        ("author.handle: {is: unknown}", True),
        ("author.handle: {is: known}", False),
        ("author.followers: {is: 'unknown'}", True),
        ("author.handle: 'unknown'", True),
        ("author.handle: ['unknown']", None),
        ("rating: {more_than: .5}", True),
        ("customer.products: {has_none: [x]}", None),
        ("title: {says_none: [x]}", None),
        ("customer.colour: {matches: x}", None),
        ("any: [{author.followers: 1}, {rating: 4}]", True),
        ("any: [{author.followers: 1}, {rating: 3}]", None),
        ("any: [{sentiment: negative}, {rating: 3}]", False),
        ("all: [{author.followers: 1}, {rating: 3}]", False),
        ("none: [{sentiment: negative}, {rating: 3}]", True),
        ("none: [{sentiment: negative}, {author.followers: 3}]", None),
        ("none: {sentiment: negative, rating: 4}", False),
        ("any: [{all: [{sentiment: positive, rating: 4}]}]", True),
    ],
)  # fmt: skip
def test_a_condition_is_yes_no_or_unknown(tmp_path: Path, when: str, holds: bool | None) -> None:
    book = a_book(tmp_path, a_rule(f"{{{when}}}"))
    assert trace(book, facts(**HAPPY))[0].holds is holds
    assert bool(a_decision(book, facts(**HAPPY)).fired) is (holds is True)


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("thank you", "Thank\n  YOU!", True),
        ("thank", "thankful", False),
        ("straße", "Die STRASSE", True),
        ("sehr zufrieden", "ich bin sehr  zufrieden.", True),
        ("avocat", "l’avocat arrive", True),
        ("很好", "这个产品很好用", True),
        ("спасибо", "Спасибо!", True),
        ("bo", "спасибоbo", False),
        ("istanbul", "İSTANBUL", True),
        ("can", "I can't", False),
        ("don't", "I don’t know", True),
        ("❤", "love ❤️ it", True),
        ("c++", "we use C++ here", True),
        ("data breach", "a data-breach", True),
        ("#fail", "what a #FAIL", True),
        ("हिन्दी", "हिन्दी में", True),
        ("fail", "#fail", True),
    ],
)  # fmt: skip
def test_phrases_are_whole_words_in_any_case_and_script(tmp_path: Path, phrase: str, text: str, found: bool) -> None:
    book = a_book(tmp_path, a_rule(f"{{text: {{says_any: ['{phrase.replace(chr(39), chr(39) * 2)}']}}}}"))
    assert bool(a_decision(book, facts(text=text)).fired) is found


def test_an_exploding_pattern_takes_linear_time(tmp_path: Path) -> None:
    book = a_book(tmp_path, a_rule("{text: {matches: '(a+)+$'}}"))
    assert not a_decision(book, facts(text="a" * 100_000 + "!")).fired


def test_a_fact_of_the_wrong_type_skips_the_rules_that_read_it_and_says_so(tmp_path: Path) -> None:
    more = a_rule("{sentiment: negative}", id="other").removeprefix("rules:\n")
    book = a_book(tmp_path, a_rule("{rating: {at_least: 4}}") + more)
    decision = a_decision(book, facts(rating="five"))
    assert decision.fired == ("other",)
    assert decision.errors == ("r: skipped, a fact of the wrong type: rating is str five",)
    assert a_decision(book, facts(rating=float("nan"))).errors


def test_a_text_that_is_not_unicode_skips_the_pattern_and_stops_nothing(tmp_path: Path) -> None:
    book = a_book(tmp_path, a_rule("{text: {matches: x}}"))
    assert a_decision(book, facts(text="\ud800")).errors[0].startswith("r: skipped, UnicodeEncodeError")


COUNT = "{sentiment: negative, count: {same: issue.id, different: person.id, within: 24h, at_least: 3}}"


def a_past(*persons: str, sentiment: str = "negative", days: int = 400) -> MemoryHistory:
    history = MemoryHistory(NOW - timedelta(days=days))
    for hours, person in enumerate(persons):
        said = {"issue.id": "sync", "person.id": person, "sentiment": sentiment}
        history.add(NOW - timedelta(hours=hours), facts(**said))
    return history


@pytest.mark.parametrize(
    ("history", "fires"),
    [
        (a_past("c-2", "c-3"), True),
        (a_past("c-1", "c-2", "c-1"), False),
        (a_past("c-2", "c-3", sentiment="positive"), False),
        (a_past(*["c-2"] * 24, "c-3"), False),
    ],
)
def test_a_count_takes_distinct_persons_of_like_mentions_in_the_window(
    tmp_path: Path, history: MemoryHistory, fires: bool
) -> None:
    decision = a_decision(a_book(tmp_path, a_rule(COUNT)), facts(issue__id="sync"), history=history)
    assert bool(decision.fired) is fires


def test_a_count_that_lacks_history_is_unknown_and_says_that_it_warms_up(tmp_path: Path) -> None:
    book = a_book(tmp_path, a_rule(COUNT.replace("24h", "14d")))
    decision = a_decision(book, facts(issue__id="sync"), history=a_past("c-2", days=3))
    assert decision.nothing_because.endswith("and it is 2, warming up (needs 14d, has 3d)")


def test_the_trace_shows_every_clause_with_the_value_seen(tmp_path: Path) -> None:
    book = a_book(tmp_path, a_rule("{sentiment: negative, any: [{rating: 5}, {topics: x}]}"))
    found = [(f.clause, f.holds, f.seen, f.depth) for f in trace(book, facts(rating=4))]
    assert found == [
        ("all:", None, "", 0),
        ("sentiment: negative", True, "negative", 1),
        ("any:", None, "", 1),
        ("rating: 5", False, "4", 2),
        ("topics: x", None, "?", 2),
    ]
