"""The order of posts, which no order of arrival changes, and the names of what they found."""

from __future__ import annotations

import re
from base64 import b32encode
from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b
from itertools import pairwise

# seconds above, 31 bits of the address below: posts of one second have an order too, the same everywhere
LOW_BITS = 31
NO_TOPIC = "other"
NEWEST_KEPT = 6


def place(posted_at: datetime, post: str) -> int:
    """A post's place among all posts, as a number of 63 bits that grows with time."""
    low = int.from_bytes(blake2b(post.encode("utf-8", "surrogatepass"), digest_size=4).digest(), "big")
    return (int(posted_at.timestamp()) << LOW_BITS) | (low >> 1)


def seconds_of(place: int) -> float:
    """The second in which that post was posted, of UTC since 1970."""
    return float(place >> LOW_BITS)


def thinned(places: Iterable[int]) -> list[int]:
    """Which copies of a ground's words to keep: the newest six, the oldest, and of those between one for each doubling
    of the time since, so that a late post is never much more than twice as much to go over as there was after it.
    """
    newest = sorted(places, reverse=True)
    kept, rest = newest[:NEWEST_KEPT], newest[NEWEST_KEPT:]
    for one, older in pairwise([*rest, None]):
        if one is not None and (older is None or newest[0] - older > 2 * (newest[0] - kept[-1])):
            kept.append(one)
    return kept


def name_of(topic: str, number: int, brand: str) -> str:
    """What people call the issue that this post founded: its topic and seven letters or digits."""
    word = re.sub(r"\W+", "-", topic.casefold()).strip("-") or NO_TOPIC
    return f"{word}-" + _letters(f"{brand}\n{number}")


def next_name(name: str) -> str:
    """Another one, for an issue whose name is taken."""
    return f"{name.rpartition('-')[0]}-{_letters(name)}"


def _letters(about: str) -> str:
    digest = blake2b(about.encode("utf-8", "surrogatepass"), digest_size=5).digest()
    return b32encode(digest).decode().lower()[:7]
