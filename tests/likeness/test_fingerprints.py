"""Fingerprints of near-identical texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listener.likeness import distance, is_near, simhash

POST = "Acme Flow lost every one of my boards after the update this morning and support has not answered since"


@pytest.mark.parametrize(
    "copy",
    [
        POST.upper(),
        f"RT @someone: {POST}",
        f"{POST} https://x.example/abc?utm_source=rss",
        f"{POST}!!! 😡",
        POST.replace(" ", "  ") + " via @reader",
    ],
)
def test_reposts_have_the_same_fingerprint(copy: str) -> None:
    assert simhash(copy) == simhash(POST)


def test_a_changed_word_is_near() -> None:
    assert is_near(simhash(POST), simhash(POST.replace("morning", "evening")))


def test_another_text_of_the_same_words_in_part_is_far() -> None:
    other = "Acme Flow has a new update this morning and every one of my boards looks much better since"
    assert not is_near(simhash(POST), simhash(other))


@pytest.mark.parametrize(("one", "other"), [("thanks!", "Thanks"), ("Great app", "great  app."), ("😍", "😍")])
def test_short_texts_are_copies_when_equal(one: str, other: str) -> None:
    assert simhash(one) == simhash(other)


@pytest.mark.parametrize(
    ("one", "other"), [("great app", "great apps"), ("thanks a lot", "thanks a bunch"), ("😍", "😂")]
)
def test_short_texts_that_differ_are_far_apart(one: str, other: str) -> None:
    assert distance(simhash(one), simhash(other)) > 8


def test_a_script_without_gaps_counts_its_signs() -> None:
    text = "今朝のアップデートの後でボードが全部消えてしまいました"
    assert is_near(simhash(text), simhash(text + "。"))
    assert not is_near(simhash(text), simhash("素晴らしいサービスでした、また利用したいと思います"))


@given(st.text())
def test_any_text_has_a_fingerprint_of_64_bits(text: str) -> None:
    assert 0 <= simhash(text) < 2**64


def test_a_long_text_counts_up_to_its_limit() -> None:
    assert 0 <= simhash("word and another " * 20_000) < 2**64
