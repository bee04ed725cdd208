"""The tests inside rule files, run by the daemon's own engine with a virtual clock and nothing outside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rules.book import Book
from rules.catalogue import ACTIONS, WEEKDAYS
from rules.claims import claims
from rules.clauses import Clause, Sight
from rules.engine import decide, describe, failing
from rules.limits import Whom, counters, note
from rules.memory import MemoryHistory, MemoryLedger
from rules.rule import Example, Past, Rule
from rules.terms import Decision, Facts, MaxAge, Moment, Value

DAY = datetime(2026, 1, 14)  # noqa: DTZ001 -- a Wednesday without a change of clocks; each test adds its file's zone
LONG = timedelta(days=3_650)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one test showed. `why` names what decided, also when it passed."""

    rule: str
    test: str
    file: str
    line: int
    passed: bool
    expected: str
    happened: str
    why: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: {self.rule}, '{self.test}'"
        if self.passed:
            return f"{place}: {self.happened}"
        return f"{place}: expected {self.expected}, happened {self.happened}" + (f" ({self.why})" if self.why else "")


def run_tests(book: Book) -> tuple[Outcome, ...]:
    """Run every test of every rule; a test sees its own rule only, as if it were live."""
    return tuple(outcome for rule in book.rules for outcome in _of_rule(book, rule))


def _of_rule(book: Book, rule: Rule) -> Iterator[Outcome]:
    # a rule is tested before it is switched on, so shadow and off count as live here
    alone = replace(rule, mode="live")
    small = Book(book.version, (alone,), {})
    for example in rule.examples:
        yield _outcome(small, alone, example)


def _outcome(book: Book, rule: Rule, example: Example) -> Outcome:
    now = (DAY + example.clock).replace(tzinfo=rule.zone)
    facts = _complete(example.given, rule, example, now)
    history = _history(rule, example, now)
    decision = _decision(book, rule, example, facts, now, history)
    done = tuple(dict.fromkeys(one.action for one in decision.ordered))
    causes, why = _why(rule, decision, Sight(facts, now, history))
    right = set(done) == set(example.expect) and (not example.because or example.because in causes)
    expected = _list(example.expect) + (f" because of {example.because}" if example.because else "")
    return Outcome(rule.id, example.name, rule.file, example.line, right, expected, _list(done), why)


def _list(actions: tuple[str, ...]) -> str:
    return ", ".join(actions) or "nothing"


def _complete(given: Facts, rule: Rule, example: Example, now: datetime) -> Facts:
    """The facts of a test with what every real mention has: a person, a day and an hour, days since what was done."""
    person = _person(given)
    filled: dict[str, Value] = {"person.id": person, "weekday": WEEKDAYS[now.weekday()], "hour": now.hour}
    filled |= {"brand": rule.brand} if rule.brand else {}
    # the latest last: it is the one that counts
    for past in sorted(example.history, key=lambda past: past.ago, reverse=True):
        if past.action and _person(past.facts) == person:
            filled[f"days_since.{ACTIONS[past.action].purpose}"] = past.ago.total_seconds() / 86_400
    return Facts({**filled, **given.values})


def _person(facts: Facts) -> Value:
    return facts.get("person.id") or facts.get("customer.id") or facts.get("author.handle") or "somebody"


def _history(rule: Rule, example: Example, now: datetime) -> MemoryHistory:
    history = MemoryHistory(now - LONG)
    for past in example.history:
        if not past.action:
            history.add(
                now - past.ago, Facts({"brand": rule.brand, "person.id": _person(past.facts), **past.facts.values})
            )
    return history


def _decision(
    book: Book, rule: Rule, example: Example, facts: Facts, now: datetime, history: MemoryHistory
) -> Decision:
    ledger = MemoryLedger()
    for past in example.history:
        if past.action:
            _remember(book, rule, past, ledger, now - past.ago)
    since = {rule.id: now - LONG}
    moment = Moment(now, now, now)
    return decide(book, facts, moment, since=since, max_age=MaxAge(), history=history, ledger=ledger, floor="live")


def _remember(book: Book, rule: Rule, past: Past, ledger: MemoryLedger, at: datetime) -> None:
    """Count something that was done before the test, in every row where it would have been counted."""
    whom = Whom.of(_person(past.facts), past.facts.get("issue.id"))
    rows = {note(f"{claim}:{whom.person}") for claim in claims(ACTIONS[past.action])}
    for step in rule.steps:
        if step.action.name == past.action:
            rows |= {replace(row, cap=None) for row in counters(book, rule, step, whom, "", at)}
    ledger.reserve(tuple(rows), at)


def _why(rule: Rule, decision: Decision, sight: Sight) -> tuple[set[str], str]:
    """The fields and stages that decided, and the sentence that says so."""
    clauses = failing(rule, sight)
    if clauses:
        return {name for clause in clauses for name in _fields(clause)}, describe(clauses[0], sight)
    stopped = [one for one in decision.settled if one.status == "refused" or one.join]
    stages: set[str] = {one.stage for one in stopped}
    for step in rule.steps:
        if step.only_if and any(one.action == step.action.name and one.stage == "only_if" for one in stopped):
            stages.update(_fields(step.only_if))
    return stages, "; ".join(f"{one.action}: {one.reason}" for one in stopped)


def _fields(clause: Clause) -> set[str]:
    return {leaf.field for leaf in clause.leaves()} | ({clause.joined} if clause.joined else set())
