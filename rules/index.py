"""Which rules can match a mention at all, found without looking at the others."""

from __future__ import annotations

from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import ahocorasick

from rules.catalogue import field_named
from rules.clauses import Clause, Sight
from rules.rule import Rule
from rules.terms import Value

Key: TypeAlias = tuple[str, str, Value]  # "value" or "phrase", the field, and what must be there


def _keys(clause: Clause, common: Tally[Key]) -> list[Key]:
    """Keys of which at least one must be there for a clause to hold; empty where nothing can be said."""
    if clause.joined == "all":
        found = [keys for part in clause.parts if (keys := _keys(part, common))]
        # one clause is enough to file a rule under; the best is the one whose commonest key is rarest
        return min(found, key=lambda keys: max(common[key] for key in keys), default=[])
    if clause.joined == "any":
        each = [_keys(part, common) for part in clause.parts]
        return [key for keys in each for key in keys] if all(each) else []
    if clause.joined:
        return []
    if clause.phrases:
        return [("phrase", clause.field, phrase) for phrase in clause.phrases]
    return [("value", clause.field, value) for value in clause.allowed or ()]


def _all_keys(clause: Clause) -> Iterator[Key]:
    for leaf in clause.leaves():
        yield from _keys(leaf, Tally())


@dataclass(frozen=True, slots=True)
class _Phrases:
    """The phrases that rules look for in one field, in one automaton: its cost does not grow with their number."""

    field: str
    automaton: ahocorasick.Automaton

    @classmethod
    def of(cls, field: str, rules: dict[Value, list[int]]) -> _Phrases:
        automaton = ahocorasick.Automaton()
        for phrase, numbers in rules.items():
            automaton.add_word(phrase, numbers)
        automaton.make_automaton()
        return cls(field, automaton)

    def rules(self, sight: Sight) -> Iterator[list[int]]:
        text = sight.folded(self.field)
        if text is not None:
            for _, numbers in self.automaton.iter(text):
                yield numbers


class Index:
    """Each rule is filed under the rarest thing that it cannot match without: a value of a field, or a phrase."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        common: Tally[Key] = Tally(key for rule in rules for key in _all_keys(rule.when))
        values: dict[str, dict[Value, list[int]]] = defaultdict(lambda: defaultdict(list))
        phrases: dict[str, dict[Value, list[int]]] = defaultdict(lambda: defaultdict(list))
        always: list[int] = []
        for number, rule in enumerate(rules):
            keys = _keys(rule.when, common)
            for kind, name, value in keys:
                (values if kind == "value" else phrases)[name][value].append(number)
            if not keys:
                always.append(number)
        self._rules = rules
        self._always = tuple(always)
        self._phrases = tuple(_Phrases.of(name, found) for name, found in phrases.items())
        self._values = tuple((name, _plain(name), dict(found)) for name, found in values.items())

    def candidates(self, sight: Sight) -> Iterable[Rule]:
        """The rules that can match, in the book's order; every other rule has a clause that does not hold."""
        found = set(self._always)
        for name, plain, rules in self._values:
            for value in _seen(name, plain, sight):
                found.update(rules.get(value, ()))
        for phrases in self._phrases:
            for numbers in phrases.rules(sight):
                found.update(numbers)
        return [self._rules[number] for number in sorted(found)]


def _plain(name: str) -> bool:
    """Whether a field is compared as it is, not as lower-case names."""
    known = field_named(name)
    return known is not None and known.type in ("number", "flag")


def _seen(name: str, plain: bool, sight: Sight) -> Iterable[Value]:
    if not plain:
        return sight.labels(name) or ()
    value = sight.values.get(name)
    return () if value is None else (value,)
