"""Learning from audited labels: a small logistic regression, adopted only where it wins on labels it never saw."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import TypeAlias, TypeVar

from listener.model.verdict import Label, Utterance
from listener.understanding.figures import Figures, called, figures
from listener.understanding.judging import Understanding
from listener.understanding.learned import LEARNABLE, Learned, favourite, trusting

# fewer give a model that loses to the words alone
LEAST_LABELS = 100
FOLDS = 10
# the weights' freedom and the part of the tilt, chosen on the read part of the airline tweets with 200 labels
FREEDOM = 0.3
TILTED = 0.75
MOST_STEPS = 1_000
TILT_STEPS = 60
TILT_STEP = 0.02

T = TypeVar("T")
Chances: TypeAlias = dict[Label, float]


class CannotLearn(Exception):
    """Nothing can be learned, for the reason that the text says with its cure."""


@dataclass(frozen=True, slots=True)
class Example:
    """One text and what a person said it is."""

    said: Utterance
    label: Label


@dataclass(frozen=True, slots=True)
class Lesson:
    """A fitted model, and how it and the words alone fared on audited labels that each fit had not seen."""

    learned: Learned
    before: Figures
    after: Figures

    @property
    def wins(self) -> bool:
        """Whether it is right more often, with the rare labels as heavy as the frequent ones in half of that."""
        return worth(self.after) > worth(self.before)

    @property
    def told(self) -> str:
        """In words: what was learned from, and how both fared."""
        return (
            f"{self.learned.labels:,} audited labels; on labels not seen before: the words alone are right on "
            f"{self.before.accuracy:.1%} (macro-F1 {self.before.macro_f1:.2f}), with learning "
            f"{self.after.accuracy:.1%} ({self.after.macro_f1:.2f}): {'adopted' if self.wins else 'not adopted'}"
        )


def worth(one: Figures) -> float:
    return one.accuracy + one.macro_f1


def learn(understanding: Understanding, examples: Sequence[Example]) -> Lesson:
    """Fit on a random sample of labelled texts. `understanding` is one without a learned model.

    Raises CannotLearn below 100 labels, or with one kind of label only.
    """
    usable = sorted((one for one in examples if one.label in LEARNABLE), key=shuffled)
    labels = [one.label for one in usable]
    if len(usable) < LEAST_LABELS:
        raise CannotLearn(f"{LEAST_LABELS} audited labels are needed, and there are {len(usable)}: `listener audit`")
    rows = [understanding.features_of(one.said) for one in usable]
    verdicts = [understanding.judge(one.said) for one in usable]
    gold = frozenset(labels)
    before = [called(gold, (one.label, one.lean), one.score) for one in verdicts]
    seen = unseen(rows, labels)
    chances = [trusting(each, one.lean) for each, one in zip(seen, verdicts, strict=True)]
    learned = replace(fitted(rows, labels), tilt=tilted(chances, labels))
    return Lesson(learned, figures(labels, before, 0.0), figures(labels, calls(chances, labels), 0.0))


def shuffled(example: Example) -> str:
    """An order that has nothing to do with the file's, and is the same at every run."""
    return hashlib.sha256(example.said.text.encode(errors="replace")).hexdigest()


def unseen(rows: Sequence[dict[str, float]], labels: Sequence[Label]) -> list[Chances]:
    """How likely each label of each row is to a model fitted on the other folds."""
    chances: list[Chances] = [{}] * len(rows)
    for fold in range(FOLDS):
        model = fitted(others(rows, fold), others(labels, fold))
        for at in range(fold, len(rows), FOLDS):
            chances[at] = model.probabilities(rows[at])
    return chances


def calls(chances: Sequence[Chances], labels: Sequence[Label]) -> list[Label]:
    """What each row is called, with the tilt that the other folds ask for."""
    tilts = [tilted(others(chances, fold), others(labels, fold)) for fold in range(FOLDS)]
    return [favourite(each, tilts[at % FOLDS]) for at, each in enumerate(chances)]


def others(things: Sequence[T], fold: int) -> list[T]:
    return [thing for at, thing in enumerate(things) if at % FOLDS != fold]


def tilted(chances: Sequence[Chances], labels: Sequence[Label]) -> dict[Label, float]:
    """Most of the tilt with which labels are called as often as people give them; all of it would cost accuracy."""
    wanted = Counter(labels)
    tilt = dict.fromkeys(wanted, 0.0)
    for _ in range(TILT_STEPS):
        called_now = Counter(favourite(each, tilt) for each in chances)
        for label in tilt:
            surplus = called_now[label] - wanted[label]
            tilt[label] -= TILT_STEP * ((surplus > 0) - (surplus < 0))
    return {label: round(value * TILTED, 4) for label, value in tilt.items()}


def fitted(rows: Sequence[dict[str, float]], labels: Sequence[Label]) -> Learned:
    """A model of these rows. Raises CannotLearn where all have one label."""
    from sklearn.linear_model import LogisticRegression

    names = list(rows[0])
    table = [[row[name] for name in names] for row in rows]
    codes = [LEARNABLE.index(label) for label in labels]
    if len(set(codes)) < 2:
        raise CannotLearn(f"all labels but a few are {labels[0]}: there is nothing to tell apart")
    fit = LogisticRegression(C=FREEDOM, max_iter=MOST_STEPS).fit(table, codes)
    known = [LEARNABLE[code] for code in fit.classes_]
    weights, start = list(fit.coef_), list(fit.intercept_)
    if len(known) == 2:
        # of two labels the library keeps one vector, the distance between them
        weights, start = [-weights[0] / 2, weights[0] / 2], [-start[0] / 2, start[0] / 2]
    by_label = {
        label: {name: round(float(weight), 4) for name, weight in zip(names, each, strict=True)}
        for label, each in zip(known, weights, strict=True)
    }
    starts = {label: round(float(value), 4) for label, value in zip(known, start, strict=True)}
    return Learned(by_label, starts, dict.fromkeys(known, 0.0), len(rows))


def calibration_error(chances: Sequence[float], right: Sequence[bool]) -> float:
    """Expected calibration error over ten equal steps of confidence: how far shares of right calls lie from it."""
    error = 0.0
    for step in range(10):
        there = [at for at, chance in enumerate(chances) if min(int(chance * 10), 9) == step]
        if there:
            gap = fmean(chances[at] for at in there) - fmean(right[at] for at in there)
            error += abs(gap) * len(there)
    return error / len(chances)
