"""From which likeness on a complaint is attached, learned from what ops merge and split."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from listener.issues.grouping import Thresholds

# what the shipped mark is worth against the rulings: so many of them, spread evenly round it
PRIOR = 20
LOWEST, HIGHEST, STEP = 0.15, 0.45, 0.01
BAND = 0.05


@dataclass(frozen=True, slots=True)
class Ruling:
    """What ops said of two things whose likeness was `score`: a merge says together, a split apart."""

    score: float
    together: bool


def learned(rulings: Iterable[Ruling], shipped: Thresholds = Thresholds()) -> Thresholds:
    """The marks with the fewest rulings against them; without many rulings they stay near the shipped ones."""
    said = [*rulings, *beliefs(shipped.attach)]
    steps = round((HIGHEST - LOWEST) / STEP)
    marks = [round(LOWEST + step * STEP, 2) for step in range(steps + 1)]
    best = min(marks, key=lambda mark: (wrong(said, mark), abs(mark - shipped.attach)))
    return replace(shipped, attach=best, suggest=round(best - BAND, 2))


def wrong(said: Iterable[Ruling], mark: float) -> int:
    """How many rulings the mark would have gone against."""
    return sum((one.score >= mark) != one.together for one in said)


def beliefs(mark: float) -> list[Ruling]:
    """The shipped mark as rulings: likenesses above it together, below it apart, one per step on each side."""
    steps = [one * STEP for one in range(PRIOR // 2)]
    above = [Ruling(round(mark + step, 2), True) for step in steps]
    return above + [Ruling(round(mark - step - STEP, 2), False) for step in steps]
