"""History for replays: windows that roll along with the mentions, so that counting costs the same at any length."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from heapq import heappop, heappush

from rules.memory import asked_for
from rules.rule import Rule
from rules.terms import Count, Facts


class _Window:
    """The mentions of one group that are younger than a span; `distinct` counts them by the value that differs."""

    __slots__ = ("distinct", "entries")

    def __init__(self) -> None:
        self.entries: list[tuple[datetime, str]] = []
        self.distinct: Tally[str] = Tally()

    def add(self, at: datetime, different: str) -> None:
        heappush(self.entries, (at, different))
        self.distinct[different] += 1

    def forget(self, until: datetime) -> None:
        while self.entries and self.entries[0][0] <= until:
            gone = heappop(self.entries)[1]
            self.distinct[gone] -= 1
            if not self.distinct[gone]:
                del self.distinct[gone]


class RollingHistory:
    """Mentions in memory for the questions of some rules, with the promises of `rules.terms.History`.

    Time only goes forward: what has left a window once does not come back.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        clauses = (leaf for rule in rules for leaf in rule.when.leaves())
        self._questions = tuple({clause.count for clause in clauses if clause.count})
        self._windows: dict[tuple[Count, str, str], _Window] = {}
        self._first: datetime | None = None
        self._now = datetime.min.replace(tzinfo=UTC)

    def add(self, at: datetime, facts: Facts) -> None:
        """Keep one mention, as far as anybody asks for it."""
        self._first = self._first or at
        brand = facts.get("brand")
        for question in self._questions:
            value = facts.get(question.same)
            different = facts.get(question.different) if question.different else ""
            if value is None or different is None or not asked_for(question, facts):
                continue
            # a question names the brand of the mention at hand, or none where that is unknown
            for group in {"", str(brand or "").casefold()}:
                self._windows.setdefault((question, str(value), group), _Window()).add(at, str(different))

    def since(self) -> datetime:
        """How far back the mentions reach."""
        return self._first or self._now

    def count(self, question: Count, value: str, besides: str, at: datetime) -> int:
        """How many mentions, or distinct values other than `besides`, the window holds."""
        self._now = at
        plain, brand = _brand_apart(question)
        window = self._windows.get((plain, value, brand))
        if window is None:
            return 0
        window.forget(at - question.within)
        return len(window.distinct) - (besides in window.distinct) if question.different else len(window.entries)


def _brand_apart(question: Count) -> tuple[Count, str]:
    """The question as its rule asks it, and the brand of the mention at hand that was added to it."""
    if not question.where or question.where[-1][0] != "brand":
        return question, ""
    (brand,) = question.where[-1][1]
    return replace(question, where=question.where[:-1]), brand.casefold()
