"""From text to verdict: one mention of one brand, any language, any length."""

import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from listener.model.verdict import Utterance, Verdict
from listener.understanding.judging import Understanding
from listener.understanding.packs import UnreadableWords

UNDERSTANDING = Understanding()


def judge(text: str, **known: object) -> Verdict:
    return UNDERSTANDING.judge(Utterance(text, **{"brand": "Acme Flow", **known}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Love my Acme Flow, it works great!", "positive"),
        ("My Acme Flow crashes all day, worst update ever", "negative"),
        ("Acme Flow opens a store in Leeds on Monday", "neutral"),
        ("The screen is wonderful but the battery is horrible", "mixed"),
        ("", "unsure"),
        ("12345", "unsure"),
        ("Mein Paket ist immer noch nicht angekommen", "unscored"),
        ("荷物がまだ届きません", "unscored"),
        ("😍😍", "positive"),
    ],
)
def test_a_text_gets_the_label_a_person_would_give(text: str, label: str) -> None:
    assert judge(text, voice="review").label == label


def test_each_word_of_evidence_says_what_it_weighed_and_whose_it_is() -> None:
    evidence = {one.what: one for one in judge("worst app, it crashed").evidence}
    assert evidence["crashed"].origin == "service-safe"
    assert evidence["crashed"].value < 0


TEMPLATES = (
    "{} lost my bag and nobody answers",
    "@{} thank you so much, you made my day!",
    "#{} what time do you open tomorrow?",
    "Why is {}'s app down again, {}?",
    "I moved to {} last year. So far: okay.",
)


@pytest.mark.parametrize("word", [word for word in SentimentIntensityAnalyzer().lexicon if word.isalpha()][::25])
def test_renaming_the_brand_to_a_lexicon_word_changes_no_verdict(word: str) -> None:
    for template in TEMPLATES:
        named = judge(template.replace("{}", "Zyqo"), brand="Zyqo", voice="complaint")
        for brand in (word, word.capitalize(), word.upper()):
            renamed = judge(template.replace("{}", brand), brand=brand, voice="complaint")
            assert renamed == named


def test_united_is_not_praised_by_being_called() -> None:
    assert judge("@united why is my flight late", brand="United").score < 0


@pytest.mark.parametrize(
    ("stars", "label"), [(1, "negative"), (2, "negative"), (2.2, "negative"), (4, "positive"), (5, "positive")]
)
def test_stars_decide(stars: float, label: str) -> None:
    assert judge("It arrived on Tuesday", stars=stars).label == label


@pytest.mark.parametrize("stars", [2.6, 3])
def test_three_stars_leave_it_to_the_words(stars: float) -> None:
    assert judge("Terrible quality", stars=stars).label == "negative"
    assert judge("It arrived on Tuesday", stars=stars).label == "neutral"


def test_stars_against_the_words_are_flagged() -> None:
    verdict = judge("Wonderful, I love it, perfect", stars=1)
    assert (verdict.label, verdict.tags) == ("negative", ("stars-disagree",))


def test_stars_give_a_label_in_a_language_that_is_not_scored() -> None:
    verdict = judge("Das Paket kam nie an, furchtbar", stars=1)
    assert (verdict.label, verdict.language) == ("negative", "de")


def test_two_brands_in_one_text_get_a_verdict_each() -> None:
    text = "Acme Flow is terrible, but Globex is amazing"
    ours, theirs = judge(text, others=("Globex",)), judge(text, brand="Globex", others=("Acme Flow",))
    assert (ours.label, theirs.label) == ("negative", "positive")
    assert ours.whole == theirs.whole


def test_a_review_is_read_whole() -> None:
    assert judge("Acme Flow is fine, but Globex is amazing", others=("Globex",), voice="review").whole is None


def test_who_announces_to_leave_is_negative_and_tagged() -> None:
    verdict = judge("Great staff, lovely shop, but never again.")
    assert (verdict.label, verdict.tags) == ("negative", ("churn",))


def test_a_comparison_names_the_other_brand() -> None:
    verdict = judge("Acme Flow is so much better than Globex", others=("Globex",))
    assert verdict.tags == ("comparison", "comparison:Globex")


def test_small_words_lean_to_trouble_only_on_a_complaint_channel() -> None:
    text = "@acme still waiting, why, it has been hours"
    assert judge(text, voice="complaint").score < judge(text, voice="review").score


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Thank you, great service", "praise"),
        ("My parcel never arrived", "complaint"),
        ("how do I export my data?", "question"),
        ("Please add dark mode", "request"),
    ],
)
def test_the_intent_is_told(text: str, intent: str) -> None:
    assert judge(text).intent == intent


HOSTILE = (
    "good but ", "no ", "😂a", "a", "@", "!?", "#AaBb", "http://", "&amp;", "never again ", "aaab ", "\u0301",
    "on hold ", "Acme Flow Globex ", "than ", ", ", "x.", "日本", "((((", "aaabbbccc", "\x01", "\ud800", "ß",
    "not, good or ", "no, bad and ", "\n A", "good\n",
)  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_no_text_of_10_000_characters_takes_long(piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    took = []
    # the collector of a process with much in memory may take its own 50 ms in one of them
    for _ in range(3):
        start = time.process_time()
        judge(text, others=("Globex",))
        took.append(time.process_time() - start)
    assert min(took) < 0.05


def test_own_words_win_over_the_shipped_ones(tmp_path: Path) -> None:
    words, topics = tmp_path / "words.yaml", tmp_path / "topics.yaml"
    words.write_text("words:\n  crashed: 3\n  no: 0\n")
    topics.write_text("topics:\n  racing: [lap, laps]\n")
    files = SimpleNamespace(languages=("en",), packs=(), words=words, topics=topics)
    verdict = Understanding.from_files(files).judge(Utterance("It crashed on the last lap, love it"))
    assert ("crashed", 3.0, "own words") in verdict.evidence
    assert verdict.topics == ("racing",)


def test_a_pack_nobody_ships_is_named(tmp_path: Path) -> None:
    files = SimpleNamespace(languages=("en",), packs=("compliant-channel",), words=tmp_path, topics=tmp_path)
    with pytest.raises(UnreadableWords, match="did you mean 'complaint-channel'"):
        Understanding.from_files(files)


def test_plain_is_what_stock_vader_says_of_the_raw_text() -> None:
    text = "@united please help, GREAT job"
    assert UNDERSTANDING.plain(text) == SentimentIntensityAnalyzer().polarity_scores(text)["compound"]
