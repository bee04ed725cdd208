"""Which rules can match a mention at all, found without looking at the others.

Every rule is one bit. For each field that rules test, the mention's value gives the rules whose clause on it can hold
together with those that do not test it; what is left after all fields are the rules worth a closer look.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias

import ahocorasick

from rules.bits import Entry, Ranges, entry, numbers_in, union
from rules.catalogue import field_named
from rules.clauses import Clause, Sight
from rules.rule import Rule
from rules.terms import Value

Sort = Literal["value", "phrase"]
Key: TypeAlias = tuple[Sort, str, Value]  # what must be there: a value of a field, or a phrase in it
Table: TypeAlias = dict[Value, list[int]]


def _keys(clause: Clause) -> list[Key]:
    """Keys of which at least one must be there for a clause to hold; empty where nothing can be said."""
    if clause.joined == "all":
        found = [keys for part in clause.parts if (keys := _keys(part))]
        return min(found, key=len, default=[])
    if clause.joined == "any":
        each = [_keys(part) for part in clause.parts]
        return [key for keys in each for key in keys] if all(each) else []
    if clause.joined:
        return []
    if clause.phrases:
        return [("phrase", clause.field, phrase) for phrase in clause.phrases]
    return [("value", clause.field, value) for value in clause.allowed or ()]


def _needed(clause: Clause) -> Iterator[Clause]:
    """The clauses that must all hold, those of a nested `all` too."""
    for part in clause.parts:
        if part.joined == "all":
            yield from _needed(part)
        else:
            yield part


class _Group:
    """What rules ask of one field in one way, or of several fields at once (`field` is "" then)."""

    def __init__(self) -> None:
        self.rules: set[int] = set()
        self.values: dict[str, Table] = defaultdict(lambda: defaultdict(list))
        self.phrases: dict[str, Table] = defaultdict(lambda: defaultdict(list))

    def file(self, number: int, keys: Iterable[Key]) -> None:
        self.rules.add(number)
        for sort, name, value in keys:
            (self.values if sort == "value" else self.phrases)[name][value].append(number)


class _Filter:
    """A group made ready: the rules it leaves over for a mention."""

    def __init__(self, group: _Group, everything: int) -> None:
        self.free = everything & ~union(0, (entry(sorted(group.rules)),))
        self.values = tuple((name, _plain(name), _entries(table)) for name, table in group.values.items())
        self.phrases = tuple((name, _automaton(table)) for name, table in group.phrases.items())

    def left(self, sight: Sight) -> int:
        """The rules that it does not rule out, as bits."""
        found: list[Entry] = []
        for name, plain, entries in self.values:
            if plain:
                value = sight.values.get(name)
                found += [entries[value]] if value in entries else ()
            else:
                found += [entries[label] for label in sight.labels(name) or () if label in entries]
        for name, automaton in self.phrases:
            text = sight.folded(name)
            if text is not None:
                found += [rules for _, rules in automaton.iter(text)]
        return union(self.free, found) if found else self.free


class Index:
    """All rules of a book, filed under what they cannot match without."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        groups: dict[tuple[str, str], _Group] = defaultdict(_Group)
        spans: dict[str, dict[int, tuple[float, float]]] = defaultdict(dict)
        for number, rule in enumerate(rules):
            for clause in _needed(rule.when):
                _file(number, clause, groups, spans)
        self._rules = rules
        self._everything = (1 << len(rules)) - 1
        self._filters = tuple(_Filter(group, self._everything) for group in groups.values())
        self._ranges = tuple((name, Ranges(found, self._everything)) for name, found in spans.items())

    def candidates(self, sight: Sight) -> Iterable[Rule]:
        """The rules that can match, in the book's order; every other rule has a clause that does not hold."""
        left = self._everything
        for name, ranges in self._ranges:
            left &= ranges.holding(sight.values.get(name))
        for one in self._filters:
            if not left:
                return ()
            left &= one.left(sight)
        return [self._rules[number] for number in numbers_in(left)]


def _file(
    number: int,
    clause: Clause,
    groups: dict[tuple[str, str], _Group],
    spans: dict[str, dict[int, tuple[float, float]]],
) -> None:
    """File a rule under one clause that it needs, unless it stands in that group already: one is enough."""
    keys = _keys(clause)
    places = {(sort, name) for sort, name, _ in keys}
    if keys:
        group = groups[places.pop() if len(places) == 1 else ("any", "")]
        if number not in group.rules:
            group.file(number, keys)
    elif clause.span and _plain(clause.field):
        spans[clause.field].setdefault(number, clause.span)


def _entries(table: Table) -> dict[Value, Entry]:
    return {value: entry(numbers) for value, numbers in table.items()}


def _automaton(table: Table) -> ahocorasick.Automaton:
    """One automaton for all phrases of a field: its cost does not grow with their number."""
    automaton = ahocorasick.Automaton()
    for phrase, numbers in table.items():
        automaton.add_word(phrase, entry(numbers))
    automaton.make_automaton()
    return automaton


def _plain(name: str) -> bool:
    """Whether a field is compared as it is, not as lower-case names."""
    known = field_named(name)
    return known is not None and known.type in ("number", "flag")
