"""What is wrong with a rule book: said in plain words, with its place and its cure, all of it at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in one file; `line` and `column` count from 1. `cure` is what to write instead."""

    file: str
    line: int
    column: int
    what: str
    cure: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}: {self.what}"
        return f"{place} — {self.cure}" if self.cure else place


class BookError(Exception):
    """The rule book cannot be used. `problems` holds every mistake of every file, in order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


class Misread(Exception):
    """A piece of text that does not say what its place needs."""

    def __init__(self, what: str, cure: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.cure = cure


def nearest(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """The question `did you mean 'x'?` for a misspelt name, or `otherwise` where nothing is near."""
    close = difflib.get_close_matches(name.casefold(), sorted(known), n=1, cutoff=0.6)
    return f"did you mean '{close[0]}'?" if close else otherwise


def one_of(known: Iterable[str]) -> str:
    """`one of a, b, c`, shortened after a dozen."""
    names = sorted(known)
    return "one of " + ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
