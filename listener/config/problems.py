"""What is wrong with a configuration: file, line, column, what, and the cure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to put right. Lines and columns count from 1, columns in characters."""

    file: str
    line: int
    column: int
    what: str
    cure: str = ""

    def __str__(self) -> str:
        tail = f" — {self.cure}" if self.cure else ""
        return f"{self.file}:{self.line}:{self.column}: {self.what}{tail}"


class ConfigError(Exception):
    """The configuration cannot be used. `problems` holds all of them, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


def nearest(name: str, known: Iterable[str]) -> str:
    """The cure for a name nobody knows: `did you mean 'x'?`, or the names there are."""
    names = sorted(set(known))
    if close := closest(name, names):
        return f"did you mean {close!r}?"
    return f"there are {', '.join(names)}" if names else ""


def closest(name: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant, in any case."""
    # 0.6 is difflib's own cutoff: "evry" finds "every", "url" does not find "rules"
    by_lower = {each.lower(): each for each in known}
    close = difflib.get_close_matches(name.lower(), by_lower, 1, 0.6)
    return by_lower[close[0]] if close else None
