"""The topic of a complaint: people first, then what was learned, then the words."""

from __future__ import annotations

import json

import pytest

from listener.issues.topic_learning import CannotLearn, Text, TopicModel, learn
from listener.issues.topics import Called, called


def test_who_knows_better_is_believed() -> None:
    assert called(["app"], pinned="a", ruled="b", learned="c") == Called("a", "ops")
    assert called(["app"], ruled="b", learned="c") == Called("b", "rule")
    assert called(["app"], learned="c") == Called("c", "learned")
    assert called(["app", "login"]) == Called("app", "words")
    assert called([]) == Called("other", "nobody")


def examples(count: int) -> list[tuple[Text, str]]:
    """The taxonomy calls every second one wrong; the word `gate` would tell."""
    kinds = ((Text(("gate", "hour"), ("staff",)), "delay"), (Text(("rude", "hour"), ("staff",)), "staff"))
    return [kinds[one % 2] for one in range(count)]


def test_a_word_that_the_taxonomy_lacks_is_learned() -> None:
    lesson = learn(examples(120))

    assert lesson.wins
    assert (lesson.before, lesson.after) == (0.5, 1.0)
    assert lesson.model.call(Text(("gate",), ("staff",))) == "delay"


def test_complaints_that_nobody_named_teach_words_of_a_topic_that_ops_did_not_come_to() -> None:
    luggage = [Text(("suitcase", "carousel"), ("luggage",)) for _ in range(100)]

    assert learn(examples(120), luggage).model.call(Text(("carousel",))) == "luggage"
    assert learn(examples(120)).model.call(Text(("carousel",))) != "luggage"


def test_what_people_named_counts_more_than_a_guess() -> None:
    guessed = [Text(("gate", "late"), ("staff",)) for _ in range(120)]

    assert learn(examples(120), guessed).model.call(Text(("gate",), ("staff",))) == "delay"


def test_the_model_goes_to_json_and_back() -> None:
    model = learn(examples(120)).model
    again = TopicModel.from_json(json.loads(json.dumps(model.as_json())))

    assert again == model


def test_few_labels_teach_nothing() -> None:
    with pytest.raises(CannotLearn, match="there are 99"):
        learn(examples(99))
