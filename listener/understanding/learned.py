"""A model fitted on audited labels: readable numbers, applied without the library that fitted them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from math import exp, log
from typing import Any, NamedTuple

from listener.model.verdict import Label
from listener.understanding.features import NAMES
from listener.understanding.labels import Opinion

LEANS: tuple[Label, ...] = ("positive", "negative", "neutral")
LEARNABLE: tuple[Label, ...] = (*LEANS, "mixed")
# a third is chance; half is more likely than everything else together
SURE_FROM = 0.5
SMALLEST = 1e-12
# how many times likelier a label is taken to be, when one is called, where the words alone call it: their calls
# do not hang on which labels were drawn. Chosen on the airline tweets with 200 labels
TRUST = 1.35


class Share(NamedTuple):
    """What one feature of a text added to the sum behind its label."""

    feature: str
    value: float
    adds: float


class UnreadableModel(Exception):
    """The stored model is not one: verdicts go on without it until one is learned again."""


@dataclass(frozen=True)
class Learned:
    """Weights by label and feature. `labels` is how many audited labels it was fitted on.

    `tilt` is added before labels are compared, not to their probabilities: a likeliest label alone would call
    the frequent ones too often, and counts by day would be off.
    """

    weights: Mapping[Label, Mapping[str, float]]
    start: Mapping[Label, float]
    tilt: Mapping[Label, float]
    labels: int

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Learned:
        """The model that `as_json` made. Raises UnreadableModel."""
        try:
            known = [label for label in LEARNABLE if label in kept["start"]]
            start = {label: float(kept["start"][label]) for label in known}
            weights = {label: {str(n): float(w) for n, w in kept["weights"][label].items()} for label in known}
            tilt = {label: float(kept["tilt"][label]) for label in known}
            count = int(kept["labels"])
        except (AttributeError, KeyError, TypeError, ValueError) as trouble:
            raise UnreadableModel(f"the learned model is not readable: {trouble!r}") from trouble
        if len(known) < 2:
            raise UnreadableModel(f"the learned model tells nothing apart: it knows {', '.join(known) or 'no label'}")
        if strange := {name for each in weights.values() for name in each} - NAMES:
            raise UnreadableModel(
                f"the learned model weighs {min(strange)!r}, which is no longer read of a text: run `listener learn`"
            )
        return cls(weights, start, tilt, count)

    def as_json(self) -> dict[str, Any]:
        """Everything, as plain JSON values."""
        return asdict(self)

    @cached_property
    def version(self) -> str:
        """Eight characters that change when any number does."""
        return hashlib.sha256(json.dumps(self.as_json(), sort_keys=True).encode()).hexdigest()[:8]

    def probabilities(self, features: Mapping[str, float]) -> dict[Label, float]:
        """How likely each label is; together 1. A feature that is not given counts as zero."""
        sums = {label: self.start[label] + dot(weights, features) for label, weights in self.weights.items()}
        highest = max(sums.values())
        powers = {label: exp(value - highest) for label, value in sums.items()}
        total = sum(powers.values())
        return {label: power / total for label, power in powers.items()}

    def shares(self, features: Mapping[str, float], label: Label) -> tuple[Share, ...]:
        """What each feature adds for a label, the heaviest first."""
        weights = self.weights.get(label, {})
        found = [Share(name, value, weights.get(name, 0.0) * value) for name, value in features.items() if value]
        return tuple(sorted(found, key=lambda share: -abs(share.adds)))

    def opinion(self, features: Mapping[str, float], words: Opinion) -> Opinion:
        """The opinion of the words with the model's label, score and confidence; a text that is torn stays mixed
        and as sure as its lean is."""
        chances = self.probabilities(features)
        leaning = trusting(chances, words.lean)
        best = favourite(leaning, self.tilt)
        lean = favourite({label: leaning[label] for label in LEANS if label in leaning}, self.tilt)
        score = round(chances.get("positive", 0.0) - chances.get("negative", 0.0), 4)
        if words.label == "mixed":
            return words._replace(lean=lean, score=score, confidence=round(chances[lean], 3))
        sureness = round(chances[best], 3)
        label = best if sureness >= SURE_FROM else "unsure"
        return words._replace(label=label, lean=lean, score=score, confidence=sureness)


def trusting(chances: Mapping[Label, float], lean: Label | None) -> dict[Label, float]:
    """How heavy each label is when one is called, with what the words alone call the text."""
    return {label: chance * TRUST if label == lean else chance for label, chance in chances.items()}


def favourite(heavy: Mapping[Label, float], tilt: Mapping[Label, float]) -> Label:
    """The label that is called."""
    return max(heavy, key=lambda label: log(max(heavy[label], SMALLEST)) + tilt.get(label, 0.0))


def dot(weights: Mapping[str, float], features: Mapping[str, float]) -> float:
    return sum(weights.get(name, 0.0) * value for name, value in features.items())
