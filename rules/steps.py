"""`then:` and `limits:` of a rule → steps with typed options and limits."""

from __future__ import annotations

from types import MappingProxyType
from typing import get_args

from rules.catalogue import ACTIONS, Action, OptionSpec
from rules.clauses import Clause
from rules.conditions import condition
from rules.nodes import Node
from rules.operators import Scope
from rules.problems import Misread, nearest, one_of
from rules.quantities import Money, budget, duration, limit, money
from rules.rule import Limit, Reach, Step
from rules.terms import Option, World
from rules.words import pattern

# what a card would say to ask for a review or a recommendation, in the languages that templates ship in
ASKING = pattern(
    r"\breview|\brate us|(4|5|five) stars|\brecommend|\brefer\b|\bshare\b|tell your friends"
    r"|bewert|empfehl|teilen"
)
REACHES: tuple[Reach, ...] = get_args(Reach)


def steps(scope: Scope, then: Node, limits: Node | None) -> tuple[Step, ...]:
    """The steps of a rule, each with the limits of its action."""
    given = _limits(scope, limits) if limits else {}
    found = [step for entry in scope.page.listed(then, "then") for step in _entry(scope, entry, given)]
    if then.items == ():
        scope.page.wrong(then, "'then' orders nothing", "write at least one action, such as - alert: {channel: care}")
    _ordered_twice(scope, found)
    _not_ordered(scope, limits, {step.action.name for step in found})
    return tuple(found)


def _ordered_twice(scope: Scope, found: list[Step]) -> None:
    seen = set()
    for step in found:
        if (step.action.name, step.channel) in seen:
            at = Node(step.line, 1)
            scope.page.wrong(
                at, f"'{step.action.name}' is ordered twice", "an action is done once for a mention; join them"
            )
        seen.add((step.action.name, step.channel))


def _not_ordered(scope: Scope, limits: Node | None, ordered: set[str]) -> None:
    for name, (at, _) in ((limits and limits.pairs) or {}).items():
        if name not in ordered and name in ACTIONS:
            hint = nearest(name, ordered, _ordering(ordered))
            scope.page.wrong(at, f"a limit for '{name}', which this rule does not order", hint)


def _ordering(ordered: set[str]) -> str:
    return f"it orders {', '.join(sorted(ordered))}" if ordered else ""


def _entry(scope: Scope, entry: Node, limits: dict[str, tuple[Limit, ...]]) -> list[Step]:
    if entry.scalar and scope.page.filled(entry, "then"):
        return [s for s in [_step(scope, entry.raw, entry, None, limits)] if s]
    found = []
    for name, (at, value) in (entry.pairs or {}).items():
        step = _step(scope, name, at, value, limits)
        found.extend([step] if step else [])
    if entry.items is not None or entry.pairs == {}:
        scope.page.wrong(entry, "an entry of 'then' is no action", "write - alert: {channel: care}")
    return found


def _step(scope: Scope, name: str, at: Node, value: Node | None, limits: dict[str, tuple[Limit, ...]]) -> Step | None:
    action = ACTIONS.get(name)
    if action is None:
        scope.page.wrong(at, f"unknown action '{name}'", nearest(name, ACTIONS, one_of(ACTIONS)))
        return None
    given = _given(scope, action, at, value)
    only_if: Clause | None = None
    if "only_if" in given:
        only_if = condition(scope, given.pop("only_if"), "only_if")
    options = _options(scope, action, at, given)
    _check_card(scope, action, at, options)
    if "collect" in options and "digest" in options:
        scope.page.wrong(at, "a digest collects by itself", "write collect or digest, not both")
    cost = _cost(options)
    _check_budget(scope, at, cost, limits.get(name, ()))
    return Step(action, MappingProxyType(options), at.line, only_if, cost, limits.get(name, ()))


def _given(scope: Scope, action: Action, at: Node, value: Node | None) -> dict[str, Node]:
    """The options written for an action; a single value or list stands for its main option."""
    if value is None:
        return {}
    if value.pairs is not None:
        return scope.page.mapping(value, action.name, (*action.specs, "only_if"))
    if not action.main:
        scope.page.wrong(value, f"'{action.name}' takes no options", f"write {action.name}: {{}}")
        return {}
    return {action.main: value}


def _options(scope: Scope, action: Action, at: Node, given: dict[str, Node]) -> dict[str, Option]:
    options: dict[str, Option] = {}
    for spec in action.options:
        node = given.get(spec.name)
        if node is not None:
            _read_into(options, scope, spec, node)
        elif spec.required:
            scope.page.wrong(at, f"'{action.name}' lacks '{spec.name}'", spec.sentence)
        elif spec.default:
            options[spec.name] = duration(spec.default).total_seconds() if spec.type == "duration" else spec.default
    return options


