"""The expressions of a spec: JMESPath, with the functions that mapping the JSON of real sites needs."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import nh3
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions, signature
from jmespath.parser import Parser

from connectors.dates import read_time
from connectors.stars import stars

# characters that a page may make nh3 chew on
LONGEST = 100_000

Param = str | int | float | bool
# no types: jmespath would raise on null, which real data is full of
_ANY: Any = {"types": []}
# at least one
_MORE: Any = {"types": [], "variadic": True}


class ExpressionError(ValueError):
    """An expression that cannot work; the message says what is wrong in it."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A JMESPath expression as it was written, and as it was understood, once."""

    source: str
    tree: Any


class Words(Functions):
    """What a spec may call beyond standard JMESPath. None of them fails on odd data: they answer null."""

    def __init__(self, params: Mapping[str, Param]) -> None:
        super().__init__()
        self.params = params

    @signature(_ANY)
    def _func_listify(self, value: Any) -> list[Any]:
        """`listify(x)`: a list as it is, null as the empty list, anything else as the only one."""
        if isinstance(value, list):
            return value
        return [] if value is None else [value]

    @signature(_ANY, _MORE)
    def _func_scale(self, value: Any, best: Any, worst: Any = None, *_: Any) -> float | None:
        """`scale(x, best)` or `scale(x, best, worst)`: a rating on that scale as 0 to 5 stars."""
        return stars(value, best, worst)

    @signature(_ANY, {"types": ["object"]})
    def _func_lookup(self, key: Any, table: dict[str, Any]) -> Any:
        """``lookup(x, `{"ONE": 1}`)``: what the table has under this key, else null."""
        return table.get(str(key))

    @signature(_ANY)
    def _func_to_time(self, value: Any) -> datetime | None:
        """`to_time(x)`: a date, a moment or a count of (milli)seconds as a time."""
        return read_time(value)

    @signature(_ANY)
    def _func_strip_html(self, value: Any) -> str | None:
        """`strip_html(x)`: the text without tags, entities spelled out."""
        if not isinstance(value, str):
            return None
        text = value[:LONGEST]
        # nh3 costs 7 µs a text, and most have no tag
        return html.unescape(nh3.clean(text, tags=set()) if "<" in text else text)

    @signature(_ANY, {"types": ["string"]})
    def _func_split(self, value: Any, between: str) -> list[str]:
        r"""`split(x, ', ')[0]`: the parts of a text; ``split(x, `"\t"`)`` at tabs."""
        return value.split(between) if isinstance(value, str) and between else []

    @signature(_ANY, _MORE)
    def _func_compose(self, pattern: Any, *values: Any) -> str | None:
        """`compose('https://site.example/{}/{}', a, b)`: the text with its gaps filled, null when a value is."""
        gaps = str(pattern).split("{}")
        # half an address is worse than none
        if None in values or len(gaps) != len(values) + 1:
            return None
        return gaps[0] + "".join(f"{value}{gap}" for value, gap in zip(values, gaps[1:], strict=True))

    @signature({"types": ["string"]})
    def _func_param(self, name: str) -> Param | None:
        """`param('app_id')`: what the operator wrote under `params`."""
        return self.params.get(name)


def parse(source: str) -> Expression:
    """The expression, with the functions it calls checked. Raises ExpressionError with the place and the cure."""
    try:
        # jmespath itself tells unknown functions and wrong counts only when it meets data
        tree = Parser().parse(source).parsed
    except JMESPathError as error:
        raise ExpressionError(f"no JMESPath: {' '.join(str(error).split())}") from error
    _check_calls(tree)
    return Expression(source, tree)


def _check_calls(tree: Any) -> None:
    if tree["type"] == "function_expression":
        known = Words.FUNCTION_TABLE.get(tree["value"])
        if known is None:
            there_are = ", ".join(sorted(Words.FUNCTION_TABLE))
            raise ExpressionError(f"there is no function {tree['value']}(): there are {there_are}")
        _check_arity(tree["value"], known["signature"], len(tree["children"]))
    for child in tree["children"]:
        # those of a slice are numbers
        if isinstance(child, dict):
            _check_calls(child)


def _check_arity(name: str, wanted: Any, given: int) -> None:
    open_ended = bool(wanted) and bool(wanted[-1].get("variadic"))
    if given < len(wanted) or (given > len(wanted) and not open_ended):
        raise ExpressionError(f"{name}() takes {len(wanted)} values{' or more' * open_ended}, this gives it {given}")
