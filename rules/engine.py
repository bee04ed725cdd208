"""Facts and a rule book → a settled decision with reasons, also when nothing fires."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from rules.book import Book
from rules.clauses import Clause, Sight, seen
from rules.counting import counted
from rules.rule import Rule, Step
from rules.stages import Case, House
from rules.terms import FREE, Contacts, Decision, Facts, Finding, History, Ledger, MaxAge, Mode, Moment, Mute, Settled

SMALL = 50  # rules; looking at so many one by one costs less than 20 µs
RUNTIME = (TypeError, ValueError, ArithmeticError)  # what a fact that no check foresaw can raise inside a clause


def decide(
    book: Book,
    facts: Facts,
    moment: Moment,
    *,
    since: Mapping[str, datetime],
    max_age: MaxAge,
    history: History,
    ledger: Ledger,
    floor: Mode = "ask",
    mutes: tuple[Mute, ...] = (),
    contacts: Contacts = FREE,
) -> Decision:
    """What the book says about one mention.

    `since` holds, by rule id, when the rule reached its present mode; a rule that is missing there acts on nothing.
    Limits are reserved in `ledger` on the way; nothing else is touched.
    """
    house = House(since, max_age, ledger, floor, mutes, contacts)
    return Deciding(book, Sight(facts, moment.now, history), moment, house).decision()


class Deciding:
    """One mention before a book: looked at when made, settled when its decision is asked for.

    Between the two, what many mentions will ask of a store can be read for all of them at once.
    """

    def __init__(self, book: Book, sight: Sight, moment: Moment, house: House) -> None:
        self.book = book
        self._sight = sight
        self._aside = _not_for_rules(sight)
        fired, self._near, self._errors = ((), [], ()) if self._aside else match(book, sight)
        self._case = Case(book, sight, moment, house, fired)

    def under(self, book: Book) -> Deciding:
        """The same mention before this book, which may be another by now."""
        return self if book is self.book else Deciding(book, self._sight, self._case.moment, self._case.house)

    def foreseen(self) -> Iterator[tuple[Step, list[str]]]:
        """The steps that may act, each with keys of the counter rows that settling will most likely ask for."""
        return self._case.foreseen()

    def decision(self) -> Decision:
        """Settle it: limits are reserved in the house's ledger. To be asked for once."""
        if self._aside:
            return Decision(self.book.version, nothing_because=self._aside)
        fired, errors = self._case.fired, self._errors
        settled = self._case.settle() if fired else ()
        ordered = any(one.status in ("due", "held", "waiting") for one in settled)
        because = "" if ordered else _refused(settled) if fired else _nearest(self._near, self._sight, errors)
        return Decision(self.book.version, tuple(rule.id for rule in fired), settled, because, errors)


def _not_for_rules(sight: Sight) -> str:
    if sight.values.get("author.is_us") is True:
        return "written by one of our own accounts"
    if sight.values.get("author.is_machine") is True:
        return "sent by a machine"
    return ""


def match(book: Book, sight: Sight) -> tuple[tuple[Rule, ...], list[tuple[Rule, Clause]], tuple[str, ...]]:
    """The rules that match, else those that come nearest with the first clause that fails, and those skipped."""
    fired: list[Rule] = []
    near: list[tuple[Rule, Clause]] = []
    errors: list[str] = []
    fewest = 99
    for rule in _in_question(book, sight):
        if sight.strange and not sight.strange.isdisjoint(rule.reads):
            errors.append(_strange(rule, sight))
            continue
        try:
            missing, first = _missing(rule, sight, fewest)
        except RUNTIME as trouble:
            errors.append(f"{rule.id}: skipped, {type(trouble).__name__}: {trouble}")
            continue
        if first is None:
            fired.append(rule)
            fewest = 0
        # once a rule has fired, nearness is of no interest and the first clause that fails ends the look
        elif missing <= fewest and rule.mode != "off":
            if missing < fewest:
                near, fewest = [], missing
            near.append((rule, first))
    return tuple(fired), near, tuple(errors)


def matches(rule: Rule, sight: Sight) -> bool:
    """Whether one rule matches; one that would be skipped does not."""
    return sight.strange.isdisjoint(rule.reads) and _holds(rule.when, sight) is True


def _in_question(book: Book, sight: Sight) -> Iterable[Rule]:
    """All rules of a small book, so that the nearest can be named, and of a large one those that can match."""
    if len(book.rules) <= SMALL or sight.strange:
        return book.rules
    return book.index.candidates(sight)


def _missing(rule: Rule, sight: Sight, most: int) -> tuple[int, Clause | None]:
    """How many of a rule's clauses do not hold, counted up to `most` and one more, and the first of them."""
    missing, first = 0, None
    for clause in rule.when.parts:
        if clause.holds(sight) is not True:
            missing += 1
            first = first or clause
            if missing > most:
                break
    return missing, first


def _strange(rule: Rule, sight: Sight) -> str:
    names = sorted(sight.strange & rule.reads)
    kinds = ", ".join(f"{name} is {type(sight.values[name]).__name__} {seen(sight.values[name])}" for name in names)
    return f"{rule.id}: skipped, a fact of the wrong type: {kinds}"


def _refused(settled: tuple[Settled, ...]) -> str:
    said = [f"{one.rule} fired, but {one.action}: {one.reason}" for one in settled[:3]]
    return "; ".join(said) + ("; …" if len(settled) > 3 else "")


def _nearest(near: list[tuple[Rule, Clause]], sight: Sight, errors: tuple[str, ...]) -> str:
    if not near:
        return f"every rule was skipped: {errors[0]}" if errors else "no rule came near"
    said = [f"{rule.id} needs {describe(clause, sight)}" for rule, clause in near[:2]]
    return "no rule matched; nearest: " + "; ".join(said)


def failing(rule: Rule, sight: Sight) -> list[Clause]:
    """The clauses of a rule that keep it from matching."""
    return [clause for clause in rule.when.parts if _holds(clause, sight) is not True]


def describe(clause: Clause, sight: Sight) -> str:
    """What a clause needs and what the mention has instead, in words."""
    if clause.joined:
        return f"{clause.joined} of ({'; '.join(leaf.says for leaf in clause.leaves())})"
    if clause.phrases:
        return (
            f"{clause.says}, and it does not say so" if clause.field in sight.values else f"{clause.says}, and it is ?"
        )
    return f"{clause.says}, and it is {_value(clause, sight)}"


def _value(clause: Clause, sight: Sight) -> str:
    if clause.count:
        return counted(sight, clause.count)[1]
    return seen(sight.values.get(clause.field))


def trace(book: Book, facts: Facts, now: datetime | None = None, history: History | None = None) -> tuple[Finding, ...]:
    """Every clause of every rule against one mention: yes, no or `?`, and the value seen.

    Without `now` and `history`, counts of stored mentions are `?`.
    """
    sight = Sight(facts, now, history)
    return tuple(finding for rule in book.rules for finding in explain(rule, sight))


def explain(rule: Rule, sight: Sight) -> Iterator[Finding]:
    """The findings of one rule, the whole condition first."""
    pending = [(rule.when, 0)]
    while pending:
        clause, depth = pending.pop()
        yield Finding(rule.id, clause.says, clause.line, _holds(clause, sight), _seen(clause, sight), depth)
        pending.extend((part, depth + 1) for part in reversed(clause.parts))


def _holds(clause: Clause, sight: Sight) -> bool | None:
    try:
        return clause.holds(sight)
    except RUNTIME:
        return None


def _seen(clause: Clause, sight: Sight) -> str:
    return "" if clause.joined else _value(clause, sight)
