"""Rules as values: what a file says once it has been read and found right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from typing import Literal

from rules.catalogue import Action
from rules.clauses import Clause
from rules.quantities import Cap, Money, QuietHours
from rules.terms import Facts, Mode, Option

Reach = Literal["per_person", "per_issue", "per_rule", "per_installation", "budget"]


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit of an action: what it is kept for, how much there is, and the line that says so."""

    reach: Reach
    cap: Cap
    line: int


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One entry of `then:`. `options` are plain: seconds, texts, tuples of names; `cost` is what budgets count."""

    action: Action
    options: Mapping[str, Option]
    line: int
    only_if: Clause | None = None
    cost: Money | None = None
    limits: tuple[Limit, ...] = ()

    @property
    def channel(self) -> str:
        """The channel it goes through, "" where it names none."""
        return str(self.options.get("channel", ""))


@dataclass(frozen=True, slots=True)
class Blocks:
    """Rules that do nothing for a person while this one has fired: for the same mention, and for `lasts` after it."""

    rules: tuple[str, ...]
    lasts: timedelta
    line: int


@dataclass(frozen=True, slots=True)
class Past:
    """Something before a test's mention: an earlier mention or, with `action`, something that was done."""

    facts: Facts
    ago: timedelta
    action: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """One entry of `tests:`. `expect` are the actions to be ordered, none of them for `nothing`.

    `because` is the field or stage that must have decided. `clock` is the time of day in the file's zone.
    """

    name: str
    given: Facts
    expect: tuple[str, ...]
    line: int
    because: str = ""
    history: tuple[Past, ...] = ()
    clock: timedelta = timedelta(hours=12)


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One rule, compiled. `reads` are the fields that its conditions read; `braked`: its file says live, it asks."""

    id: str
    about: str
    owner: str
    mode: Mode
    priority: int
    brand: str
    when: Clause
    steps: tuple[Step, ...]
    blocks: Blocks | None
    examples: tuple[Example, ...]
    quiet: QuietHours | None
    zone: tzinfo
    file: str
    line: int
    reads: frozenset[str]
    braked: bool = False
