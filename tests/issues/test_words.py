"""The forms of a word meet."""

from __future__ import annotations

import pytest

from listener.issues.words import MOST_TERMS, stem, terms


@pytest.mark.parametrize(
    "forms",
    ["charge charged charges charging", "cancel cancelled canceled cancels", "delivery deliveries", "fee fees", "pass"],
)
def test_forms_of_a_word_have_one_stem(forms: str) -> None:
    assert len({stem(form) for form in forms.split()}) == 1


def test_words_of_every_text_are_left_out_and_the_rest_is_told_once() -> None:
    assert terms("It is the sync, and the SYNC again: why does sync fail?") == ("sync", "fail")


def test_how_somebody_feels_is_no_word_of_a_trouble() -> None:
    assert terms("Awful, terrible: worst sync ever. I am so angry and disappointed, never again!") == ("sync",)


def test_the_grammar_of_japanese_is_no_word_of_a_trouble() -> None:
    assert terms("荷物が届きません") == ("荷", "物", "届")


def test_a_long_text_costs_no_more() -> None:
    assert len(terms(" ".join(f"word{one}" for one in range(10_000)))) == MOST_TERMS


def test_the_score_of_a_survey_is_no_word_of_a_trouble_and_its_reasons_are() -> None:
    assert terms("3 of 10.") == ()
    assert terms("Sync fails\nReasons: Price.\n3 of 10.") == terms("sync fails price")
    assert terms("It failed 3 of 10. Sigh") == terms("failed 3 10 sigh")
