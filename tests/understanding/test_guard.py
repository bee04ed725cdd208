"""Bounds and first repairs of a text."""

import pytest

from listener.understanding.guard import LONGEST, MARKS, MOST_EMOJIS, guarded
from listener.understanding.spelling import shortened, unglued


@pytest.mark.parametrize("text", ["x" * 50_000, "no " * 9_000, "😂a" * 9_000, "&amp;" * 9_000])
def test_every_text_is_bounded(text: str) -> None:
    kept = guarded(text)
    assert len(kept) <= LONGEST
    assert len(kept.split()) <= 2_000
    assert kept.count("😂") <= MOST_EMOJIS


def test_entities_and_curly_quotes_become_plain() -> None:
    assert guarded("AT&amp;T doesn’t &lt;3 “me”") == 'AT&T doesn\'t <3 "me"'


def test_repeated_emoji_are_cut_to_four() -> None:
    assert guarded("so " + "😂" * 50) == "so 😂😂😂😂"


def test_the_marks_for_names_cannot_be_smuggled_in() -> None:
    assert not set(guarded(f"a{MARKS}b")) & set(MARKS)


@pytest.mark.parametrize(
    ("glued", "apart"),
    [("great.Thanks", "great. Thanks"), ("bad...really", "bad... really"), ("late,again", "late, again")],
)
def test_glued_words_come_apart(glued: str, apart: str) -> None:
    assert unglued(glued) == apart


@pytest.mark.parametrize("whole", ["acme.example", "e.g", "3.14", "don't", "a,b"])
def test_what_belongs_together_stays(whole: str) -> None:
    assert unglued(whole) == whole


@pytest.mark.parametrize(
    ("drawn", "word"), [("goooood", "good"), ("looove", "love"), ("ooowww", "ooowww"), ("good", "good")]
)
def test_drawn_out_words_shrink_to_known_ones(drawn: str, word: str) -> None:
    assert shortened(drawn, {"good", "god", "love"}) == word
