"""The fast path gives VADER's own score, for real texts and for hostile ones."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vaderSentiment.vaderSentiment import BOOSTER_DICT, NEGATE, SPECIAL_CASES, SentimentIntensityAnalyzer

from listener.understanding.packs import Pack
from listener.understanding.vader import Vader
from tests.understanding.shared_rows import rows

STOCK = SentimentIntensityAnalyzer()
FAST = Vader()

GRAMMAR = ["no", "or", "least", "at", "but", "BUT", "kind", "of", "this", "so", "doubt", "(no)", "a.b", "VERY", "Not"]
WORDS = st.one_of(
    st.sampled_from([*BOOSTER_DICT, *NEGATE, *SPECIAL_CASES, *GRAMMAR]),
    st.sampled_from([*list(STOCK.lexicon)[::7], "good", "GREAT", "bad", "terrible", "plain"]),
    st.sampled_from(["!", "?", "??", "!!!", ":)", "😂", "💘but", "❤️", "isn't"]),
)
SEPARATORS = st.sampled_from([" ", "  ", "\n", ", ", "", "\u00a0", "😁"])
SENTENCES = st.lists(st.tuples(WORDS, SEPARATORS), max_size=14).map(lambda pairs: "".join(w + s for w, s in pairs))


def compound(text: str) -> float:
    return float(STOCK.polarity_scores(text)["compound"])


@settings(max_examples=1000)
@given(SENTENCES)
def test_sentences_of_grammar_words_score_as_in_the_original(text: str) -> None:
    assert FAST.read(text).score == compound(text)


@settings(max_examples=500)
@given(st.text(max_size=60))
def test_any_text_scores_as_in_the_original(text: str) -> None:
    assert FAST.read(text).score == compound(text)


@pytest.mark.parametrize("name", ["airline-dev", "vader-human-tweets", "vader-human-amazon"])
def test_real_texts_score_as_in_the_original(name: str) -> None:
    texts = [row["text"] for row in rows(name)]
    assert [text for text in texts if FAST.read(text).score != compound(text)] == []


def test_a_pack_changes_a_word_and_takes_one_out() -> None:
    engine = Vader([Pack("ours", {"crash": -2.0, "please": 0})])
    assert engine.read("please").hits == ()
    assert engine.read("another crash").hits == (("crash", -2.0, "ours"),)


def test_a_phrase_counts_instead_of_its_words() -> None:
    engine = Vader([Pack("ours", {"thanks for nothing": -2.5})])
    assert [hit.what for hit in engine.read("so, thanks for nothing").hits] == ["thanks for nothing"]


def test_a_negation_in_a_pack_still_negates() -> None:
    engine = Vader([Pack("ours", {"not": -0.5})])
    values = {hit.what: hit.value for hit in engine.read("this is not good").hits}
    assert values["not"] == -0.5
    assert values["good"] < 0


def test_drawn_out_words_count_as_the_words_they_are() -> None:
    engine = Vader([Pack("ours", {})])
    assert [hit.what for hit in engine.read("soooo goooood, loooove it").hits] == ["good", "love"]


def test_the_name_changes_with_the_packs() -> None:
    assert FAST.name == "vader"
    assert Vader([Pack("ours", {"a": 1.0})]).name != Vader([Pack("ours", {"a": 1.5})]).name
