"""Accuracy, precision, recall, F1 and the confusion of labels that were called against those that people gave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OfLabel:
    """How one label fared; `n` is its rows in the gold standard."""

    precision: float
    recall: float
    f1: float
    n: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares from 0 to 1. `unsure` is the share of rows called so; they count by the label they lean to."""

    accuracy: float
    macro_f1: float
    unsure: float
    per_class: Mapping[str, OfLabel]
    confusion: Mapping[tuple[str, str], int]


def called(labels: Collection[str], candidates: Sequence[str | None], score: float) -> str:
    """The first candidate that the gold standard uses, else the label of the score's sign."""
    for candidate in candidates:
        if candidate in labels:
            return str(candidate)
    return "positive" if score > 0 else "negative"


def figures(gold: Sequence[str], calls: Sequence[str], unsure: float) -> Figures:
    """Macro-F1 is the mean over the labels of the gold standard."""
    confusion = Counter(zip(gold, calls, strict=True))
    by_gold, by_call = Counter(gold), Counter(calls)
    per_class = {label: of_label(confusion[label, label], by_call[label], by_gold[label]) for label in sorted(by_gold)}
    right = sum(confusion[label, label] for label in by_gold)
    macro_f1 = sum(one.f1 for one in per_class.values()) / len(per_class)
    return Figures(right / len(gold), macro_f1, unsure, per_class, dict(confusion))


def of_label(right: int, calls: int, rows: int) -> OfLabel:
    return OfLabel(right / calls if calls else 0.0, right / rows, 2 * right / (calls + rows), rows)
