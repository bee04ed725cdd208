"""What pydantic found wrong, in an operator's words, by the path of the key."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from listener.config.places import Path
from listener.config.problems import nearest

# pydantic's codes of error; what is not here is said in pydantic's own words
MUST = {
    "string_type": "must be text in quotes",
    "path_type": "must be text in quotes",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "tuple_type": 'must be a list: ["…"]',
    "list_type": 'must be a list: ["…"]',
    "dict_type": 'must be a table: {name = "…"}',
    "mapping_type": 'must be a table: {name = "…"}',
    "model_type": "must be a section: [name], in one pair of brackets",
    "model_attributes_type": "must be a section: [name], in one pair of brackets",
}

# an address with a login in it is never repeated
PASSWORD = re.compile(r"//[^/]*@")


@dataclass(frozen=True, slots=True)
class Mistake:
    """A problem whose place is not looked up yet. `may_follow`: it may only follow from another mistake."""

    path: Path
    what: str
    cure: str = ""
    may_follow: bool = False

    def under(self, *path: str | int) -> Mistake:
        """The same mistake seen from a section further out."""
        return Mistake((*path, *self.path), self.what, self.cure, self.may_follow)


def explain(
    error: ValidationError, model: type[BaseModel], given: Any, hidden: Collection[str] = ()
) -> Iterator[Mistake]:
    """Each thing that `model` refused in `given`. The values of `hidden` keys are never shown."""
    for details in error.errors(include_url=False, include_input=False):
        loc = details["loc"]
        if details["type"] == "extra_forbidden":
            yield unknown(loc, _value(given, loc)[1], keys(model, loc[:-1]))
        elif details["type"] == "missing":
            yield Mistake(loc, f"the key {loc[-1]!r} is missing", f"add {loc[-1]} = …", may_follow=True)
        else:
            yield from _refused(details, given, hidden)


def unknown(path: Path, value: Any, known: Collection[str]) -> Mistake:
    """A key that nobody knows, with the nearest one that is known."""
    noun = "section" if len(path) == 1 and isinstance(value, dict | list) else "key"
    return Mistake(path, f"unknown {noun} {path[-1]!r}", nearest(str(path[-1]), known))


def _refused(details: ErrorDetails, given: Any, hidden: Collection[str]) -> Iterator[Mistake]:
    path, value = _value(given, details["loc"])
    shown = bool(path) and path[0] not in hidden
    # a kind may have found several things at once, a line each
    for text in _text(details, value).splitlines():
        sentence, _, cure = text.partition(" — ")
        yield Mistake(path, _subject(path, value, sentence, shown), cure)


def keys(model: type[BaseModel], path: Path = ()) -> set[str]:
    """The keys that the section at this path knows; none where the path leaves the models."""
    for part in path:
        fields = {field.alias or name: field for name, field in model.model_fields.items()}
        inner = _model_in(fields[part].annotation) if part in fields else None
        if inner is None and isinstance(part, str):
            return set()
        model = inner or model
    return {field.alias or name for name, field in model.model_fields.items()}


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


def _value(given: Any, loc: Path) -> tuple[Path, Any]:
    """As much of the path as the operator wrote, and what stands there; pydantic adds parts of its own."""
    for length, part in enumerate(loc):
        inside = part in given if isinstance(given, Mapping) else isinstance(given, list) and isinstance(part, int)
        if not inside:
            return loc[:length], given
        given = given[part]
    return loc, given


def _text(details: ErrorDetails, value: Any) -> str:
    """What is wrong and, behind a dash, the cure."""
    kind, context = details["type"], details.get("ctx", {})
    if kind == "literal_error":
        expected = str(context["expected"])
        return f"must be {expected} — " + nearest(str(value), re.findall(r"'([^']*)'", expected))
    if kind in MUST:
        return MUST[kind]
    if kind == "value_error":
        return str(context["error"])
    return re.sub(r"^\w+ should ", "must ", details["msg"])


def _subject(path: Path, value: Any, sentence: str, shown: bool) -> str:
    name = next((part for part in reversed(path) if isinstance(part, str)), "")
    if shown and isinstance(value, str | int | float) and not PASSWORD.search(str(value)):
        written = str(value).lower() if isinstance(value, bool) else repr(value)
        name += f" = {written}" if len(written) <= 80 else f" = {written[:80]}…"
    link = " " if sentence.startswith(("is ", "must ", "holds ")) else ": "
    return f"{name}{link}{sentence}" if name else sentence
