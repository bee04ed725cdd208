"""The tests inside rule files, and the complete example that the manual shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rules.trial import run_tests
from tests.rules.rulebooks import a_book, a_rule

MANUAL = Path(__file__).parents[3] / "shared" / "RULES.md"


def told(tmp_path: Path, tests: str, rule: str = "{rating: {at_least: 4}, sentiment: positive}") -> list[str]:
    book = a_book(tmp_path, a_rule(rule, more=f"tests: {tests}", mode="shadow"))
    return [str(outcome).replace(f"{tmp_path}/", "") for outcome in run_tests(book)]


def test_a_failure_names_line_expected_happened_and_the_clause_that_decided(tmp_path: Path) -> None:
    tests = "[{name: three, given: {sentiment: positive, rating: 3}, expect: [alert]}]"
    assert told(tmp_path, tests) == [
        "book.yaml:6: r, 'three': expected alert, happened nothing (rating: at_least 4, and it is 3)"
    ]


def test_a_test_that_is_right_for_another_reason_fails(tmp_path: Path) -> None:
    tests = "[{name: n, given: {sentiment: neutral, rating: 5}, expect: nothing, because: rating}]"
    assert "expected nothing because of rating, happened nothing (sentiment: positive" in told(tmp_path, tests)[0]


def test_rules_in_shadow_and_off_are_tested_as_if_live(tmp_path: Path) -> None:
    tests = "[{name: n, given: {sentiment: positive, rating: 5}, expect: alert}]"
    assert told(tmp_path, tests) == ["book.yaml:6: r, 'n': alert"]


def test_what_was_done_before_counts_in_limits_and_in_days_since(tmp_path: Path) -> None:
    given = "given: {sentiment: positive, person.id: c-1}, history: [{action: send_gift, ago: 60d}]"
    tests = f"[{{name: n, {given}, expect: [alert]}}]"
    assert told(tmp_path, tests, "{days_since.gift: {between: [59, 61]}}")[0].endswith("'n': alert")


def test_days_since_count_from_the_latest_of_what_was_done(tmp_path: Path) -> None:
    history = "[{action: send_gift, ago: 2d}, {action: send_gift, ago: 60d}]"
    tests = f"[{{name: n, given: {{person.id: c-1}}, history: {history}, expect: nothing}}]"
    assert told(tmp_path, tests, "{days_since.gift: {at_least: 30}}")[0].endswith("'n': nothing")


def test_a_test_can_be_set_at_night(tmp_path: Path) -> None:
    assert told(tmp_path, "[{name: n, given: {rating: 1}, at: '22:30', expect: alert}]", "{hour: 22}")


@pytest.mark.parametrize(
    ("tests", "words"),
    [
        ("[{given: nobody, expect: nothing}]", "unknown sample 'nobody'"),
        ("[{given: {ratng: 3}, expect: nothing}]", "did you mean 'rating'"),
        ("[{given: {rating: x}, expect: nothing}]", "rating is a number"),
        ("[{given: {rating: 3}}]", "lacks 'given' or 'expect'"),
        ("[{given: {rating: 3}, expect: [allert]}]", "did you mean 'alert'"),
        ("[{given: {rating: 3}, expect: nothing, because: ratng}]", "neither a field nor a stage"),
        ("[{given: {rating: 3}, expect: nothing, history: [{rating: 3}]}]", "lacks 'ago'"),
    ],
)
def test_a_test_that_makes_no_sense_is_a_problem_of_the_file(tmp_path: Path, tests: str, words: str) -> None:
    with pytest.raises(Exception, match=words):
        told(tmp_path, tests)


@pytest.mark.skipif(not MANUAL.exists(), reason="the specification does not lie beside this checkout")
def test_the_complete_example_of_the_specification_passes_check_and_tests(tmp_path: Path) -> None:
    example = re.search(r"```yaml\n(.*?)```", MANUAL.read_text("utf-8"), re.DOTALL)
    assert example
    book = a_book(tmp_path, example[1])
    assert book.lints == ()
    outcomes = run_tests(book)
    assert len(outcomes) == 8
    assert [str(o) for o in outcomes if not o.passed] == []
