"""Conditions: the mappings under `when:` and `only_if:` → clauses, compiled once."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from rules.catalogue import FIELDS, Field, field_named
from rules.clauses import Clause, Joined, join
from rules.counting import counting
from rules.nodes import Node
from rules.operators import OPERATORS, Scope
from rules.problems import nearest

JOINS: dict[str, Joined] = {"any": "any", "all": "all", "none": "none"}


def condition(scope: Scope, node: Node, name: str) -> Clause:
    """A whole condition as one `all` clause; what is wrong with it is noted on the page."""
    parts = _parts(scope, node, name)
    if node.pairs is not None and not node.pairs:
        scope.page.wrong(node, f"'{name}' is empty", "write at least one condition, such as sentiment: negative")
    return join("all", parts, node.line)


def _parts(scope: Scope, node: Node, name: str) -> list[Clause]:
    clauses: list[Clause] = []
    for key, value in scope.page.mapping(node, name).items():
        at = scope.page.key(node, key)
        if key in JOINS:
            clauses.append(_joined(scope, JOINS[key], at, value))
        elif key != "count":
            clauses.extend(_on_field(scope, key, at, value))
    # last, because what it counts depends on the clauses beside it
    if node.pairs and "count" in node.pairs:
        found = counting(scope, *node.pairs["count"], clauses)
        clauses.extend([found] if found else [])
    return clauses


def _joined(scope: Scope, how: Joined, at: Node, value: Node) -> Clause:
    """The parts of any, all or none: a list of conditions, or a mapping whose entries are the parts."""
    parts: list[Clause] = []
    if value.items is None:
        parts = _parts(scope, value, how)
    for entry in value.items or ():
        within = _parts(scope, entry, how)
        parts.append(within[0] if len(within) == 1 else join("all", within, entry.line))
    if not parts and not value.empty:
        scope.page.wrong(value, f"'{how}' holds no conditions", "write a list of them")
    return join(how, parts, at.line)


def _on_field(scope: Scope, name: str, at: Node, value: Node) -> list[Clause]:
    known = field_at(scope, name, at, (*JOINS, "count"))
    if known is None or not scope.page.filled(value, name):
        return []
    if value.pairs is None:
        return _plain(scope, known, at, value)
    clauses = []
    for word, (place, argument) in value.pairs.items():
        clause = _operator(scope, known, word, place, argument)
        clauses.extend([clause] if clause else [])
    if not value.pairs:
        scope.page.wrong(value, f"nothing is asked of {name}", "write a value, or {at_least: …}")
    return clauses


def field_at(scope: Scope, name: str, at: Node, others: Collection[str]) -> Field | None:
    """The field that is meant; None after noting the nearest name, which may be one of `others`."""
    known = field_named(name)
    if known and known.type == "column" and name.startswith("customer."):
        known = known if _is_column(scope, name) else None
    if known is None:
        names = {*FIELDS, *others, *(f"customer.{c}" for c in scope.world.columns or ())}
        scope.page.wrong(at, f"unknown field '{name}'", nearest(name, names, "see `listener rules schema`"))
    return known


def _is_column(scope: Scope, name: str) -> bool:
    if scope.world.columns is None:
        # without the registry at hand, a column spelt almost like a field is taken for that field misspelt
        return not get_close_matches(name, FIELDS, n=1, cutoff=0.9)
    return name.partition(".")[2] in scope.world.columns


def _plain(scope: Scope, known: Field, at: Node, value: Node) -> list[Clause]:
    if known.type == "text" and value.raw not in ("known", "unknown"):
        cure = f"write {known.name}: {{says_any: [word, phrase]}}, or {{is: …}} for exactly this text"
        scope.page.wrong(value, f"{known.name} is free text and needs an operator", cure)
        return []
    clause = _operator(scope, known, "is", at, value)
    return [clause] if clause else []


def _operator(scope: Scope, known: Field, word: str, at: Node, value: Node) -> Clause | None:
    operator = OPERATORS.get(word)
    if operator is None:
        hint = nearest(word, OPERATORS, "words, not symbols: " + ", ".join(_fitting(known)))
        scope.page.wrong(at, f"unknown operator '{word}'", hint)
        return None
    if known.type not in operator.fits:
        what = f"'{word}' does not fit {known.name}, which is a {known.type}"
        scope.page.wrong(at, what, "it takes " + ", ".join(_fitting(known)))
        return None
    if not scope.page.filled(value, f"{known.name} {word}"):
        return None
    built = operator.build(scope, known, value)
    if built is None:
        return None
    return Clause(
        f"{known.name}: {_says(word, value)}",
        at.line,
        built.holds,
        known.name,
        allowed=built.allowed,
        span=built.span,
        phrases=built.phrases,
    )


def _fitting(known: Field) -> list[str]:
    return [word for word, operator in OPERATORS.items() if known.type in operator.fits]


def _says(word: str, value: Node) -> str:
    texts = ", ".join(entry.raw for entry in value.entries())
    return texts if word == "is" else f"{word} {texts}"
