"""Was somebody won back? What a person said after a ticket was closed, against what they said in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from listener.store.recovery import Mood

# scores run from −1 to 1, and the same words twice may be a tenth apart
CHANGE = 0.2

Verdict = Literal["improved", "same", "worse", "silent"]


def verdict(before: Mood, after: Mood) -> Verdict:
    """`silent` where nothing was said afterwards; a complaint without a score counts as clearly unhappy."""
    if after.score is None:
        return "silent"
    # rounded: of floats, -0.4 is less than 0.2 above -0.6
    difference = round(after.score - (before.score if before.score is not None else -0.5), 3)
    return "improved" if difference >= CHANGE else "worse" if difference <= -CHANGE else "same"


def as_json(before: Mood, after: Mood, at: datetime) -> dict[str, Any]:
    """As it is kept with the ticket."""
    return {
        "verdict": verdict(before, after),
        "checked_at": at.isoformat(),
        "mentions": after.mentions,
        "score_before": _rounded(before.score),
        "score_after": _rounded(after.score),
    }


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, 3)
