"""A rule file's nodes, each knowing its place, and the page that collects what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from rules.problems import Misread, Problem, nearest

T = TypeVar("T")

# 0123, 1_000, 0x1f and 1e3 stay text: a version, a phone number, a name
NUMBER = re.compile(r"[-+]?((0|[1-9][0-9]{0,17})(\.[0-9]{1,17})?|\.[0-9]{1,17})\Z", re.ASCII)
EMPTY = frozenset({"", "~", "null"})


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a file: a text (`raw`), a list (`items`) or a mapping (`pairs`: key → its node and its value)."""

    line: int
    column: int
    raw: str = ""
    quoted: bool = False
    items: tuple[Node, ...] | None = None
    pairs: Mapping[str, tuple[Node, Node]] | None = None
    size: int = 1

    @property
    def scalar(self) -> bool:
        """A single text, number, true, false or nothing."""
        return self.items is None and self.pairs is None

    @property
    def empty(self) -> bool:
        """Nothing was written: `key:`, `key: null`, or all of it was a comment."""
        return self.scalar and not self.quoted and self.raw in EMPTY

    @property
    def number(self) -> int | float | None:
        """The number that was written, None where it is something else."""
        if self.quoted or not self.scalar or not NUMBER.match(self.raw):
            return None
        return float(self.raw) if "." in self.raw else int(self.raw)

    @property
    def flag(self) -> bool | None:
        """True or false where that was written; yes, no, on and off are words: `no` is also Norway and an answer."""
        return {"true": True, "false": False}.get(self.raw) if self.scalar and not self.quoted else None

    def entries(self) -> tuple[Node, ...]:
        """The entries of a list; a single value is a list of one."""
        return (self,) if self.items is None else self.items


@dataclass(slots=True)
class Page:
    """One file while it is read: its name and the problems found in it so far."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, at: Node, what: str, cure: str = "") -> None:
        """Note a problem at a node."""
        self.problems.append(Problem(self.file, at.line, at.column, what, cure))

    def misread(self, at: Node, trouble: Misread) -> None:
        """Note what a reader of quantities or patterns could not make sense of."""
        self.wrong(at, trouble.what, trouble.cure)

    def filled(self, node: Node, name: str) -> bool:
        """Whether something was written; notes the problem where nothing was."""
        if node.empty:
            self.wrong(node, f"'{name}' is empty", "a value that starts with # needs quotes; else leave the line out")
        return not node.empty

    def text(self, node: Node, name: str) -> str:
        """A single text, "" after noting that it is none."""
        if not node.scalar:
            self.wrong(node, f"'{name}' takes a single value", "write it on one line")
            return ""
        return node.raw if self.filled(node, name) else ""

    def read(self, node: Node, name: str, reader: Callable[[str], T]) -> T | None:
        """What `reader` makes of a single text; None after noting why it is nothing, as where it raises Misread."""
        text = self.text(node, name)
        try:
            return reader(text) if text or node.quoted else None
        except Misread as trouble:
            self.misread(node, trouble)
            return None

    def listed(self, node: Node, name: str) -> tuple[Node, ...]:
        """The entries of a list that must be one."""
        if node.items is None:
            if self.filled(node, name):
                self.wrong(node, f"'{name}' takes a list", "begin each entry with '- '")
            return ()
        return node.items

    def mapping(self, node: Node, name: str, known: Collection[str] | None = None) -> dict[str, Node]:
        """Key → value of a mapping; keys that are not `known` are noted with the nearest known one."""
        if node.pairs is None:
            if self.filled(node, name):
                self.wrong(node, f"'{name}' takes entries of the form `name: value`", "indent them under it")
            return {}
        if known is not None:
            for key, (at, _) in node.pairs.items():
                if key not in known:
                    self.wrong(
                        at, f"unknown key '{key}' in {name}", nearest(key, known, "it takes " + ", ".join(known))
                    )
        return {key: value for key, (_, value) in node.pairs.items() if known is None or key in known}

    def key(self, node: Node, name: str) -> Node:
        """Where a key of a mapping stands."""
        return node.pairs[name][0] if node.pairs and name in node.pairs else node
