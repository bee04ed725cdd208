"""The one topic of a complaint: what ops pinned, else what their rules say, else what was learned, else the words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

OTHER = "other"


@dataclass(frozen=True, slots=True)
class Called:
    """A topic and who says so."""

    topic: str
    by: Literal["ops", "rule", "learned", "words", "nobody"]


def called(
    words: Sequence[str], pinned: str | None = None, ruled: str | None = None, learned: str | None = None
) -> Called:
    """The topic. `words` are the topics whose words the text holds, the likeliest first."""
    if pinned:
        return Called(pinned, "ops")
    if ruled:
        return Called(ruled, "rule")
    if learned:
        return Called(learned, "learned")
    return Called(words[0], "words") if words else Called(OTHER, "nobody")
