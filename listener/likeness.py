"""Near-identical texts: a 64-bit fingerprint whose bits change little when the text changes little (SimHash).

Reposts differ by links, case, punctuation and "RT @name:", which are taken out first. Texts of fewer than
five words carry too little to be alike: their fingerprint is a hash of the whole, equal or far apart.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

NEAR = 8
FEWEST_WORDS = 5
# reposts add something before or after, or change a few words in one place: one end stays as it was
END_WORDS = 6
SIGN = 1 << 63

LANES = 64
LANE_BITS = 16
MOST_WORDS = 2**14
HIGH_BITS = int.from_bytes(b"\x00\x80" * LANES, "little")
ONE_EACH = int.from_bytes(b"\x01\x00" * LANES, "little")
IN_LANES = tuple(
    b"".join(b"\x00\x01" if digit == "1" else b"\x00\x00" for digit in f"{byte:08b}") for byte in range(256)
)
AS_DIGITS = bytes.maketrans(b"\x00\x80", b"01")

NOISE = re.compile(r"(?:https?:/|www\.|via @|^\W*rt @)\S+")
# letters of scripts without gaps count one by one, as words do elsewhere
ASCII_WORD = re.compile("[a-z0-9]+")
WORD = re.compile(
    r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]+"
)


def simhash(text: str) -> int:
    """The fingerprint, 64 bits without sign."""
    return simhash_of(normal_words(text), text)


def simhash_of(words: list[str], text: str) -> int:
    """The same, where the words were taken out of the text already."""
    if len(words) < FEWEST_WORDS:
        return whole(" ".join(words) or " ".join(text.split()))
    words = words[:MOST_WORDS]
    votes = sum(map(spread, words))
    # a lane holds the votes for its bit; adding this carries into its top bit when they are the majority
    majority = votes + ONE_EACH * (2 ** (LANE_BITS - 1) - 1 - len(words) // 2)
    return int((majority & HIGH_BITS).to_bytes(LANES * LANE_BITS // 8, "big")[::2].translate(AS_DIGITS), 2)


def distance(one: int, other: int) -> int:
    """In how many of the 64 bits two fingerprints differ."""
    return (one ^ other).bit_count()


def is_near(one: int, other: int) -> bool:
    """Whether two texts are near-identical: at most 8 bits apart."""
    return distance(one, other) <= NEAR


def normal_words(text: str) -> list[str]:
    text = text.casefold()
    if "@" in text or "://" in text or "www." in text:
        text = NOISE.sub(" ", text)
    return (ASCII_WORD if text.isascii() else WORD).findall(text)


@lru_cache(maxsize=10_000)
def spread(word: str) -> int:
    """The word's hash with each of its 64 bits in a lane of its own, so that adding numbers counts votes."""
    return int.from_bytes(b"".join([IN_LANES[byte] for byte in hashed(word)]), "big")


def whole(text: str) -> int:
    return int.from_bytes(hashed(text), "big")


def hashed(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()


class Fingerprint(NamedTuple):
    """`simhash` as a signed 64-bit number, as databases keep it; the keys are None for texts of a few words."""

    simhash: int
    copy_a: int | None
    copy_b: int | None


def fingerprint(text: str) -> Fingerprint:
    """What a mention is found again by. Texts of a few words are too common to be anybody's repost."""
    words = normal_words(text)
    signed = simhash_of(words, text)
    signed -= (signed & SIGN) << 1
    if len(words) < FEWEST_WORDS:
        return Fingerprint(signed, None, None)
    return Fingerprint(signed, end_key("a", words[:END_WORDS]), end_key("b", words[-END_WORDS:]))


def end_key(end: str, words: Sequence[str]) -> int:
    digest = blake2b(" ".join([end, *words]).encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(digest.digest(), "big", signed=True)
