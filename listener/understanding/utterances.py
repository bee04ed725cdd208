"""A post as understanding is given it: its words, with all that its brand and everybody else is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, NamedTuple, Protocol

from listener.model.verdict import Utterance, Voice


@dataclass(frozen=True, slots=True)
class BrandWords:
    """What understanding is told of a brand: all its names, and those of everybody else."""

    aliases: tuple[str, ...]
    others: tuple[str, ...]
    products: tuple[str, ...] = ()


class Post(Protocol):
    """What is read of a mention: a stored row, or one on its way there."""

    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def voice(self) -> Voice: ...
    @property
    def rating(self) -> float | None: ...
    @property
    def language(self) -> str | None: ...


class Coming(NamedTuple):
    """A post that is not stored yet."""

    title: str
    text: str
    voice: Voice
    rating: float | None
    language: str | None


_read = itemgetter(*Coming._fields)


def coming(columns: Mapping[str, Any]) -> Coming:
    """The post in the columns that a mention will have."""
    return Coming(*_read(columns))


def utterance(post: Post, brand: str, brands: Mapping[str, BrandWords]) -> Utterance:
    """What a post says about a brand, to be judged."""
    words = brands.get(brand) or BrandWords((brand,), ())
    return Utterance(
        text=f"{post.title}\n{post.text}".strip() if post.title else post.text,
        brand=brand,
        aliases=words.aliases,
        others=words.others,
        voice=post.voice,
        stars=post.rating,
        language=post.language,
    )
