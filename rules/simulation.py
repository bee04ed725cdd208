"""What an edited book would have done to real people: stored mentions through two books, and the difference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from rules.book import Book
from rules.engine import decide
from rules.memory import MemoryHistory, MemoryLedger
from rules.quantities import Money, money
from rules.terms import Decision, Facts, MaxAge, Mode, Moment, Settled

EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Tally:
    """What one book did with one action: how often, to whom, for how much, and who would have hit a limit.

    `examples` are the newest mentions, as the caller numbers them.
    """

    times: int = 0
    persons: frozenset[str] = frozenset()
    spent: tuple[Money, ...] = ()
    capped: frozenset[str] = frozenset()
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One action under the running book and under the edited one."""

    action: str
    before: Tally
    after: Tally

    def __str__(self) -> str:
        times = f"{self.action} {self.after.times - self.before.times:+d}"
        persons = f"{len(self.after.persons)} persons, were {len(self.before.persons)}"
        capped = [f"{len(self.after.capped)} would hit a limit"] if self.after.capped else []
        return f"{times} ({'; '.join([persons, *map(str, self.after.spent), *capped])})"


@dataclass(frozen=True, slots=True)
class Heard:
    """One stored mention to be replayed, at the moment it was first decided."""

    mention: str
    facts: Facts
    moment: Moment


@dataclass(slots=True)
class _Pile:
    times: int = 0
    persons: set[str] = field(default_factory=set)
    cents: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    capped: set[str] = field(default_factory=set)
    examples: list[str] = field(default_factory=list)

    def add(self, heard: Heard, settled: Settled) -> None:
        person = str(heard.facts.get("person.id") or heard.mention)
        if settled.status == "refused":
            # a ticket that joins another is no cap that somebody hits
            self.capped |= {person} if settled.stage in ("limit", "budget") else set()
            return
        self.times += 1
        self.persons.add(person)
        self.examples = [*self.examples[1 - EXAMPLES :], heard.mention]
        if "cost" in settled.options:
            cost = money(str(settled.options["cost"]))
            self.cents[cost.currency] += cost.cents

    def tally(self) -> Tally:
        spent = tuple(Money(cents, currency) for currency, cents in sorted(self.cents.items()))
        newest = tuple(reversed(self.examples))
        return Tally(self.times, frozenset(self.persons), spent, frozenset(self.capped), newest)


class _Replay:
    """One book with a ledger and a history of its own."""

    def __init__(self, book: Book, first: Moment, max_age: MaxAge, floor: Mode) -> None:
        self.book = book
        self.max_age = max_age
        self.floor = floor
        self.ledger = MemoryLedger()
        self.history = MemoryHistory(first.first_seen)
        self.since = {rule.id: first.first_seen for rule in book.rules}
        self.piles: dict[str, _Pile] = defaultdict(_Pile)

    def hear(self, heard: Heard) -> None:
        for settled in self._decision(heard).settled:
            if settled.mode in ("ask", "live"):
                self.piles[settled.action].add(heard, settled)
        self.history.add(heard.moment.posted_at or heard.moment.first_seen, heard.facts)

    def _decision(self, heard: Heard) -> Decision:
        return decide(
            self.book,
            heard.facts,
            heard.moment,
            since=self.since,
            max_age=self.max_age,
            history=self.history,
            ledger=self.ledger,
            floor=self.floor,
        )


def simulate(
    running: Book, edited: Book, mentions: Iterable[Heard], *, max_age: MaxAge, floor: Mode = "ask"
) -> tuple[Change, ...]:
    """The actions that differ, or are done at all, when mentions are replayed oldest first through both books.

    Limits, budgets and quiet hours count as they would have; nothing outside is touched, so the answer is the same
    every time. Rules in shadow are left out.
    """
    replays: tuple[_Replay, ...] = ()
    for heard in mentions:
        replays = replays or tuple(_Replay(book, heard.moment, max_age, floor) for book in (running, edited))
        for replay in replays:
            replay.hear(heard)
    if not replays:
        return ()
    before, after = replays
    actions = sorted({*before.piles, *after.piles})
    return tuple(Change(name, before.piles[name].tally(), after.piles[name].tally()) for name in actions)
