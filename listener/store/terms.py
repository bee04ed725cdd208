"""How issues read words, as far as the store has to know."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Terms:
    """How grouping reads: the words of a text at their stems, and the place of a post in the order of posts.

    `without` takes words out of a topic model as it is kept. `meaning` tells what a text in a language means
    that is about a brand, and `unmeant` takes meanings out of what an issue meant, as it is kept.
    """

    of: Callable[[str], tuple[str, ...]]
    place: Callable[[datetime, str], int]
    without: Callable[[Mapping[str, Any], Collection[str]], Mapping[str, Any]]
    meaning: Callable[[str, str | None, str], bytes]
    unmeant: Callable[[Sequence[Any], Iterable[bytes]], list[Any]]
