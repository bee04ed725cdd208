"""How right the verdicts are on labelled texts, beside plain VADER in the same run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from listener.model.verdict import Label, Utterance, Verdict, Voice
from listener.understanding.figures import Figures, called, figures
from listener.understanding.guard import LONGEST
from listener.understanding.judging import Understanding

T = TypeVar("T")

# the thresholds that VADER's authors give
PLAIN_FROM = 0.05
# makes the language model load before the clock runs
UNKNOWN_TO_ALL = "xylq"


@dataclass(frozen=True, slots=True)
class Labelled:
    """One row of a gold standard: what people say the text is; `brand` and `stars` where known."""

    text: str
    label: Label
    brand: str = ""
    stars: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """`confusion` of both maps (gold, called) to rows. Speeds are texts a second of one core.

    `ours_per_second` is without telling the language, which runs at `language_per_second`.
    """

    n: int
    ours: Figures
    vader: Figures
    ours_per_second: float
    vader_per_second: float
    language_per_second: float


class Outcome(NamedTuple):
    """What counts of a verdict; keeping all of each would slow the run by a quarter."""

    label: Label
    lean: Label | None
    score: float


def evaluate(
    understanding: Understanding, rows: Sequence[Labelled], voice: Voice, clock: Callable[[], float]
) -> Report:
    """Judge all rows as said in such a voice and compare. `clock` tells seconds; at least one row is needed."""
    said = utterances(rows, voice)
    gold = [row.label for row in rows]
    prepared = [understanding.prepared(one).text for one in said]
    understanding.language_of(UNKNOWN_TO_ALL)
    _, telling = timed(clock, lambda: [understanding.language_of(text) for text in prepared])
    verdicts, judging = timed(clock, lambda: [outcome(understanding.judge(one)) for one in said])
    stock = SentimentIntensityAnalyzer()
    scores, plain = timed(clock, lambda: [stock.polarity_scores(row.text[:LONGEST])["compound"] for row in rows])
    labels = frozenset(gold)
    return Report(
        n=len(rows),
        ours=figures(
            gold,
            [called(labels, (one.label, one.lean), one.score) for one in verdicts],
            sum(one.label == "unsure" for one in verdicts) / len(rows),
        ),
        vader=figures(gold, [called(labels, (plain_label(score),), score) for score in scores], 0.0),
        ours_per_second=len(rows) / max(judging - telling, 1e-9),
        vader_per_second=len(rows) / max(plain, 1e-9),
        language_per_second=len(rows) / max(telling, 1e-9),
    )


def outcome(verdict: Verdict) -> Outcome:
    return Outcome(verdict.label, verdict.lean, verdict.score)


def utterances(rows: Sequence[Labelled], voice: Voice) -> list[Utterance]:
    """The rows as mentions; all brands of the file know of one another."""
    brands = frozenset(row.brand for row in rows if row.brand)
    return [
        Utterance(row.text, row.brand, others=tuple(sorted(brands - {row.brand})), voice=voice, stars=row.stars)
        for row in rows
    ]


def timed(clock: Callable[[], float], work: Callable[[], list[T]]) -> tuple[list[T], float]:
    start = clock()
    return work(), clock() - start


def plain_label(compound: float) -> Label:
    return "positive" if compound >= PLAIN_FROM else "negative" if compound <= -PLAIN_FROM else "neutral"
