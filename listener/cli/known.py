"""Names on the command line that must exist: what is misspelt would switch nothing off."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from listener.wiring import Parts

FEW = 12


def running_rules(parts: Parts) -> frozenset[str]:
    """The rules of the book that the daemon runs; empty before its first start."""
    from rules import book

    version = parts.store.house.get("book").get("version")
    kept = parts.store.house.book(version) if version else None
    return frozenset(rule.id for rule in book.restore(kept.version, kept.files).rules) if kept else frozenset()


def unknown(noun: str, name: str, known: Collection[str]) -> typer.BadParameter:
    """There is none of that name: the nearest one, else all of a few."""
    from rules.problems import nearest

    few = f"; there are {', '.join(sorted(known))}" if 0 < len(known) <= FEW else ""
    close = nearest(name, known)
    return typer.BadParameter(f"there is no {noun} {name!r}" + (f" — {close}" if close else few))
