"""Which mention is a repost of which: found by the first or last words, confirmed by the fingerprint."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

from sqlalchemy import Row

from listener.intake.copies import FEWEST_WORDS, is_near, normal_words, simhash

# reposts add something before or after, or change a few words in one place: one end stays as it was
END_WORDS = 6
SIGN = 1 << 63


class Fingerprint(NamedTuple):
    """`simhash` as a signed 64-bit number, as databases keep it; the keys are None for texts of a few words."""

    simhash: int
    copy_a: int | None
    copy_b: int | None


def fingerprint(text: str) -> Fingerprint:
    """What a mention is found again by. Texts of a few words are too common to be anybody's repost."""
    words = normal_words(text)
    signed = simhash(text)
    signed -= (signed & SIGN) << 1
    if len(words) < FEWEST_WORDS:
        return Fingerprint(signed, None, None)
    return Fingerprint(signed, _key("a", words[:END_WORDS]), _key("b", words[-END_WORDS:]))


def _key(end: str, words: Sequence[str]) -> int:
    digest = blake2b(" ".join([end, *words]).encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(digest.digest(), "big", signed=True)


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
