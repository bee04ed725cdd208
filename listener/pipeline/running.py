"""The rule book at work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from rules.book import Book


@dataclass(frozen=True)
class Running:
    """The rule book at work, and since when each of its rules has been in its present mode."""

    book: Book
    since: Mapping[str, datetime]

    @cached_property
    def reads(self) -> frozenset[str]:
        """All fields that any of its rules tests."""
        return frozenset().union(*(rule.reads for rule in self.book.rules))
