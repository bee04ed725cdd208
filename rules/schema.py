"""The JSON Schema of a rule file, made from the catalogue: editors complete and check against it while one types."""

from __future__ import annotations

from typing import Any, TypeAlias, get_args

from rules.catalogue import ACTIONS, FIELDS, Action, Field, OptionSpec
from rules.entries import KEYS as RULE_KEYS
from rules.operators import OPERATORS
from rules.rule import Reach
from rules.terms import UNBOUND, Mode, World

Schema: TypeAlias = dict[str, Any]
SINGLE: Schema = {"type": ["string", "number", "boolean"]}
SEVERAL: Schema = {"anyOf": [SINGLE, {"type": "array", "items": SINGLE, "minItems": 1}]}


def schema(world: World = UNBOUND) -> Schema:
    """The schema of one file; with a `world`, values such as channels and brands are listed too."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A file of the rule book",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "version": {"const": 1},
            "brand": _named(world.brands, "Only mentions of this brand."),
            "timezone": _text("Quiet hours and calendar limits count in this zone, such as Europe/Berlin."),
            "quiet_hours": _entries({"from": _text(), "to": _text(), "then": {"enum": ["hold", "drop"]}}),
            "lists": {"type": "object", "additionalProperties": {"type": "array", "items": SINGLE}},
            "samples": {"type": "object", "additionalProperties": {"type": "object"}},
            "rules": {"type": "array", "items": _rule(world)},
        },
        "$defs": {"condition": _condition(world)},
    }


def _rule(world: World) -> Schema:
    found: Schema = {
        "id": _text("The rule's name, unique in the book."),
        "about": _text("What the rule is for, in a sentence."),
        "owner": _text("Who answers for the rule."),
        "mode": {"enum": list(get_args(Mode)), "default": "shadow"},
        "priority": {"type": "integer", "default": 0},
        "when": {"$ref": "#/$defs/condition"},
        "then": {"type": "array", "minItems": 1, "items": {"anyOf": [{"enum": list(ACTIONS)}, _steps(world)]}},
        "limits": _entries({name: _entries({reach: _text() for reach in get_args(Reach)}) for name in ACTIONS}),
        "blocks": _entries({"rules": SEVERAL, "for": _text("How long, such as 7d.")}),
        "tests": {"type": "array", "items": {"type": "object", "required": ["given", "expect"]}},
    }
    return {**_entries({key: found[key] for key in RULE_KEYS}), "required": ["id", "when", "then"]}


def _steps(world: World) -> Schema:
    return {**_entries({name: _action(action, world) for name, action in ACTIONS.items()}), "maxProperties": 1}


def _action(action: Action, world: World) -> Schema:
    options = {spec.name: _option(spec, world) for spec in action.options}
    required = [spec.name for spec in action.options if spec.required]
    full = {**_entries({**options, "only_if": {"$ref": "#/$defs/condition"}}), "required": required}
    short = [options[action.main]] if action.main else []
    return {"description": action.sentence, "anyOf": [full, *short]}


def _option(spec: OptionSpec, world: World) -> Schema:
    if spec.type == "names":
        return {"description": spec.sentence, **SEVERAL}
    if spec.type == "choice":
        return {"description": spec.sentence, "enum": list(spec.values)}
    templates = None if world.templates is None else frozenset(world.templates)
    return _named(templates if spec.type == "template" else world.choices(spec.type), spec.sentence)


def _condition(world: World) -> Schema:
    inner: Schema = {"$ref": "#/$defs/condition"}
    joins = {how: {"anyOf": [inner, {"type": "array", "items": inner}]} for how in ("any", "all", "none")}
    count = _entries({"same": _text(), "different": _text(), "within": _text(), "at_least": {"type": "integer"}})
    fields = {name: _field(known, world) for name, known in FIELDS.items()}
    columns = {f"customer.{name}": SEVERAL for name in world.columns or ()}
    families: Schema = {r"^attribute\.": {}} | ({r"^customer\.": {}} if world.columns is None else {})
    return {**_entries({**columns, **fields, **joins, "count": count}), "patternProperties": families}


def _field(known: Field, world: World) -> Schema:
    listed = known.values or (getattr(world, known.world) if known.world else None)
    value: Schema = {"enum": [*sorted(listed), "known", "unknown"]} if listed else SINGLE
    fitting: Schema = {word: {} for word, operator in OPERATORS.items() if known.type in operator.fits}
    unit = f" ({known.unit})" if known.unit else ""
    several: Schema = {"type": "array", "items": value}
    reference: Schema = {"type": "string", "pattern": r"^\$"}
    return {"description": known.sentence + unit, "anyOf": [value, reference, several, _entries(fitting)]}


def _entries(properties: Schema) -> Schema:
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _named(names: frozenset[str] | None, sentence: str) -> Schema:
    return {"description": sentence, "enum": sorted(names)} if names is not None else _text(sentence)


def _text(sentence: str = "") -> Schema:
    return {"type": ["string", "number"], **({"description": sentence} if sentence else {})}
