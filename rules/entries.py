"""One entry of `rules:` → a Rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from typing import cast, get_args

from rules.clauses import Clause, Sight, join
from rules.conditions import condition
from rules.examples import examples
from rules.nodes import Node
from rules.operators import Scope
from rules.problems import nearest, one_of
from rules.quantities import QuietHours, clock, duration
from rules.rule import Blocks, Rule, Step
from rules.steps import steps
from rules.terms import Mode

KEYS = ("id", "about", "owner", "mode", "priority", "when", "then", "limits", "blocks", "tests")
MODES: tuple[Mode, ...] = get_args(Mode)
NAME = re.compile(r"[\w][\w.-]{0,79}\Z")
HIGHEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Heading:
    """What the top of a file says for all of its rules."""

    brand: str
    zone: tzinfo
    quiet: QuietHours | None


def rule(scope: Scope, entry: Node, heading: Heading) -> Rule:
    """One rule; whatever is wrong with it is noted on the page, and the rule is then not to be used."""
    page = scope.page
    given = page.mapping(entry, "a rule", KEYS)
    for key in ("id", "when", "then"):
        if key not in given and entry.pairs is not None:
            page.wrong(entry, f"a rule lacks '{key}'", "a rule needs id, when and then")
    when = condition(scope, given["when"], "when") if "when" in given else join("all", (), entry.line)
    found = steps(scope, given["then"], given.get("limits")) if "then" in given else ()
    return Rule(
        id=_id(scope, given.get("id")),
        about=page.text(given["about"], "about") if "about" in given else "",
        owner=page.text(given["owner"], "owner") if "owner" in given else "",
        mode=_mode(scope, given.get("mode")),
        priority=_priority(scope, given.get("priority")),
        brand=heading.brand,
        when=_for_brand(when, heading.brand),
        steps=found,
        blocks=_blocks(scope, given["blocks"]) if "blocks" in given else None,
        examples=examples(scope, given["tests"]) if "tests" in given else (),
        quiet=heading.quiet,
        zone=heading.zone,
        file=page.file,
        line=entry.line,
        reads=frozenset(_reads(when, found)),
    )


def _id(scope: Scope, node: Node | None) -> str:
    name = scope.page.text(node, "id") if node else ""
    if node and (name or node.quoted) and not NAME.match(name):
        scope.page.wrong(node, f"'{name}' cannot be an id", "use letters, digits and -, such as thank-happy-customer")
    return name


def _mode(scope: Scope, node: Node | None) -> Mode:
    if node is None:
        return "shadow"
    text = scope.page.text(node, "mode")
    if text and text not in MODES:
        scope.page.wrong(node, f"unknown mode '{text}'", nearest(text, MODES, one_of(MODES)))
    return cast(Mode, text)


def _priority(scope: Scope, node: Node | None) -> int:
    if node is None:
        return 0
    if not isinstance(node.number, int) or abs(node.number) > HIGHEST:
        what = f"priority takes a whole number from -{HIGHEST} to {HIGHEST}, not '{node.raw}'"
        scope.page.wrong(node, what, "write priority: 100")
        return 0
    return node.number


def _for_brand(when: Clause, brand: str) -> Clause:
    """The condition with the file's brand as its first clause."""
    if not brand:
        return when
    wanted = brand.casefold()

    def holds(sight: Sight) -> bool | None:
        labels = sight.labels("brand")
        return None if labels is None else wanted in labels

    first = Clause(f"brand: {brand}", when.line, holds, "brand", allowed=frozenset({wanted}))
    return join("all", (first, *when.parts), when.line)


def _reads(when: Clause, found: tuple[Step, ...]) -> Iterator[str]:
    for clause in (when, *(step.only_if for step in found if step.only_if)):
        for leaf in clause.leaves():
            yield from (leaf.count.same, leaf.count.different) if leaf.count else (leaf.field,)


def _blocks(scope: Scope, node: Node) -> Blocks | None:
    given = scope.page.mapping(node, "blocks", ("rules", "for"))
    names = tuple(n.raw for n in scope.values(given["rules"], "rules")) if "rules" in given else ()
    if not names and node.pairs is not None:
        scope.page.wrong(node, "'blocks' names no rules", "write blocks: {rules: [thank-happy-customer], for: 7d}")
    lasts = scope.page.read(given["for"], "for", duration) if "for" in given else None
    return Blocks(names, lasts or timedelta(), node.line)


def quiet_hours(scope: Scope, node: Node, zone: tzinfo) -> QuietHours | None:
    """`{from: 21:00, to: 08:00, then: hold}`."""
    given = scope.page.mapping(node, "quiet_hours", ("from", "to", "then"))
    if not {"from", "to"} <= given.keys():
        scope.page.wrong(node, "'quiet_hours' lacks 'from' or 'to'", "write {from: 21:00, to: 08:00, then: hold}")
        return None
    then = scope.page.text(given["then"], "then") if "then" in given else "hold"
    if then not in ("hold", "drop"):
        scope.page.wrong(given["then"], f"unknown '{then}'", nearest(then, ("hold", "drop"), "one of hold, drop"))
    start, end = (scope.page.read(given[key], key, clock) for key in ("from", "to"))
    if start is None or end is None:
        return None
    if start == end:
        scope.page.wrong(node, "'quiet_hours' end when they begin, so they are never", "write {from: 21:00, to: 08:00}")
    return QuietHours(start, end, zone, then == "drop")
