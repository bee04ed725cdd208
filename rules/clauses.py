"""One mention as clauses see it, and clauses: tests that answer yes, no, or None where the value is unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from rules.catalogue import DEFAULTS, FIELDS
from rules.terms import Count, Facts, History, Value
from rules.words import fold

# by exact type: true is an int to Python, and no number of stars
TYPES: dict[str, frozenset[type]] = {
    "text": frozenset({str}),
    "name": frozenset({str}),
    "names": frozenset({tuple, list}),
    "number": frozenset({int, float}),
    "flag": frozenset({bool}),
}
ANY_TYPE = frozenset({str, int, float, bool, tuple, list})
TYPE_OF = {name: TYPES[known.type] for name, known in FIELDS.items()}


class Sight:
    """The facts of one mention with their always-known fields filled in; texts are folded once, when first asked for.

    `strange` are the fields whose value has the wrong type: rules that test them are skipped.
    """

    __slots__ = ("_folded", "_labels", "_words", "history", "now", "strange", "values")

    def __init__(self, facts: Facts, now: datetime | None = None, history: History | None = None) -> None:
        # facts that were stored as JSON come back with lists, and unknown may come as None: both are taken
        self.values = {**DEFAULTS, **facts.values}
        self.strange = frozenset(
            name
            for name, value in facts.values.items()
            # a number that is not equal to itself is none
            if (type(value) not in TYPE_OF.get(name, ANY_TYPE) and value is not None) or value != value
        )
        self.now = now
        self.history = history
        self._folded: dict[str, str] = {}
        self._words: dict[str, frozenset[str]] = {}
        self._labels: dict[str, frozenset[str]] = {}

    def at(self, now: datetime, history: History) -> Sight:
        """The same mention with another history behind it; what was folded already is shared."""
        same = Sight.__new__(Sight)
        same.values, same.strange = self.values, self.strange
        same.now, same.history = now, history
        same._folded, same._words, same._labels = self._folded, self._words, self._labels
        return same

    def folded(self, name: str) -> str | None:
        """The words of a field between blanks, None where it is unknown."""
        found = self._folded.get(name)
        if found is None:
            value = self.values.get(name)
            if value is None:
                return None
            found = self._folded[name] = fold(str(value))
        return found

    def words(self, name: str) -> frozenset[str]:
        """The distinct words of a field that is known."""
        found = self._words.get(name)
        if found is None:
            found = self._words[name] = frozenset((self.folded(name) or "").split())
        return found

    def labels(self, name: str) -> frozenset[str] | None:
        """A set of names in lower case; a single name is a set of one, unknown is None."""
        found = self._labels.get(name)
        if found is None:
            value = self.values.get(name)
            if value is None:
                return None
            names = value if isinstance(value, tuple | list) else (str(value),)
            found = self._labels[name] = frozenset(str(n).casefold() for n in names)
        return found


Test: TypeAlias = Callable[[Sight], bool | None]
Joined = Literal["", "all", "any", "none"]


@dataclass(frozen=True, slots=True, eq=False)
class Clause:
    """One line of a condition, or several joined by all, any or none.

    `says` is how a person would read it aloud. For the index and the lints, `allowed` are the only values for which
    it can hold, `span` the only range, `phrases` those of which one must occur; None and empty where it says less.
    """

    says: str
    line: int
    holds: Test
    field: str = ""
    joined: Joined = ""
    parts: tuple[Clause, ...] = ()
    allowed: frozenset[Value] | None = None
    span: tuple[float, float] | None = None
    phrases: tuple[str, ...] = ()
    count: Count | None = None

    def leaves(self) -> Iterator[Clause]:
        """All clauses of the condition that test something themselves."""
        if not self.joined:
            yield self
        for part in self.parts:
            yield from part.leaves()


def seen(value: Value | None) -> str:
    """A value as explanations print it, `?` where it is unknown."""
    if value is None:
        return "?"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(map(str, value)) + "]"
    if isinstance(value, float):
        return "never" if value == float("inf") else f"{value:g}"
    text = " ".join(str(value).split())
    return text if len(text) <= 80 else text[:79] + "…"


def join(how: Joined, parts: Iterable[Clause], line: int) -> Clause:
    """Clauses joined by all, any or none, with unknown staying unknown wherever it could change the answer."""
    kept = tuple(parts)
    tests = tuple(part.holds for part in kept)
    holds = _all(tests) if how == "all" else _any(tests) if how == "any" else _none(tests)
    return Clause(f"{how}:", line, holds, joined=how, parts=kept)


def _all(tests: tuple[Test, ...]) -> Test:
    def holds(sight: Sight) -> bool | None:
        answer: bool | None = True
        for test in tests:
            found = test(sight)
            if found is False:
                return False
            if found is None:
                answer = None
        return answer

    return holds


def _any(tests: tuple[Test, ...]) -> Test:
    def holds(sight: Sight) -> bool | None:
        answer: bool | None = False
        for test in tests:
            found = test(sight)
            if found:
                return True
            if found is None:
                answer = None
        return answer

    return holds


def _none(tests: tuple[Test, ...]) -> Test:
    some = _any(tests)

    def holds(sight: Sight) -> bool | None:
        found = some(sight)
        return None if found is None else not found

    return holds
