"""What an engine is: it reads a prepared text and says how warm or cold it is, and by which words."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from listener.model.verdict import Evidence


class Reading(NamedTuple):
    """`score` runs from −1 to 1; `total` is the unbounded sum behind it; `hits` are the words, after all rules."""

    score: float
    total: float
    hits: tuple[Evidence, ...] = ()


class Engine(Protocol):
    """`name` goes into the verdict and changes with every change of its word lists."""

    @property
    def name(self) -> str: ...

    def read(self, text: str) -> Reading:
        """Any text at all, in time linear in its length."""
