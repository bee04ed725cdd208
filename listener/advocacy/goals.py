"""How many references of which kind the house wants: `advocacy.yaml`, read with every problem at its line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from listener.advocacy.programme import FORMS
from rules.reading import in_plain_words

MOST = 1_000


@dataclass(frozen=True, slots=True)
class Goal:
    """So many references (`want`) with these attributes, who agreed to this form (None: any)."""

    want: int
    attributes: Mapping[str, str]
    form: str | None = None

    def __str__(self) -> str:
        said = [f"{name} {value}" for name, value in self.attributes.items()]
        return ", ".join([*said, *([self.form] if self.form else [])]) or "any reference"


class BadGoals(Exception):
    """The file cannot be read as goals; the text names file, line and cure, one problem a line."""


def load(file: Path) -> tuple[Goal, ...]:
    """The goals of a file, none where there is no file. Raises BadGoals with all problems at once."""
    if not file.is_file():
        return ()
    try:
        text = file.read_text("utf-8")
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        raise BadGoals(str(in_plain_words(error, text, str(file)))) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadGoals(f"{file}: cannot be read: {error}") from None
    problems: list[str] = []
    goals = [_goal(each, file, problems) for each in _entries(node, file, problems)]
    if problems:
        raise BadGoals("\n".join(problems))
    return tuple(goal for goal in goals if goal)


def _entries(node: Any, file: Path, problems: list[str]) -> list[Any]:
    if node is None:
        return []
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    found = [value for key, value in pairs if key.value == "goals"]
    if len(found) != 1 or not isinstance(found[0], yaml.SequenceNode):
        problems.append(f"{file}:1:1: write a list of goals: `goals: [{{segment: enterprise, form: call, want: 3}}]`")
        return []
    return list(found[0].value)


def _goal(node: Any, file: Path, problems: list[str]) -> Goal | None:
    line = node.start_mark.line + 1
    if not isinstance(node, yaml.MappingNode) or not all(isinstance(v, yaml.ScalarNode) for _, v in node.value):
        problems.append(f"{file}:{line}: a goal is a mapping such as {{segment: enterprise, form: call, want: 3}}")
        return None
    said = {str(key.value): str(value.value) for key, value in node.value}
    if len(said) < len(node.value):
        problems.append(f"{file}:{line}: the same word stands twice in this goal: keep one of them")
    want, form = said.pop("want", ""), said.pop("form", None)
    if not (want.isascii() and want.isdigit() and 0 < int(want[:9]) <= MOST):
        problems.append(f"{file}:{line}: want is {want or 'missing'}: write how many references you want, 1 to {MOST}")
        return None
    if form is not None and form not in FORMS:
        problems.append(f"{file}:{line}: unknown form {form!r}: write one of {', '.join(FORMS)}")
    return Goal(int(want), said, form)
