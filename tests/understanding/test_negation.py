"""A negation denies what its own clause says, and nothing of the next one."""

import pytest

from listener.model.verdict import Utterance, Voice
from listener.understanding.judging import Understanding
from listener.understanding.packs import Pack
from listener.understanding.vader import Vader

UNDERSTANDING = Understanding()
# any pack at all: without one the score is stock VADER's
ENGINE = Vader([Pack("ours", {"works great": 2.4, "gee thanks": -1.5})])

COMPLAINTS = (
    "Acme Flow is terrible today, nothing works, awful, broken",
    "nothing works, awful",
    "nothing loads, terrible app",
    "never again, terrible",
    "no answer, awful, rude",
    "No signal, terrible support",
    "It does not load; horrible",
    "I can't log in - awful",
    "They never call back, pathetic",
    "not good, terrible actually",
    "didn't even apologise, rude and useless",
    "won't start and terrible support",
    "nothing but trouble",
    "Don't buy. Terrible app.",
    "Don't buy\nHorrible app",
    "not fast and friendly",
    "This isn't good, it is useless",
)
PRAISE = (
    "no problems, great",
    "no fuss, great",
    "no regrets, love it",
    "nothing to complain about, lovely",
    "never had a better tool, fast and friendly",
    "I have never been happier",
    "it never fails, brilliant",
    "can't fault them, lovely staff",
    "despite the delay, great service",
    "Not cheap, but excellent",
    "nothing but praise for them",
    "nothing works better, love it",
    "No bugs, crashes or ads, love it",
    "not slow and buggy any more",
)


@pytest.mark.parametrize("voice", ["discussion", "review", "complaint"])
@pytest.mark.parametrize("text", COMPLAINTS)
def test_a_complaint_of_short_clauses_is_negative(text: str, voice: Voice) -> None:
    assert UNDERSTANDING.judge(Utterance(text, "Acme Flow", voice=voice)).label == "negative"


@pytest.mark.parametrize("voice", ["discussion", "review"])
@pytest.mark.parametrize("text", PRAISE)
def test_praise_that_denies_a_trouble_is_positive(text: str, voice: Voice) -> None:
    assert UNDERSTANDING.judge(Utterance(text, "Acme Flow", voice=voice)).label == "positive"


@pytest.mark.parametrize(
    "text",
    [
        "this is not good",
        "it is not, sadly, good",
        "it isn't cheap or good",
        "never fast, good or cheap",
        "not fast and good",
        "we are not\ngood enough for them",
        "no fast, good or cheap answer",
    ],
)
def test_within_its_clause_a_negation_still_denies(text: str) -> None:
    assert value_of("good", text) < 0


@pytest.mark.parametrize(
    "end", [",", ";", ":", ".", "!", "?", "...", "…", " -", " —", '."', ",'", " but", "\n\n", "\nA"]
)
def test_every_end_of_a_clause_ends_a_negation(end: str) -> None:
    assert value_of("good", f"it does not{end} good") > 0


def test_a_trouble_behind_and_is_denied_only_with_another_one() -> None:
    assert value_of("awful", "does not load and awful") < 0
    assert value_of("awful", "not bad and awful") > 0


def test_a_list_ends_with_its_sentence() -> None:
    assert value_of("awful", "it does not load, awful. Or so they say") < 0


def test_one_no_after_another_is_no_further_trouble() -> None:
    assert ENGINE.read("no ads, no tracking").score > ENGINE.read("no ads").score
    assert ENGINE.read("it does not load, no tracking").score == ENGINE.read("no tracking").score


def test_a_phrase_ends_its_clause_too_and_none_runs_over_a_full_stop() -> None:
    assert value_of("awful", "not works great, awful") < 0
    assert [hit.what for hit in ENGINE.read("it works. Great").hits] == ["great"]
    assert [hit.what for hit in ENGINE.read("gee, thanks").hits] == ["gee thanks"]


def test_a_clause_keeps_its_end_where_another_brand_is_left_out() -> None:
    text = "Globex is fine. Acme Flow does not load, awful Acme Flow"
    verdict = UNDERSTANDING.judge(Utterance(text, "Acme Flow", others=("Globex",), voice="discussion"))
    assert verdict.label == "negative"
    assert {one.what: one.value for one in verdict.evidence}["awful"] < 0


def test_without_packs_a_negation_reaches_as_far_as_in_the_original() -> None:
    assert {hit.what: hit.value for hit in Vader().read("nothing works, awful").hits}["awful"] > 0


def value_of(word: str, text: str) -> float:
    return {hit.what: hit.value for hit in ENGINE.read(text).hits}[word]
