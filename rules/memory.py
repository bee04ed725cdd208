"""Ledger and History in memory, for tests inside rule files and for simulation: they forget everything at the end."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from rules.terms import Count, Counter, Facts, Refused, Reservation


class MemoryLedger:
    """Counter rows in memory, with the promises of `rules.terms.Ledger`."""

    def __init__(self) -> None:
        self._rows: dict[str, list[tuple[datetime, int]]] = defaultdict(list)

    def reserve(self, counters: tuple[Counter, ...], at: datetime) -> Refused | None:
        """Take from all of the counters, or from none and say which had no room."""
        for counter in counters:
            refused = self._refused(counter, at)
            if refused:
                return refused
        # only after all have agreed: a refusal takes nothing
        for counter in counters:
            self._rows[counter.key].append((at, counter.amount))
        return None

    def _refused(self, counter: Counter, at: datetime) -> Refused | None:
        row = self._rows.get(counter.key, [])
        if counter.cap is None:
            return None
        if counter.window is not None:
            row = [(stamp, amount) for stamp, amount in row if at - stamp < counter.window]
        used = sum(amount for _, amount in row)
        if used + counter.amount <= counter.cap:
            return None
        # a row shared with a wider limit may hold more than this cap: room comes when enough of them have aged
        aged = sorted(stamp for stamp, _ in row)[-counter.cap] if counter.cap and counter.window else at
        return Refused(counter, used, counter.ends or aged + (counter.window or timedelta()))

    def latest(self, key: str) -> datetime | None:
        """The newest stamp of a row."""
        return max((stamp for stamp, _ in self._rows.get(key, [])), default=None)

    def commit(self, reservations: tuple[Reservation, ...]) -> None:
        """Nothing to do: what is reserved here counts at once."""

    def release(self, reservations: tuple[Reservation, ...]) -> None:
        """Give back what was reserved."""
        for one in reservations:
            row = self._rows[one.counter.key]
            if (one.at, one.counter.amount) in row:
                row.remove((one.at, one.counter.amount))


class MemoryHistory:
    """Mentions in memory, with the promises of `rules.terms.History`."""

    def __init__(self, since: datetime) -> None:
        self._since = since
        self._mentions: list[tuple[datetime, Facts]] = []

    def add(self, at: datetime, facts: Facts) -> None:
        """Keep one mention."""
        self._mentions.append((at, facts))

    def since(self) -> datetime:
        """How far back the mentions reach."""
        return self._since

    def count(self, question: Count, value: str, besides: str, at: datetime) -> int:
        """How many mentions, or distinct values other than `besides`, the window holds."""
        alike = [
            facts
            for stamp, facts in self._mentions
            if timedelta(0) <= at - stamp < question.within and _alike(question, value, facts)
        ]
        if not question.different:
            return len(alike)
        found = {str(facts.get(question.different)) for facts in alike if facts.get(question.different) is not None}
        return len(found - {besides})


def _alike(question: Count, value: str, facts: Facts) -> bool:
    if str(facts.get(question.same)) != value:
        return False
    return asked_for(question, facts)


def asked_for(question: Count, facts: Facts) -> bool:
    """Whether a mention is of the sort that a question counts."""
    return all(_labels(facts, name) & {one.casefold() for one in allowed} for name, allowed in question.where)


def _labels(facts: Facts, name: str) -> set[str]:
    value = facts.get(name)
    values = value if isinstance(value, tuple | list) else () if value is None else (value,)
    return {str(one).casefold() for one in values}
