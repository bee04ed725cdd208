"""Which mention is a repost of which: found by the first or last words, confirmed by the fingerprint."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from listener.likeness import SIGN, is_near

if TYPE_CHECKING:
    # intake also works in processes that have no store
    from sqlalchemy import Row


def originals(
    rows: Iterable[Row[Any]], earlier: Iterable[Row[Any]], counts_in: Callable[[Row[Any]], str | None]
) -> dict[int, int]:
    """Mention → the first mention of the same brand that says the same, for those that are reposts.

    Both in the order of their ids; `earlier` are mentions before these that share a key with one of them. A complaint
    repeats one that counts in the same ground (`counts_in`, None for what is no complaint: one word may turn a text),
    or us. What we say ourselves repeats nobody.
    """
    by_key: dict[int, list[Row[Any]]] = {}
    first_of: dict[int, int] = {}
    for kept in earlier:
        _remember(kept, by_key)
        first_of[kept.id] = (not kept.own and kept.duplicate_of) or kept.id
    found: dict[int, int] = {}
    for row in rows:
        first = None if row.own else _alike(row, by_key, counts_in)
        if first is not None:
            found[row.id] = first_of[first.id]
        # what one of these was a copy of when it was read is being decided anew
        first_of[row.id] = found.get(row.id, row.id)
        _remember(row, by_key)
    return found


def _remember(row: Row[Any], by_key: dict[int, list[Row[Any]]]) -> None:
    if row.copy_a is not None:
        by_key.setdefault(row.copy_a, []).append(row)
        by_key.setdefault(row.copy_b, []).append(row)


def _alike(
    row: Row[Any], by_key: dict[int, list[Row[Any]]], counts_in: Callable[[Row[Any]], str | None]
) -> Row[Any] | None:
    """The first mention with an end in common that is near-identical."""
    if row.copy_a is None:
        return None
    ends = (*by_key.get(row.copy_a, ()), *by_key.get(row.copy_b, ()))
    near = [kept for kept in ends if kept.brand == row.brand and is_near(kept.simhash + SIGN, row.simhash + SIGN)]
    same = [kept for kept in near if kept.own or counts_in(kept) == counts_in(row)]
    return min(same, key=lambda kept: int(kept.id), default=None)
