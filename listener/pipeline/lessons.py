"""Learning from the audit queue: fit, compare on labels not seen, adopt what wins."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from listener.model.label import LearnedModel
from listener.pipeline.judge import Judge
from listener.store import Store
from listener.understanding.judging import Understanding
from listener.understanding.learning import Example, Lesson, learn

# a new fit is worth its while when there are a quarter more labels than at the last
GROWTH = 1.25


def fit(store: Store, judge: Judge, plain: Understanding, now: Callable[[], datetime]) -> Lesson:
    """Fit on all audited labels and keep the result; adopted only where it wins. Raises CannotLearn.

    `plain` is understanding without a learned model.
    """
    examples = [Example(judge.utterance(row), row.given) for row in store.verdicts.drawn()]
    lesson = learn(plain, examples)
    store.learned.keep(
        LearnedModel(
            at=now(),
            labels=lesson.learned.labels,
            before=lesson.before.accuracy,
            after=lesson.after.accuracy,
            told=lesson.told,
            adopted=lesson.wins,
            model=lesson.learned.as_json(),
        )
    )
    return lesson


def is_time(store: Store, least: int) -> bool:
    """Whether enough labels have come in since the last fit; `least` is what the first one needs."""
    return len(store.verdicts.drawn()) >= enough(store.learned.newest(), least)


def enough(last: Row[Any] | None, least: int) -> float:
    """How many labels make another fit worth its while after the last one."""
    return max(last.labels * GROWTH, last.labels + 1) if last else least
