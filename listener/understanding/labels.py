"""From score, stars and signs to a label that is honest about what the text does not say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from listener.model.verdict import Evidence, Label
from listener.understanding.engine import Reading

# chosen on the read part of the airline tweets: praise has to be plain, trouble seldom is
NEGATIVE_FROM = -0.05
POSITIVE_FROM = 0.35
# a mixed text has a word of this value on both sides, and the lighter side a third of the heavier: "but" halves one
STRONG = 1.3
MIXED_SHARE = 1 / 3
ONE_SIDED = 0.6
# below this confidence the label is unsure
LEAST_SURE = 0.4
NEAR_TWO = 2.5
DISAGREEMENT = 0.5
CHURN_SCORE = -0.6
MOST_EVIDENCE = 60


class Opinion(NamedTuple):
    """What label the wording and the stars give, with the tags that say how."""

    label: Label
    lean: Label
    score: float
    confidence: float
    evidence: tuple[Evidence, ...] = ()
    tags: tuple[str, ...] = ()


UNSCORED = Opinion("unscored", "neutral", 0.0, 0.0)
SILENT = Opinion("unsure", "neutral", 0.0, 0.0)


def leaning(score: float) -> Label:
    return "positive" if score >= POSITIVE_FROM else "negative" if score <= NEGATIVE_FROM else "neutral"


def from_words(reading: Reading, leaves: bool) -> Opinion:
    """The opinion of a text. One that announces that the customer leaves is negative whatever else it says."""
    score = min(reading.score, CHURN_SCORE) if leaves else reading.score
    lean = leaning(score)
    evidence = reading.hits[:MOST_EVIDENCE]
    if leaves:
        return Opinion("negative", lean, score, 0.9, evidence)
    values = [hit.value for hit in reading.hits]
    smaller, larger = sides(values)
    if smaller and smaller >= MIXED_SHARE * larger and abs(score) < ONE_SIDED and is_torn(values):
        return Opinion("mixed", lean, score, 0.5, evidence)
    sureness = confidence(score, lean, smaller / larger if larger else 0.0)
    return Opinion(lean if sureness >= LEAST_SURE else "unsure", lean, score, sureness, evidence)


def sides(values: Sequence[float]) -> tuple[float, float]:
    """What speaks for and what against, both as positive numbers, the lighter first."""
    against = -sum([value for value in values if value < 0])
    favour = sum(values) + against
    return (favour, against) if favour < against else (against, favour)


def is_torn(values: Sequence[float]) -> bool:
    return max(values) >= STRONG and min(values) <= -STRONG


def confidence(score: float, lean: Label, contradiction: float) -> float:
    """How often a text with such a score was read rightly in the read part of the airline tweets (0 to 1).

    `contradiction` is what the lighter side weighs of the heavier.
    """
    if lean == "neutral":
        return round(0.65 - 0.3 * min(1.0, 1.5 * contradiction) - 0.6 * abs(score), 3)
    certainty = 0.55 + 0.43 * -score if lean == "negative" else 0.25 + 0.65 * score
    return round(certainty - 0.1 * contradiction, 3)


def with_stars(opinion: Opinion, stars: float | None) -> Opinion:
    """One or two stars and four or five decide; three leave it to the words. Stars serve in any language.

    3 of 10 in a survey is 2.2 stars, nearer to two than to three.
    """
    if stars is None or not 0 <= stars <= 5 or NEAR_TWO <= stars < 4:
        return opinion
    said = (stars - 3) / 2
    label: Label = "positive" if said > 0 else "negative"
    evidence = (*opinion.evidence, Evidence(f"{stars:g} of 5 stars", said, "stars"))
    if opinion.score * said < 0 and abs(opinion.score) >= DISAGREEMENT:
        return Opinion(label, label, said / 2, 0.6, evidence, (*opinion.tags, "stars-disagree"))
    agrees = opinion.lean == label
    score = max(opinion.score, said, key=abs) if agrees else max(-1.0, min(1.0, said))
    return Opinion(label, label, score, 0.95 if agrees else 0.85, evidence, opinion.tags)
