"""`samples:` and `tests:` → facts and examples that can be run."""

from __future__ import annotations

import math
from datetime import timedelta

from rules.catalogue import ACTIONS, FIELDS, Field, field_named
from rules.conditions import field_at
from rules.nodes import Node
from rules.operators import Scope
from rules.problems import nearest, one_of
from rules.quantities import clock, duration
from rules.rule import Example, Past
from rules.terms import Facts, Value

KEYS = ("name", "given", "history", "at", "expect", "because")
STAGES = ("count", "limit", "budget", "quiet hours", "blocks", "exclusive", "only_if", "opt-out", "mode")


def examples(scope: Scope, node: Node) -> tuple[Example, ...]:
    """All tests of one rule."""
    return tuple(_example(scope, entry) for entry in scope.page.listed(node, "tests"))


def _example(scope: Scope, entry: Node) -> Example:
    page = scope.page
    given = page.mapping(entry, "a test", KEYS)
    if entry.pairs is not None and not {"given", "expect"} <= given.keys():
        page.wrong(entry, "a test lacks 'given' or 'expect'", "write {name: …, given: …, expect: [thank]}")
    facts = _given(scope, given["given"], "given") if "given" in given else {}
    name = page.text(given["name"], "name") if "name" in given else f"line {entry.line}"
    at = page.read(given["at"], "at", clock) if "at" in given else None
    return Example(
        name,
        Facts(facts),
        _expect(scope, given["expect"]) if "expect" in given else (),
        entry.line,
        _because(scope, given["because"]) if "because" in given else "",
        tuple(_past(scope, one, facts) for one in page.listed(given["history"], "history"))
        if "history" in given
        else (),
        timedelta(hours=at.hour, minutes=at.minute) if at else timedelta(hours=12),
    )


def _expect(scope: Scope, node: Node) -> tuple[str, ...]:
    if node.scalar and node.raw == "nothing":
        return ()
    names = []
    for entry in scope.values(node, "expect"):
        if entry.raw in ACTIONS:
            names.append(entry.raw)
        else:
            hint = nearest(entry.raw, (*ACTIONS, "nothing"), "write the actions, or nothing")
            scope.page.wrong(entry, f"unknown action '{entry.raw}'", hint)
    return tuple(names)


def _because(scope: Scope, node: Node) -> str:
    text = scope.page.text(node, "because")
    if text and text not in STAGES and field_named(text) is None:
        scope.page.wrong(node, f"'{text}' is neither a field nor a stage", nearest(text, (*FIELDS, *STAGES)))
    return text


def _past(scope: Scope, node: Node, now: dict[str, Value]) -> Past:
    page = scope.page
    keys = dict(page.mapping(node, "history"))
    ago, action = keys.pop("ago", None), keys.pop("action", None)
    if ago is None:
        page.wrong(node, "an entry of history lacks 'ago'", "write ago: 2h")
    span = page.read(ago, "ago", duration) if ago else None
    name = page.text(action, "action") if action else ""
    if name and action and name not in ACTIONS:
        page.wrong(action, f"unknown action '{name}'", nearest(name, ACTIONS))
    given = _facts(scope, keys, dict(now) if action else {})
    return Past(Facts(given), span or timedelta(), name)


def _given(scope: Scope, node: Node, name: str) -> dict[str, Value]:
    """The facts of a test: a sample's name, or facts, with `like` naming the sample that they change."""
    if node.scalar:
        return _sample(scope, node)
    return _facts(scope, scope.page.mapping(node, name), {})


def _facts(scope: Scope, keys: dict[str, Node], start: dict[str, Value]) -> dict[str, Value]:
    rest = dict(keys)
    like = rest.pop("like", None)
    facts = _sample(scope, like) if like else start
    for name, value in rest.items():
        # `rating: unknown` takes a fact of the sample away
        facts.pop(name, None)
        read = _value(scope, name, value)
        if read is not None:
            facts[name] = read
    return facts


def _sample(scope: Scope, node: Node) -> dict[str, Value]:
    name = scope.page.text(node, "like")
    if name and name not in scope.samples:
        cure = nearest(name, scope.samples, f"define it under samples:, as {name}: {{sentiment: positive}}")
        scope.page.wrong(node, f"unknown sample '{name}'", cure)
    sample = scope.samples.get(name)
    # the sample is read again for each test; its own mistakes are noted where it is defined
    quiet = Scope(type(scope.page)(scope.page.file), scope.world, scope.lists)
    return sample_facts(quiet, sample) if sample else {}


def sample_facts(scope: Scope, node: Node) -> dict[str, Value]:
    """The facts of one sample."""
    keys = scope.page.mapping(node, "a sample")
    like = keys.pop("like", None)
    if like:
        scope.page.wrong(like, "a sample cannot be like another sample", "write its facts out")
    return _facts(scope, keys, {})


def _value(scope: Scope, name: str, node: Node) -> Value | None:
    known = field_at(scope, name, node, ("like",))
    if known is None:
        return None
    if not scope.page.filled(node, name) or (node.raw == "unknown" and not (node.quoted and _open(known))):
        return None
    if known.type == "names" and node.pairs is None:
        return tuple(entry.raw for entry in node.entries())
    if not node.scalar:
        scope.page.wrong(node, f"{name} takes a single value", "write it on one line")
        return None
    if known.type == "flag":
        return _flag(scope, name, node)
    if known.type == "number":
        return _number(scope, name, node)
    return _label(scope, name, node)


def _open(known: Field) -> bool:
    """Whether any word may be its value, `unknown` too where it stands in quotes."""
    return known.type not in ("flag", "number") and not known.values


def _flag(scope: Scope, name: str, node: Node) -> bool | None:
    if node.flag is None:
        scope.page.wrong(node, f"{name} is true or false, not '{node.raw}'", "write true or false")
    return node.flag


def _number(scope: Scope, name: str, node: Node) -> float | None:
    if node.raw == "never" and not node.quoted:
        return math.inf
    if node.number is None:
        scope.page.wrong(node, f"{name} is a number, not '{node.raw}'", "write a number")
    return node.number


def _label(scope: Scope, name: str, node: Node) -> str:
    known = FIELDS.get(name)
    if known and known.values and node.raw.casefold() not in known.values:
        scope.page.wrong(
            node, f"unknown value '{node.raw}' for {name}", nearest(node.raw, known.values, one_of(known.values))
        )
    return node.raw