def _read_into(options: dict[str, Option], scope: Scope, spec: OptionSpec, node: Node) -> None:
    if spec.type == "names":
        names = [(entry, entry.raw) for entry in scope.values(node, spec.name)]
        options[spec.name] = tuple(name for _, name in names)
        known = spec.values or (_topics(scope) if spec.name == "topics" else ())
        for entry, name in names:
            if known and name not in known:
                scope.page.wrong(entry, f"unknown {spec.name} '{name}'", nearest(name, known, one_of(known)))
        return
    read = scope.page.read(node, spec.name, lambda text: _option(scope, spec, text))
    if read is not None:
        options[spec.name] = read


def _topics(scope: Scope) -> tuple[str, ...]:
    """What something useful can be about: the topics of mentions, and those that only the catalogue has."""
    topics = scope.world.topics
    return tuple(sorted(topics | scope.world.offered)) if topics is not None else ()


def _option(scope: Scope, spec: OptionSpec, text: str) -> Option:
    if not text:
        raise Misread(f"'{spec.name}' is empty", "write something between the quotes, or leave it out")
    if spec.type == "duration":
        return duration(text).total_seconds()
    if spec.type == "money":
        return _payable(scope, text)
    if spec.type == "choice" and text not in spec.values:
        raise Misread(f"unknown {spec.name} '{text}'", nearest(text, spec.values, one_of(spec.values)))
    world = scope.world
    known = world.choices(spec.type)
    if known is not None and text not in known:
        raise _unknown(spec, text, known, world)
    if spec.type == "gift" and text in world.dear:
        raise Misread(f"'{text}' {world.dear[text]}", "name a smaller present, or raise the cap")
    if spec.type == "template":
        _check_template(scope, text)
    return text


def _unknown(spec: OptionSpec, text: str, known: frozenset[str], world: World) -> Misread:
    if spec.type == "webhook" and text in (world.channels or ()):
        return Misread(f"the channel '{text}' is not of kind webhook", one_of(known) if known else "use alert")
    return Misread(f"unknown {spec.name} '{text}'", nearest(text, known, one_of(known)))


def _payable(scope: Scope, text: str) -> str:
    """What a present costs, within what one may cost here."""
    cost, cap = money(text), scope.world.gift_cap
    most = money(cap) if cap else None
    if most and (cost.currency != most.currency or cost.cents > most.cents):
        raise Misread(f"{cost} is more than [actions] gift_cap = {most}", "name a smaller present, or raise the cap")
    return str(cost)


def _check_template(scope: Scope, name: str) -> None:
    templates, filled = scope.world.templates, scope.world.placeholders
    if templates is None:
        return
    if name not in templates:
        raise Misread(f"unknown template '{name}'", nearest(name, templates, f"write templates/{name}.txt"))
    for placeholder in sorted(templates[name]):
        # what a source tells of a post is known only when the post is there
        if filled is not None and placeholder not in filled and not placeholder.startswith("attribute."):
            raise Misread(
                f"template '{name}': nothing fills '{placeholder}'", nearest(placeholder, filled, one_of(filled))
            )


def _check_card(scope: Scope, action: Action, at: Node, options: dict[str, Option]) -> None:
    """The incentive law: the text of a gift may not ask for a review, a recommendation or a share."""
    text = (scope.world.texts or {}).get(str(options.get("template", "")), "")
    if action.purpose == "gift" and text and ASKING(text):
        cure = "16 CFR 465.4: a gift comes with no wish attached; thank, and leave reviews and sharing out"
        scope.page.wrong(at, f"the text of this gift, '{options['template']}', asks for something", cure)


def _cost(options: dict[str, Option]) -> Money | None:
    return money(str(options["cost"])) if "cost" in options else None


def _check_budget(scope: Scope, at: Node, cost: Money | None, limits: tuple[Limit, ...]) -> None:
    for one in limits:
        if one.reach == "budget" and cost is None:
            scope.page.wrong(at, "a budget, but no cost that counts against it", "write cost: 18 EUR")
        elif one.reach == "budget" and cost and cost.currency != one.cap.currency:
            scope.page.wrong(
                at, f"the cost is in {cost.currency}, the budget in {one.cap.currency}", "use one currency"
            )


def _limits(scope: Scope, node: Node) -> dict[str, tuple[Limit, ...]]:
    found: dict[str, tuple[Limit, ...]] = {}
    for name, entry in scope.page.mapping(node, "limits").items():
        if name not in ACTIONS:
            scope.page.wrong(scope.page.key(node, name), f"unknown action '{name}'", nearest(name, ACTIONS))
            continue
        given = scope.page.mapping(entry, f"limits of {name}", REACHES)
        read = [_limit(scope, reach, given[reach]) for reach in REACHES if reach in given]
        found[name] = tuple(one for one in read if one)
    return found


def _limit(scope: Scope, reach: Reach, node: Node) -> Limit | None:
    cap = scope.page.read(node, reach, budget if reach == "budget" else limit)
    return Limit(reach, cap, node.line) if cap else None
