"""Specs from YAML files: every mistake at once, each with its line, column and cure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from connectors import json_api_spec as grammar
from connectors.json_api_check import Place, problems
from connectors.json_api_spec import Spec
from connectors.specs import shipped

# YAML 1.1 would read `no` as false, 22:00 as 1320 and 2026-11-20 as a date
_NUMBER = re.compile(r"[-+]?(\d+|\d+\.\d*([eE][-+]?\d+)?)")
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None, "~": None, "": None}
# the C parser is many times faster; wheels of some platforms lack it
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class SpecError(ValueError):
    """A spec that cannot be used: one line for each mistake, `file:line:column: what: cure`."""


@dataclass(frozen=True, slots=True)
class _Mistake:
    line: int
    column: int
    what: str


class _Reading:
    """One YAML document made plain, with the place of each value. Only true, false, null and numbers are special."""

    def __init__(self) -> None:
        self.marks: dict[Place, tuple[int, int]] = {}
        self.mistakes: list[_Mistake] = []
        self._met: set[int] = set()

    def plain(self, node: Any, place: Place = ()) -> Any:
        self.marks.setdefault(place, _position(node.start_mark))
        # an alias may also hold itself, and nest a billion laughs
        if id(node) in self._met:
            self._mistake(node, "anchors and aliases are not used here: write it out")
            return None
        self._met.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._table(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(part, (*place, number)) for number, part in enumerate(node.value)]
        return _scalar(node)

    def _table(self, node: Any, place: Place) -> dict[str, Any]:
        table: dict[str, Any] = {}
        for key, value in node.value:
            name = str(key.value)
            if name in table:
                self._mistake(key, f"`{name}` is written twice: keep one")
            self.marks[(*place, name)] = _position(key.start_mark)
            table[name] = self.plain(value, (*place, name))
        return table

    def _mistake(self, node: Any, what: str) -> None:
        self.mistakes.append(_Mistake(*_position(node.start_mark), what))

    def at(self, place: tuple[int | str, ...], what: str) -> _Mistake:
        """The mistake at the deepest known place on the way; pydantic's union tags are stepped over."""
        known: Place = ()
        for part in place:
            known = (*known, part) if (*known, part) in self.marks else known
        return _Mistake(*self.marks.get(known, (1, 1)), what)


def load_spec(where: Path) -> Spec:
    """The spec in this file, or the shipped one of this name. Raises SpecError with all its mistakes."""
    if where.suffix in (".yaml", ".yml"):
        return read_spec(_content(where), str(where))
    # the configuration makes paths absolute, and with them the names of shipped specs
    name = where.name
    if name not in shipped():
        near = get_close_matches(name, shipped(), 1)
        others = f"there are {', '.join(shipped())}, or write the path of a .yaml file"
        cure = f"did you mean {near[0]!r}?" if near else others
        raise SpecError(f"there is no spec {name!r}: {cure}")
    return read_spec(resources.files("connectors").joinpath("specs", f"{name}.yaml").read_text("utf-8"), f"{name}.yaml")


def _content(where: Path) -> str:
    try:
        return where.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError(f"{where}: cannot be read: {error}") from error


def read_spec(text: str, name: str) -> Spec:
    """The spec in this text; `name` is what its mistakes are told under. Raises SpecError."""
    reading = _Reading()
    try:
        node = yaml.compose(text, Loader=_LOADER)
        data = reading.plain(node) if node is not None else {}
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = _position(mark) if mark else (1, 1)
        raise SpecError(f"{name}:{line}:{column}: no YAML: {error.problem or error.context}") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise SpecError(f"{name}:1:1: no YAML: {' '.join(str(error).split())}") from error
    spec, mistakes = _validated(data, reading)
    if spec is None or mistakes:
        ordered = sorted(mistakes, key=lambda each: (each.line, each.column))
        raise SpecError("\n".join(f"{name}:{each.line}:{each.column}: {each.what}" for each in ordered))
    return spec


def _validated(data: Any, reading: _Reading) -> tuple[Spec | None, list[_Mistake]]:
    try:
        spec = Spec.model_validate(data)
    except ValidationError as error:
        told = [reading.at(each["loc"], what) for each in error.errors() for what in _explain(each)]
        return None, reading.mistakes + told
    return spec, reading.mistakes + [reading.at(place, what) for place, what in problems(spec)]


def _explain(error: Any) -> Iterator[str]:
    key = str(error["loc"][-1]) if error["loc"] else ""
    if error["type"] == "missing":
        yield f"`{key}` is missing: add it"
    elif error["type"] == "extra_forbidden":
        near = get_close_matches(key, _keys(), 1)
        yield f"unknown key `{key}`: " + (f"did you mean `{near[0]}`?" if near else "remove it")
    else:
        yield f"`{key}`: {error['msg'].removeprefix('Value error, ')}"


def _keys() -> list[str]:
    parts = [part for part in vars(grammar).values() if isinstance(part, type) and issubclass(part, grammar.Part)]
    return sorted({name for part in parts for name in part.model_fields})


def _position(mark: Any) -> tuple[int, int]:
    return mark.line + 1, mark.column + 1


def _scalar(node: Any) -> Any:
    text = str(node.value)
    # quoted or a block: text, whatever it looks like
    if node.style:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if not _NUMBER.fullmatch(text):
        return text
    return int(text) if text.lstrip("+-").isdigit() else float(text)
