"""Learning from what ops do to issues: topics from those that they name, the mark of likeness from what they join."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from structlog.typing import FilteringBoundLogger

from connectors.contract import TryLater
from listener.issues.grouping import Thresholds
from listener.issues.thresholds import PRIOR, Ruling, learned, wrong
from listener.issues.topic_learning import LEAST_LABELS, Example, Text, TopicModel, fit_aside
from listener.issues.topics import OTHER
from listener.issues.words import terms
from listener.model.grouped import text_of
from listener.model.label import LearnedModel
from listener.model.verdict import Verdict
from listener.pipeline.lessons import enough
from listener.store import Store

TOPICS, LIKENESS = "topics", "likeness"
# below so many the shipped mark outweighs what people said
LEAST_RULINGS = 5
GUESSED = 2_000  # complaints without a named topic that teach how people speak of it

Aside = Callable[[Callable[[bytes], str], bytes], str]


@dataclass(frozen=True, slots=True)
class Taught:
    """What is at work: the marks, and the model of topics (None: the words alone). `read` is what they were made of."""

    thresholds: Thresholds = field(default_factory=Thresholds)
    topics: TopicModel | None = None
    read: tuple[Mapping[str, Any] | None, ...] = (None, None)


class IssueLessons:
    """Keeps what was learned at hand, and learns anew when there is enough more to learn from.

    `aside` runs a fit in another process; `said` finds the topics whose words a stored mention holds.
    """

    def __init__(
        self,
        store: Store,
        aside: Aside,
        said: Callable[[Row[Any]], tuple[str, ...]],
        now: Callable[[], datetime],
        log: FilteringBoundLogger,
    ) -> None:
        self._store = store
        self._aside = aside
        self._said = said
        self._now = now
        self._log = log
        self._taught: Taught | None = None

    @property
    def taught(self) -> Taught:
        return self._taught or self.refresh()

    def refresh(self) -> Taught:
        """Read what is at work, if that has changed. Raises StoreTrouble."""
        rows = [self._store.learned.at_work(kind) for kind in (LIKENESS, TOPICS)]
        # not told by their ids: words of somebody who was erased go out of a model that stays at work
        read = marks, topics = tuple(row.model if row else None for row in rows)
        if self._taught is None or self._taught.read != read:
            thresholds = replace(Thresholds(), **marks) if marks else Thresholds()
            self._taught = Taught(thresholds, TopicModel.from_json(topics) if topics else None, read)
        return self._taught

    def named(self, verdict: Verdict, text: str) -> Verdict:
        """The verdict with the topic that was learned for such words, unless ops' rules name one."""
        model = self.taught.topics
        if model is None or verdict.topic_by == "rule" or verdict.label not in ("negative", "mixed"):
            return verdict
        call = model.call(Text(terms(text), verdict.topics))
        others = tuple(topic for topic in verdict.topics if topic != call)
        return verdict._replace(topics=(*(() if call == OTHER else (call,)), *others), topic_by="learned")

    def learn(self) -> None:
        """Learn what there is enough more to learn from. Raises StoreTrouble."""
        self._learn_likeness()
        self._learn_topics()
        self.refresh()

    def _learn_likeness(self) -> None:
        rulings = [Ruling(*one) for one in self._store.suggestions.rulings()]
        if not self._is_time(LIKENESS, len(rulings), LEAST_RULINGS):
            return
        before, after = self.taught.thresholds, learned(rulings)
        right = [1 - wrong(rulings, one.attach) / len(rulings) for one in (before, after)]
        changed, told = after != before, _moved(rulings, before, after)
        marks = {"attach": after.attach, "suggest": after.suggest}
        self._keep(LIKENESS, len(rulings), (right[0], right[1]), told, changed, marks)

    def _learn_topics(self) -> None:
        erased, rows = self._store.erasing.count(), self._store.issues.named_topics()
        if not self._is_time(TOPICS, len(rows), LEAST_LABELS):
            return
        examples = [Example(*self._text(row), row.named, row.issue) for row in rows]
        others = [self._text(row) for row in self._store.issues.complaints(GUESSED)]
        data = json.dumps({"examples": [asdict(one) for one in examples], "others": others}).encode()
        try:
            answer = json.loads(self._aside(fit_aside, data))
        except TryLater as trouble:
            # said once: the next try is when there are more labels
            self._keep(TOPICS, len(rows), (0.0, 0.0), f"nothing was learned: {trouble}", False, {})
            return
        if self._store.erasing.count() != erased:
            return  # it may know words of somebody who was erased meanwhile: the next day learns without them
        before, after = answer["before"], answer["after"]
        told = f"topics were right on {after:.0%} of what was held back, by the words alone on {before:.0%}"
        told += "" if after > before else ": the words stay at work"
        self._keep(TOPICS, len(rows), (before, after), told, after > before, answer["model"])

    def _text(self, row: Row[Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The terms of a complaint, and the topics whose words it holds."""
        return terms(text_of(row.title, row.text)), self._said(row)

    def _is_time(self, kind: str, count: int, least: int) -> bool:
        return count >= enough(self._store.learned.newest(kind), least)

    def _keep(
        self, kind: str, labels: int, right: tuple[float, float], told: str, adopted: bool, model: dict[str, Any]
    ) -> None:
        """`right` are the shares before and after."""
        about: dict[str, Any] = {"kind": kind, "labels": labels, "before": right[0], "after": right[1]}
        fit = LearnedModel(at=self._now(), told=told, adopted=adopted, model=model, **about)
        self._store.learned.keep(fit)
        self._log.info("issue.learned", kind=kind, labels=labels, adopted=adopted, told=told)


def _moved(rulings: Sequence[Ruling], before: Thresholds, after: Thresholds) -> str:
    """What became of the mark, and why, for who decided so."""
    right, count = len(rulings) - wrong(rulings, after.attach), len(rulings)
    if after == before:
        return (
            f"the mark stays at {after.attach:.2f}, right on {right} of your {count} decisions: "
            f"none is right on enough more to outweigh the shipped one, which counts as {PRIOR}"
        )
    were = count - wrong(rulings, before.attach)
    return (
        f"from a likeness of {after.attach:.2f} on it is one issue, was {before.attach:.2f}: "
        f"right on {right} of your {count} decisions, was {were}"
    )
