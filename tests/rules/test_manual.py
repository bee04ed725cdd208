"""The manual is made from the catalogue, and its recipes are rules that work."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules.manual import filled, recipes
from rules.problems import BookError
from rules.trial import run_tests
from tests.rules.rulebooks import a_book

MANUAL = Path(__file__).parents[2] / "docs" / "rules.md"
WRITTEN = MANUAL.read_text("utf-8")
RECIPES = recipes(WRITTEN)


def test_the_manual_is_made_from_the_catalogue() -> None:
    assert filled(WRITTEN) == WRITTEN, "run: python -m rules.manual docs/rules.md"


def test_there_are_twelve_recipes() -> None:
    assert len(RECIPES) == 12


@pytest.mark.parametrize("title", RECIPES)
def test_a_recipe_passes_check_and_its_own_tests(tmp_path: Path, title: str) -> None:
    book = a_book(tmp_path, RECIPES[title])
    outcomes = run_tests(book)
    assert [str(lint) for lint in book.lints] == []
    assert [str(outcome) for outcome in outcomes if not outcome.passed] == []
    assert any(outcome.expected == "nothing" or "nothing because" in outcome.expected for outcome in outcomes)


def test_the_recipes_are_one_book_together_but_for_ties_that_check_names(tmp_path: Path) -> None:
    for number, text in enumerate(RECIPES.values()):
        (tmp_path / f"r{number}.yaml").write_text(text)
    try:
        book = a_book(tmp_path, "rules: []\n")
    except BookError as error:
        pytest.fail(str(error))
    assert all("ties with" in lint.what for lint in book.lints)


def test_the_rule_that_the_manual_shows_works(tmp_path: Path) -> None:
    book = a_book(tmp_path, WRITTEN.partition("## A rule")[2].split("```yaml\n")[1].split("```")[0])
    assert all(outcome.passed for outcome in run_tests(book))
