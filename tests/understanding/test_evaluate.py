"""Figures of merit on labelled rows."""

from itertools import count

import pytest

from listener.model.verdict import Label
from listener.understanding.evaluate import Labelled, Report, evaluate
from listener.understanding.figures import called, figures
from listener.understanding.judging import Understanding
from tests.understanding.shared_rows import rows

UNDERSTANDING = Understanding()


def report(*labelled: tuple[str, Label]) -> Report:
    ticks = count()
    return evaluate(UNDERSTANDING, [Labelled(*row) for row in labelled], "review", lambda: float(next(ticks)))


def test_right_verdicts_count_as_right() -> None:
    found = report(("I love it", "positive"), ("I hate it, awful", "negative"), ("Open on Monday", "neutral"))
    assert (found.n, found.ours.accuracy, found.ours.macro_f1) == (3, 1.0, 1.0)
    assert found.ours.confusion == {(label, label): 1 for label in ("positive", "negative", "neutral")}


def test_a_brand_named_like_praise_fools_only_plain_vader() -> None:
    rows = [Labelled("@united my bag went to Rome, not me", "negative", "United")]
    found = evaluate(UNDERSTANDING, rows, "complaint", count().__next__)
    assert (found.ours.accuracy, found.vader.accuracy) == (1.0, 0.0)


def test_unsure_rows_count_by_the_label_they_lean_to() -> None:
    found = report(("", "neutral"), ("I love it", "positive"))
    assert (found.ours.accuracy, found.ours.unsure) == (1.0, 0.5)


@pytest.mark.parametrize(
    ("labels", "candidates", "score", "expected"),
    [
        ({"positive", "negative"}, ("unsure", "neutral"), 0.02, "positive"),
        ({"positive", "negative"}, ("unsure", "neutral"), -0.02, "negative"),
        ({"positive", "negative", "mixed"}, ("mixed", "negative"), -0.3, "mixed"),
        ({"positive", "negative"}, ("mixed", "negative"), -0.3, "negative"),
    ],
)
def test_a_verdict_counts_by_the_best_of_the_gold_labels(
    labels: set[str], candidates: tuple[str, ...], score: float, expected: str
) -> None:
    assert called(labels, candidates, score) == expected


def test_precision_recall_and_f1_are_those_of_the_books() -> None:
    found = figures(["a", "a", "b", "b"], ["a", "b", "b", "b"], 0.0)
    assert (found.per_class["a"].precision, found.per_class["a"].recall) == (1.0, 0.5)
    assert found.per_class["b"].f1 == pytest.approx(0.8)
    assert found.macro_f1 == pytest.approx((2 / 3 + 0.8) / 2)


def test_airline_tweets_are_read_far_better_than_by_plain_vader() -> None:
    labelled = [Labelled(row["text"], row["label"], row["brand"]) for row in rows("airline-dev")]
    found = evaluate(UNDERSTANDING, labelled, "complaint", count().__next__)
    assert found.vader.accuracy < 0.5
    assert found.ours.accuracy >= 0.74
    assert found.ours.macro_f1 >= 0.66
