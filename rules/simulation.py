"""What an edited book would have done to real people: stored mentions through two books, and the difference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rules.book import Book
from rules.clauses import Sight
from rules.engine import Deciding, matches
from rules.memory import MemoryLedger
from rules.quantities import Money, money
from rules.rolling import RollingHistory
from rules.rule import Rule
from rules.stages import House
from rules.terms import Facts, MaxAge, Mode, Moment, Settled

EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Tally:
    """What one book did with one action: how often, to whom, for how much, and who would have hit a limit.

    `wanted` is the money with what the budget refused; `examples` are the newest mentions, as the caller numbers them.
    """

    times: int = 0
    persons: frozenset[str] = frozenset()
    spent: tuple[Money, ...] = ()
    wanted: tuple[Money, ...] = ()
    capped: frozenset[str] = frozenset()
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One action under the running book and under the edited one; `budgets` are the edited one's, as written."""

    action: str
    before: Tally
    after: Tally
    budgets: tuple[str, ...] = ()

    @property
    def gained(self) -> frozenset[str]:
        """Persons whom only the edited book reaches."""
        return self.after.persons - self.before.persons

    @property
    def lost(self) -> frozenset[str]:
        """Persons whom only the running book reaches."""
        return self.before.persons - self.after.persons

    @property
    def money(self) -> str:
        """What the edited book spends, what it would like to, and its budget."""
        spent, wanted = (" + ".join(map(str, sums)) for sums in (self.after.spent, self.after.wanted))
        sums = [spent or "0"] if wanted else []
        sums += [f"{wanted} wanted"] if wanted != spent else []
        return "; ".join([*sums, *(f"budget is {budget}" for budget in self.budgets)])

    def __str__(self) -> str:
        times = f"{self.action} {self.after.times - self.before.times:+d}"
        persons = f"{len(self.after.persons)} persons, were {len(self.before.persons)}"
        capped = [f"{len(self.after.capped)} would hit a limit"] if self.after.capped else []
        return f"{times} ({'; '.join([persons, *filter(None, [self.money]), *capped])})"


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
    wanted: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    capped: set[str] = field(default_factory=set)
    examples: list[str] = field(default_factory=list)

    def add(self, heard: Heard, settled: Settled) -> None:
        person = str(heard.facts.get("person.id") or heard.mention)
        refused = settled.status == "refused"
        if "cost" in settled.options and (not refused or settled.stage == "budget"):
            cost = money(str(settled.options["cost"]))
            self.wanted[cost.currency] += cost.cents
            self.cents[cost.currency] += 0 if refused else cost.cents
        if refused:
            # a ticket that joins another is no cap that somebody hits
            self.capped |= {person} if settled.stage in ("limit", "budget") else set()
            return
        self.times += 1
        self.persons.add(person)
        self.examples = [*self.examples[1 - EXAMPLES :], heard.mention]

    def tally(self) -> Tally:
        newest = tuple(reversed(self.examples))
        persons, capped = frozenset(self.persons), frozenset(self.capped)
        return Tally(self.times, persons, _sums(self.cents), _sums(self.wanted), capped, newest)


def _sums(cents: Mapping[str, int]) -> tuple[Money, ...]:
    return tuple(Money(sum_, currency) for currency, sum_ in sorted(cents.items()) if sum_)


def _budgets(book: Book, action: str) -> tuple[str, ...]:
    limits = (one for rule in book.rules for step in rule.steps if step.action.name == action for one in step.limits)
    return tuple(sorted({one.cap.says for one in limits if one.reach == "budget"}))


class _Replay:
    """One book with a ledger and a history of its own."""

    def __init__(self, book: Book, first: Moment, max_age: MaxAge, floor: Mode) -> None:
        self.book = book
        self.max_age = max_age
        self.floor = floor
        self.ledger = MemoryLedger()
        self.history = RollingHistory(book.rules)
        self.since = {rule.id: first.first_seen for rule in book.rules}
        self.piles: dict[str, _Pile] = defaultdict(_Pile)

    def hear(self, heard: Heard, sight: Sight) -> None:
        """Decide one mention; `sight` is shared by the books, so that its text is read once."""
        house = House(self.since, self.max_age, self.ledger, self.floor)
        decision = Deciding(self.book, sight.at(heard.moment.now, self.history), heard.moment, house).decision()
        for settled in decision.settled:
            if settled.mode in ("ask", "live"):
                self.piles[settled.action].add(heard, settled)
        self.history.add(heard.moment.now, heard.facts)


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
        sight = Sight(heard.facts)
        for replay in replays:
            replay.hear(heard, sight)
    if not replays:
        return ()
    before, after = replays
    actions = sorted({*before.piles, *after.piles})
    return tuple(
        Change(name, before.piles[name].tally(), after.piles[name].tally(), _budgets(edited, name)) for name in actions
    )


def times_matched(rule: Rule, mentions: Iterable[Heard]) -> int:
    """How many of the mentions, oldest first, one rule matches: limits and stages are left aside."""
    history = RollingHistory((rule,))
    matched = 0
    for heard in mentions:
        matched += matches(rule, Sight(heard.facts, heard.moment.now, history))
        history.add(heard.moment.now, heard.facts)
    return matched
