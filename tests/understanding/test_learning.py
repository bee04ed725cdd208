"""Learning from audited labels: what is learned, when it counts, and how it is applied."""

import json

import pytest

from listener.model.verdict import Utterance
from listener.understanding.features import features
from listener.understanding.judging import Understanding
from listener.understanding.learned import Learned, UnreadableModel
from listener.understanding.learning import CannotLearn, Example, calibration_error, learn
from listener.understanding.signs import Signs
from listener.understanding.vader import Vader
from tests.understanding.shared_examples import examples
from tests.understanding.shared_rows import rows

PLAIN = Understanding()


def test_what_is_learned_wins_where_the_words_alone_fail() -> None:
    lesson = learn(PLAIN, examples())

    assert lesson.wins
    assert lesson.after.accuracy > 0.9 > lesson.before.accuracy
    verdict = Understanding(learned=lesson.learned).judge(Utterance("PARCEL 7 DID NOT COME AT ALL", voice="complaint"))
    assert verdict.engine.endswith(f"+learned/{lesson.learned.version}")
    assert verdict.label == "negative"


def test_labels_that_contradict_each_other_teach_nothing() -> None:
    noise = [Example(one.said, ("positive", "negative")[at // 4 % 2]) for at, one in enumerate(examples())]
    assert learn(PLAIN, noise).after.accuracy < 0.8


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (examples(99), "100 audited labels are needed, and there are 99"),
        ([Example(one.said, "negative") for one in examples()], "nothing to tell apart"),
        ([Example(one.said, "unsure") for one in examples()], "100 audited labels are needed, and there are 0"),
    ],
)
def test_too_little_to_learn_from_is_said(given: list[Example], why: str) -> None:
    with pytest.raises(CannotLearn, match=why):
        learn(PLAIN, given)


def test_a_model_is_the_same_after_a_trip_through_json() -> None:
    learned = learn(PLAIN, examples()).learned
    assert Learned.from_json(json.loads(json.dumps(learned.as_json()))) == learned


@pytest.mark.parametrize("kept", [{}, {"start": {}}, {"start": {"negative": "x"}}, {"start": [], "weights": 1}])
def test_a_damaged_model_is_refused(kept: dict[str, object]) -> None:
    with pytest.raises(UnreadableModel):
        Learned.from_json(kept)


def test_a_model_of_figures_that_are_no_longer_made_is_refused() -> None:
    kept = MODEL.as_json() | {"weights": {"positive": {"the moon": 1.0}, "negative": {}}, "tilt": MODEL.start}
    with pytest.raises(UnreadableModel, match=r"'the moon'.*listener learn"):
        Learned.from_json(kept)


def test_between_likely_labels_the_call_of_the_words_counts() -> None:
    even = Learned({label: {} for label in ("positive", "negative")}, {"positive": 0.0, "negative": 0.1}, {}, 100)
    assert Understanding(learned=even).judge(Utterance("It is great, love it")).lean == "positive"
    assert Understanding(learned=even).judge(Utterance("It came on Tuesday")).lean == "negative"


MODEL = Learned(
    {"positive": {"thanks": 3.0}, "negative": {"thanks": -3.0}}, {"positive": 0.0, "negative": 0.0}, {}, 100
)


def test_probabilities_add_up_to_one() -> None:
    assert sum(MODEL.probabilities({"thanks": 0.4}).values()) == pytest.approx(1.0)


def test_below_the_threshold_a_verdict_is_unsure_and_says_where_it_leans() -> None:
    third = dict.fromkeys(("positive", "negative", "neutral"), 0.0)
    unsure = Learned({label: {} for label in third}, third, {"neutral": 0.4}, 100)
    verdict = Understanding(learned=unsure).judge(Utterance("It came on Tuesday, good"))
    assert (verdict.label, verdict.lean) == ("unsure", "neutral")


def test_leaving_customers_and_stars_outweigh_what_was_learned() -> None:
    model = Understanding(learned=MODEL)
    assert model.judge(Utterance("thanks for nothing, never again")).label == "negative"
    assert model.judge(Utterance("thanks thanks thanks", stars=1)).label == "negative"


def test_a_language_that_is_not_understood_stays_unscored() -> None:
    assert Understanding(learned=MODEL).judge(Utterance("Mein Paket kam nie an, furchtbar")).label == "unscored"


def test_features_are_about_thirty_and_bounded() -> None:
    reading = Vader().read("love " * 500)
    found = features("LOVE! " * 500, reading, Signs(), 5.0)
    assert 25 <= len(found) <= 35
    assert all(abs(value) <= 4 for value in found.values())


def test_calibration_is_how_far_confidence_is_from_the_share_of_right_calls() -> None:
    assert calibration_error([0.95, 0.95], [True, False]) == pytest.approx(0.45)


def test_200_labels_of_the_airline_tweets_beat_the_words_alone() -> None:
    labelled = rows("airline-dev")
    said = [Utterance(row["text"], row["brand"], voice="complaint") for row in labelled[::3]]
    labels = [row["label"] for row in labelled[::3]]
    taught = [Example(one, label) for one, label in zip(said[::12], labels[::12], strict=True)]
    model = Understanding(learned=learn(PLAIN, taught).learned)
    rest = [(one, label) for at, (one, label) in enumerate(zip(said, labels, strict=True)) if at % 12]
    right = [(verdict := model.judge(one)).lean == label or verdict.label == label for one, label in rest]
    assert sum(right) / len(rest) >= 0.76
