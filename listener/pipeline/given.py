"""A label or a topic that a person gave, laid over the verdict of the same mention."""

from __future__ import annotations

from typing import Any, get_args

from sqlalchemy import Row

from listener.model.label import LISTENER
from listener.model.verdict import Evidence, Label, Verdict

LABELS: tuple[Label, ...] = tuple(label for label in get_args(Label) if label != "unscored")
# what a person's word is worth where the text's own score says otherwise
SAID_BY_A_PERSON = 0.6
UNNAMED = Evidence("the post no longer names the brand", 0.0, "edit")


def corrected(verdict: Verdict, given: Row[Any] | None) -> Verdict:
    """The verdict with the label that a person gave, where one did; it is sure then.

    Whatever a post that no longer names the brand says is said of others.
    """
    if given is None:
        return verdict
    if given.who == LISTENER:
        return Verdict("neutral", 0.0, 1.0, verdict.engine, verdict.language, (UNNAMED,), lean="neutral")
    label: Label = given.label
    sign = {"positive": 1, "negative": -1}.get(label, 0)
    agrees = sign and verdict.score * sign > 0
    by = Evidence(f"{given.who} says {label}", 0.0, "person")
    return verdict._replace(
        label=label,
        lean=label if sign or label == "neutral" else verdict.lean,
        score=verdict.score if agrees else sign * SAID_BY_A_PERSON,
        confidence=1.0,
        engine=f"{verdict.engine}+person",
        evidence=(by, *verdict.evidence),
    )


def about(verdict: Verdict, topic: str | None) -> Verdict:
    """The verdict with the main topic that a person gave, where one did; what else was found stays after it."""
    if topic is None:
        return verdict
    others = (one for one in verdict.topics if one != topic)
    return verdict._replace(topics=(topic, *others), topic_by="ops")
