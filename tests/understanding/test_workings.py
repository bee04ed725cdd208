"""How a verdict was reached: words with their origin, scope, stars, features, thresholds, versions."""

from listener.model.verdict import Utterance
from listener.understanding.judging import Understanding
from listener.understanding.learned import Learned
from listener.understanding.packs import Pack
from listener.understanding.workings import told, workings

ZEROES = {"positive": 0.0, "negative": 0.0}


def test_each_word_has_its_value_and_where_it_came_from() -> None:
    found = workings(Understanding([Pack("own words", {"flurg": 3.0})]), Utterance("flurg, love it, it crashed"))
    assert {(word.what, word.origin) for word in found.words} >= {
        ("flurg", "own words"),
        ("love", "vader"),
        ("crashed", "service-safe"),
    }


def test_packs_come_with_versions_and_thresholds_are_named() -> None:
    found = workings(Understanding(), Utterance("ok", voice="complaint"))
    assert list(found.packs) == ["service-safe", "complaint-channel"]
    assert all(len(version) == 8 for version in found.packs.values())
    assert found.thresholds["positive from"] == 0.35


def test_the_part_that_counts_is_shown_with_names_in_brackets() -> None:
    text = "Acme Flow is awful but Globex is great"
    found = workings(Understanding(), Utterance(text, brand="Acme Flow", others=("Globex",)))
    assert found.counted == "[brand] is awful"
    assert "[other]" in found.read


def test_the_learned_features_say_what_they_added() -> None:
    model = Learned({"positive": {"thanks": 3.0}, "negative": {"thanks": -3.0}}, ZEROES, {}, 100)
    found = workings(Understanding(learned=model), Utterance("thanks a lot", stars=4))
    assert [share.feature for share in found.features if share.adds] == ["thanks"]
    assert found.chances["positive"] > 0.5
    lines = list(told(found))
    assert "          +1.00 for positive: thanks, at 0.33 (learned)" in lines
    assert "          by what people labelled: positive 88%, negative 12%" in lines
    assert "          what the words say counts 1.35 times; unsure where the label is below 50%" in lines
    assert "          4 of 5 stars" in lines


def test_what_decides_is_told_in_sentences() -> None:
    lines = list(told(workings(Understanding(), Utterance("ok", voice="complaint"))))
    assert "          the words: positive from +0.35 up, negative to -0.05, else neutral" in lines
    assert "          unsure below a confidence of 0.4" in lines
    assert not any("labelled" in line for line in lines)
