"""The words between a field and its value, such as `at_least`: which fields they fit and what they test."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

from rules.catalogue import Field
from rules.clauses import Sight, Test
from rules.nodes import Node, Page
from rules.problems import nearest, one_of
from rules.terms import UNBOUND, Value, World
from rules.words import finder, pattern, phrase


@dataclass(frozen=True, slots=True)
class Scope:
    """What one file may refer to while it is read: its lists and samples, and the rest of the house."""

    page: Page
    world: World = UNBOUND
    lists: Mapping[str, tuple[Node, ...]] = field(default_factory=dict)
    samples: Mapping[str, Node] = field(default_factory=dict)

    def values(self, node: Node, name: str) -> list[Node]:
        """The values written in a place, with `$list` replaced by what the list holds."""
        found: list[Node] = []
        for entry in node.entries():
            if not entry.scalar:
                self.page.wrong(entry, f"'{name}' takes single values or a list of them", "write [a, b, c]")
            elif entry.raw.startswith("$") and (not entry.quoted or entry.raw[1:] in self.lists):
                found.extend(self._list(entry))
            elif self.page.filled(entry, name):
                found.append(entry)
        if node.items == ():
            self.page.wrong(node, f"'{name}' holds no values", "write at least one")
        return found

    def _list(self, entry: Node) -> tuple[Node, ...]:
        name = entry.raw[1:]
        if name not in self.lists:
            hint = nearest(name, self.lists, f"define it under lists:, as {name or 'name'}: [word, word]")
            self.page.wrong(entry, f"unknown list '${name}'", hint)
        return self.lists.get(name, ())


@dataclass(frozen=True, slots=True)
class Built:
    """A test made from one operator and its values, with what the index and the lints may know of it."""

    holds: Test
    allowed: frozenset[Value] | None = None
    span: tuple[float, float] | None = None
    phrases: tuple[str, ...] = ()


Build: TypeAlias = Callable[[Scope, Field, Node], Built | None]


def _opposite(test: Test) -> Test:
    def holds(sight: Sight) -> bool | None:
        found = test(sight)
        return None if found is None else not found

    return holds


def _negated(build: Build) -> Build:
    def negative(scope: Scope, known: Field, node: Node) -> Built | None:
        built = build(scope, known, node)
        return built and Built(_opposite(built.holds))

    return negative


def _numbers(scope: Scope, known: Field, node: Node) -> list[float]:
    found = []
    for entry in scope.values(node, known.name):
        if entry.number is None:
            what = f"{known.name} is compared with numbers, not with '{entry.raw}'"
            scope.page.wrong(entry, what, f"write a number ({known.unit})" if known.unit else "write a number")
        else:
            found.append(float(entry.number))
    return found


def _labels(scope: Scope, known: Field, node: Node) -> frozenset[Value]:
    choices: Collection[str] | None = known.values or (getattr(scope.world, known.world) if known.world else None)
    folded = {choice.casefold() for choice in choices or ()}
    found = set()
    for entry in scope.values(node, known.name):
        text = entry.raw.casefold()
        if choices is not None and text not in folded:
            _unknown_value(scope, known, entry, choices)
        found.add(text)
    return frozenset(found)


def _unknown_value(scope: Scope, known: Field, entry: Node, choices: Collection[str]) -> None:
    hint = nearest(entry.raw, choices, one_of(choices) if choices else f"there is no {known.name} in the configuration")
    if entry.raw in ("known", "unknown"):
        hint = f"it stands alone: {{is: {entry.raw}}}; beside other values put it under any:"
    if entry.raw == "unscored":
        hint = "an unscored mention has an unknown sentiment: write {is: unknown}"
    scope.page.wrong(entry, f"unknown value '{entry.raw}' for {known.name}", hint)


def _known(name: str, wanted: bool) -> Built:
    return Built(lambda sight: (sight.values.get(name) is not None) is wanted)


def _is(scope: Scope, known: Field, node: Node) -> Built | None:
    name = known.name
    # editors and programs put quotes round everything; in a list it is a value that happens to be called so
    if node.raw in ("known", "unknown"):
        return _known(name, node.raw == "known")
    if known.type == "flag":
        return _is_flag(scope, known, node)
    if known.type == "number":
        numbers = frozenset(_numbers(scope, known, node))
        span = (min(numbers), max(numbers)) if numbers else None
        return Built(_within(name, numbers.__contains__), frozenset(numbers), span)
    wanted = _labels(scope, known, node)
    return Built(_shares(name, wanted), wanted)


def _is_flag(scope: Scope, known: Field, node: Node) -> Built | None:
    flag = node.flag
    if flag is None:
        if scope.page.filled(node, known.name):
            scope.page.wrong(node, f"{known.name} is true or false, not '{node.raw}'", "write true or false")
        return None

    def holds(sight: Sight) -> bool | None:
        value = sight.values.get(known.name)
        return None if value is None else value is flag

    return Built(holds, frozenset({flag}))


def _shares(name: str, wanted: frozenset[Value]) -> Test:
    def holds(sight: Sight) -> bool | None:
        labels = sight.labels(name)
        return None if labels is None else not wanted.isdisjoint(labels)

    return holds


def _has_all(scope: Scope, known: Field, node: Node) -> Built | None:
    wanted = _labels(scope, known, node)

    def holds(sight: Sight) -> bool | None:
        labels = sight.labels(known.name)
        return None if labels is None else wanted <= labels

    return Built(holds)


def _has_any(scope: Scope, known: Field, node: Node) -> Built | None:
    wanted = _labels(scope, known, node)
    return Built(_shares(known.name, wanted), wanted)


# columns of customers.csv arrive as text; one that is no number is unknown to a comparison, not an error
def _within(name: str, inside: Callable[[float], bool]) -> Test:
    def holds(sight: Sight) -> bool | None:
        value = sight.values.get(name)
        if isinstance(value, str):
            value = _as_number(value)
        return inside(value) if isinstance(value, int | float) else None

    return holds


def _as_number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return None if math.isnan(value) else value


def _compare(low: bool, strict: bool) -> Build:
    def build(scope: Scope, known: Field, node: Node) -> Built | None:
        numbers = _numbers(scope, known, node)
        if len(numbers) != 1:
            if numbers:
                scope.page.wrong(node, f"{known.name} is compared with one number here", "use between: [1, 3] for two")
            return None
        bound = numbers[0]
        # the neighbouring number makes a strict bound an inclusive one for the lints
        edge = math.nextafter(bound, math.inf if low else -math.inf) if strict else bound
        if low:
            return Built(_within(known.name, bound.__lt__ if strict else bound.__le__), span=(edge, math.inf))
        return Built(_within(known.name, bound.__gt__ if strict else bound.__ge__), span=(-math.inf, edge))

    return build


def _between(scope: Scope, known: Field, node: Node) -> Built | None:
    numbers = _numbers(scope, known, node)
    if len(numbers) != 2 or numbers[0] > numbers[1]:
        scope.page.wrong(node, "'between' takes two numbers, the smaller one first", "write between: [1, 3]")
        return None
    low, high = numbers
    return Built(_within(known.name, lambda value: low <= value <= high), span=(low, high))


def _phrases(scope: Scope, known: Field, node: Node) -> tuple[str, ...]:
    read = (scope.page.read(entry, known.name, phrase) for entry in scope.values(node, known.name))
    return tuple(dict.fromkeys(filter(None, read)))


def _says_any(scope: Scope, known: Field, node: Node) -> Built | None:
    phrases = _phrases(scope, known, node)
    found = finder(phrases)
    name = known.name

    def holds(sight: Sight) -> bool | None:
        text = sight.folded(name)
        return None if text is None else found(text, sight.words(name))

    return Built(holds, phrases=phrases)


def _says_all(scope: Scope, known: Field, node: Node) -> Built | None:
    phrases = _phrases(scope, known, node)

    def holds(sight: Sight) -> bool | None:
        text = sight.folded(known.name)
        return None if text is None else all(wanted in text for wanted in phrases)

    return Built(holds, phrases=phrases[:1])


def _matches(scope: Scope, known: Field, node: Node) -> Built | None:
    read = [scope.page.read(entry, known.name, pattern) for entry in scope.values(node, known.name)]
    searches = [search for search in read if search]

    def holds(sight: Sight) -> bool | None:
        value = sight.values.get(known.name)
        return None if value is None else any(search(str(value)) for search in searches)

    return Built(holds)


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator: the types of fields that it fits, how its test is made, and what it asks."""

    fits: frozenset[str]
    build: Build
    sentence: str


