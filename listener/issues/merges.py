"""What ops said of issues: which are one, which stay apart, which take nothing more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any


class CannotMerge(Exception):
    """The two were split by ops, or are one already; the text says which."""


@dataclass(frozen=True)
class Orders:
    """What ops said: issue → the one it was merged into, pairs that stay apart, issues that take nothing more."""

    aliases: Mapping[int, int] = field(default_factory=dict)
    apart: frozenset[tuple[int, int]] = frozenset()
    locked: frozenset[int] = frozenset()

    def root(self, issue: int) -> int:
        """The issue that counts, after all merges."""
        while (into := self.aliases.get(issue)) is not None:
            issue = into
        return issue

    def merged(self, issue: int, into: int) -> Orders:
        """With `issue` as an alias. Raises CannotMerge."""
        mine, other = self.root(issue), self.root(into)
        if mine == other:
            raise CannotMerge(f"issue {issue} and issue {into} are one already")
        for one, two in self.apart:
            if {self.root(one), self.root(two)} == {mine, other}:
                raise CannotMerge(f"issue {one} and issue {two} were split by ops and stay apart")
        return replace(self, aliases={**self.aliases, mine: other})

    def unmerged(self, issue: int) -> Orders:
        """Without the alias; what was merged into `issue` itself stays there."""
        return replace(self, aliases={one: into for one, into in self.aliases.items() if one != issue})

    def split(self, one: int, other: int) -> Orders:
        """With a link that is never undone by likeness: no merge of the two is suggested or possible."""
        return replace(self, apart=self.apart | {(min(one, other), max(one, other))})

    def may_meet(self, one: int, other: int) -> bool:
        """Whether a merge of the two may be suggested."""
        roots = {self.root(one), self.root(other)}
        return len(roots) == 2 and all({self.root(a), self.root(b)} != roots for a, b in self.apart)

    def as_json(self) -> dict[str, Any]:
        return {
            "aliases": sorted(self.aliases.items()),
            "apart": sorted(self.apart),
            "locked": sorted(self.locked),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Orders:
        apart = frozenset((one, other) for one, other in kept["apart"])
        return cls(dict(kept["aliases"]), apart, frozenset(kept["locked"]))
