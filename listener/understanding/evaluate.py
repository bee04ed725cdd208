"""How right the verdicts are on labelled texts, beside plain VADER in the same run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from listener.model.verdict import Label, Utterance, Verdict, Voice
from listener.understanding.figures import Figures, called, figures
from listener.understanding.guard import LONGEST
from listener.understanding.judging import Understanding
from listener.understanding.labelled import Labelled

# the thresholds that VADER's authors give
PLAIN_FROM = 0.05
# texts, and how often each: a second in all
TIMED = 2_000
ROUNDS = 3


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
    verdicts = [outcome(understanding.judge(one)) for one in said]
    stock = SentimentIntensityAnalyzer()
    scores = [plain_score(stock, row) for row in rows]
    labels = frozenset(gold)
    speeds = speeds_on(understanding, stock, rows[:TIMED], said[:TIMED], clock)
    return Report(
        n=len(rows),
        ours=figures(
            gold,
            [called(labels, (one.label, one.lean), one.score) for one in verdicts],
            sum(one.label == "unsure" for one in verdicts) / len(rows),
        ),
        vader=figures(gold, [called(labels, (plain_label(score),), score) for score in scores], 0.0),
        **speeds,
    )


def speeds_on(
    understanding: Understanding,
    stock: SentimentIntensityAnalyzer,
    rows: Sequence[Labelled],
    said: Sequence[Utterance],
    clock: Callable[[], float],
) -> dict[str, float]:
    """The fields of Report, from the best of several rounds that take turns: other work on the machine slows all."""
    texts = [understanding.prepared(one).text for one in said]
    pairs = list(zip(said, map(understanding.language_of, texts), strict=True))
    work: dict[str, Callable[[], object]] = {
        "language_per_second": lambda: [understanding.language_of(text) for text in texts],
        "ours_per_second": lambda: [outcome(understanding.judge(one, told)) for one, told in pairs],
        "vader_per_second": lambda: [plain_score(stock, row) for row in rows],
    }
    rounds = [{name: timed(clock, each) for name, each in work.items()} for _ in range(ROUNDS)]
    return {name: len(rows) / max(min(each[name] for each in rounds), 1e-9) for name in work}


def plain_score(stock: SentimentIntensityAnalyzer, row: Labelled) -> float:
    return float(stock.polarity_scores(row.text[:LONGEST])["compound"])


def outcome(verdict: Verdict) -> Outcome:
    return Outcome(verdict.label, verdict.lean, verdict.score)


def utterances(rows: Sequence[Labelled], voice: Voice) -> list[Utterance]:
    """The rows as mentions; all brands of the file know of one another."""
    brands = frozenset(row.brand for row in rows if row.brand)
    return [
        Utterance(row.text, row.brand, others=tuple(sorted(brands - {row.brand})), voice=voice, stars=row.stars)
        for row in rows
    ]


def timed(clock: Callable[[], float], work: Callable[[], object]) -> float:
    start = clock()
    work()
    return clock() - start


def plain_label(compound: float) -> Label:
    return "positive" if compound >= PLAIN_FROM else "negative" if compound <= -PLAIN_FROM else "neutral"