_ANY = frozenset({"text", "name", "names", "number", "flag", "column"})
_ORDERED = frozenset({"number", "column"})
_SETS = frozenset({"names", "column"})
_WORDS = frozenset({"text", "name", "column"})
OPERATORS: Mapping[str, Operator] = MappingProxyType(
    {
        "is": Operator(_ANY, _is, "One of these values; `known` and `unknown` ask whether there is a value at all."),
        "is_not": Operator(_ANY, _negated(_is), "None of these values."),
        "at_least": Operator(_ORDERED, _compare(low=True, strict=False), "This number or more."),
        "at_most": Operator(_ORDERED, _compare(low=False, strict=False), "This number or less."),
        "more_than": Operator(_ORDERED, _compare(low=True, strict=True), "More than this number."),
        "less_than": Operator(_ORDERED, _compare(low=False, strict=True), "Less than this number."),
        "between": Operator(_ORDERED, _between, "From the first number to the second, both included."),
        "has_any": Operator(_SETS, _has_any, "At least one of these names."),
        "has_all": Operator(_SETS, _has_all, "All of these names."),
        "has_none": Operator(_SETS, _negated(_has_any), "None of these names."),
        "says_any": Operator(_WORDS, _says_any, "One of these words or phrases, whole and in any case."),
        "says_all": Operator(_WORDS, _says_all, "All of these words and phrases."),
        "says_none": Operator(_WORDS, _negated(_says_any), "None of these words and phrases."),
        "matches": Operator(_WORDS, _matches, "One of these RE2 patterns, in any case."),
        "not_matches": Operator(_WORDS, _negated(_matches), "None of these RE2 patterns."),
    }
)
