"""`count:` clauses: how many stored mentions of a window are like the one at hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from rules.catalogue import FIELDS
from rules.clauses import Clause, Sight
from rules.nodes import Node
from rules.operators import Scope
from rules.problems import nearest
from rules.quantities import duration
from rules.terms import Count

COUNT_KEYS = ("same", "different", "within", "at_least")
# what a counted mention must share with the condition beside it, when the condition names it
ALIKE = frozenset({"sentiment", "source.kind", "language"})


def counting(scope: Scope, at: Node, node: Node, beside: list[Clause]) -> Clause | None:
    """The clause of one `count:`; counted are mentions that agree with the clauses `beside` it."""
    given = scope.page.mapping(node, "count", COUNT_KEYS)
    missing = [key for key in ("same", "within", "at_least") if key not in given]
    if missing and node.pairs is not None:
        cure = "write count: {same: issue.id, different: person.id, within: 24h, at_least: 3}"
        scope.page.wrong(at, f"'count' lacks {' and '.join(missing)}", cure)
    same, different = (_counted(scope, given.get(key), key) for key in ("same", "different"))
    within, least = _window(scope, given.get("within")), _least(scope, given.get("at_least"))
    if not same or within is None or least is None:
        return None
    where = tuple((c.field, frozenset(map(str, c.allowed))) for c in beside if c.field in ALIKE and c.allowed)
    question = Count(same, within, least, different, where)
    apart = f", different {different}" if different else ""
    says = f"count: same {same}{apart}, within {given['within'].raw}, at_least {least}"
    return Clause(says, at.line, lambda sight: counted(sight, question)[0], "count", count=question)


def _counted(scope: Scope, node: Node | None, key: str) -> str:
    if node is None:
        return ""
    name = scope.page.text(node, key)
    known = FIELDS.get(name)
    if name and not (known and known.kept and known.type == "name"):
        kept = [f.name for f in FIELDS.values() if f.kept and f.type == "name"]
        scope.page.wrong(node, f"'{name}' is nothing that can be counted by", nearest(name, kept, ", ".join(kept)))
        return ""
    return name


def _window(scope: Scope, node: Node | None) -> timedelta | None:
    window, kept = scope.page.read(node, "within", duration) if node else None, scope.world.retention
    if node and window and kept is not None and window > kept:
        scope.page.wrong(node, f"a window of {node.raw} is longer than mentions are kept", f"at most {kept.days}d")
    return window


def _least(scope: Scope, node: Node | None) -> int | None:
    if node is None:
        return None
    if not isinstance(node.number, int) or node.number < 1:
        scope.page.wrong(node, f"at_least takes a whole number, not '{node.raw}'", "write at_least: 3")
        return None
    return int(node.number)


def counted(sight: Sight, question: Count) -> tuple[bool | None, str]:
    """Whether a count is reached, the mention at hand included, and what was found, in words."""
    value = sight.values.get(question.same)
    besides = sight.values.get(question.different) if question.different else ""
    if value is None or besides is None:
        return None, f"? (this mention has no {question.different if value is not None else question.same})"
    if sight.history is None or sight.now is None:
        return None, "? (counted only when decided)"
    found = 1 + sight.history.count(_in_brand(question, sight), str(value), str(besides), sight.now)
    reach = sight.now - sight.history.since()
    if found >= question.at_least or reach >= question.within:
        return found >= question.at_least, str(found)
    return None, f"{found}, warming up (needs {_span(question.within)}, has {_span(reach)})"


def _in_brand(question: Count, sight: Sight) -> Count:
    """Counted are mentions of the same brand only."""
    brand = sight.values.get("brand")
    if not isinstance(brand, str):
        return question
    return replace(question, where=(*question.where, ("brand", frozenset({brand}))))


def _span(span: timedelta) -> str:
    hours = int(span.total_seconds() // 3600)
    return f"{hours // 24}d" if hours >= 48 else f"{hours}h"
