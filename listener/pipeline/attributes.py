"""Attributes of customers as people type them: a slip of the keyboard is told, not counted as nothing."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from listener.pipeline.people import NotPossible
from listener.store import Store

MOST_NAMED = 12


def must_be_column(store: Store, name: str) -> None:
    """Raises NotPossible where no customer can have this attribute."""
    names = store.goodwill.columns()
    if name not in names:
        raise NotPossible(f"customers have no column {name!r}: {_cure(name, names)}")


def must_exist(store: Store, name: str, value: str) -> None:
    """Raises NotPossible where no customer has this value of this attribute."""
    must_be_column(store, name)
    values = store.goodwill.values_of(name)
    if value not in values:
        raise NotPossible(f"no customer has the {name} {value!r}: {_cure(value, values)}")


def _cure(written: str, known: Sequence[str]) -> str:
    near = get_close_matches(written, known, 1)
    return f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known[:MOST_NAMED]) or 'none'}"
