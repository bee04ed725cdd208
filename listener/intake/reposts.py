"""Which mention is a repost of which: found by the first or last words, confirmed by the fingerprint."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from listener.likeness import SIGN, is_near

if TYPE_CHECKING:
    # intake also works in processes that have no store
    from sqlalchemy import Row


def originals(rows: Iterable[Row[Any]], earlier: Iterable[Row[Any]]) -> dict[int, int]:
    """Mention → the first mention of the same brand that says the same, for those that are reposts.

    Both in the order of their ids; `earlier` are mentions before these that share a key with one of them.
    """
    by_key: dict[int, list[Row[Any]]] = {}
    for kept in earlier:
        _remember(kept, by_key)
    found: dict[int, int] = {}
    for row in rows:
        first = _alike(row, by_key)
        if first is not None:
            found[row.id] = first.duplicate_of or found.get(first.id, first.id)
        _remember(row, by_key)
    return found


def _remember(row: Row[Any], by_key: dict[int, list[Row[Any]]]) -> None:
    if row.copy_a is not None:
        by_key.setdefault(row.copy_a, []).append(row)
        by_key.setdefault(row.copy_b, []).append(row)


def _alike(row: Row[Any], by_key: dict[int, list[Row[Any]]]) -> Row[Any] | None:
    """The first mention with an end in common that is near-identical."""
    if row.copy_a is None:
        return None
    ends = (*by_key.get(row.copy_a, ()), *by_key.get(row.copy_b, ()))
    near = [kept for kept in ends if kept.brand == row.brand and is_near(kept.simhash + SIGN, row.simhash + SIGN)]
    return min(near, key=lambda kept: int(kept.id), default=None)
