"""The brake: a live rule that acts far more often than it was to be expected to asks from then on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from listener.store.rates import Rate
from rules.book import Book
from rules.rule import Rule
from rules.terms import Decision

LEAST, TIMES = 20, 5
WINDOW = timedelta(hours=24)


class Brake:
    """Watches one batch of decisions. `book` is the book to decide by, with the rules that are held reduced to asking.

    `fired` is what each rule did in the last 24 hours, `expected` answers how often a rule fires a day, or None.
    """

    def __init__(
        self,
        book: Book,
        since: Mapping[str, datetime],
        known: Mapping[str, Rate],
        fired: Mapping[str, int],
        expected: Callable[[Rule, datetime], float | None],
    ) -> None:
        held = {rule for rule, rate in known.items() if rate.braked_at}
        self.book = book.braked(held) if held else book
        self.counted: Counter[str] = Counter()
        self.measured: dict[str, Rate] = {}
        self.pulled: list[Rate] = []
        self._since = since
        self._known = dict(known)
        self._fired = Counter(fired)
        self._expected = expected
        self._unknown: set[str] = set()

    def saw(self, decision: Decision, at: datetime) -> None:
        """Count what was done without anybody's approval; hold the rules that do too much of it."""
        acted = {one.rule for one in decision.settled if one.mode == "live" and one.status in ("due", "held")}
        self.counted.update(acted)
        self._fired.update(acted)
        for rule in acted:
            if self._fired[rule] >= LEAST:
                self._compare(self.book.by_id[rule], at)

    def _compare(self, rule: Rule, at: datetime) -> None:
        rate = self._rate(rule)
        fired = self._fired[rule.id]
        if rate and fired > TIMES * rate.expected:
            rate = replace(rate, fired=fired, braked_at=at)
            self.measured[rule.id] = self._known[rule.id] = rate
            self.pulled.append(rate)
            self.book = self.book.braked({rule.id})

    def _rate(self, rule: Rule) -> Rate | None:
        """Measured once for each mode of a rule; asked again in the next batch while too little is known."""
        if rule.id not in self._known and rule.id not in self._unknown:
            expected = self._expected(rule, self._since[rule.id])
            if expected is None:
                self._unknown.add(rule.id)
            else:
                self._known[rule.id] = self.measured[rule.id] = Rate(rule.id, self._since[rule.id], expected)
        return self._known.get(rule.id)
