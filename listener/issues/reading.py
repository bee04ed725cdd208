"""How issues read posts, for whoever takes words back out of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from listener.issues.meaning import meaning
from listener.issues.meant import Meant
from listener.issues.order import place
from listener.issues.topic_learning import TopicModel
from listener.issues.words import terms
from listener.store.terms import Terms


def without(model: Mapping[str, Any], words: Collection[str]) -> Mapping[str, Any]:
    """A model of topics as it is kept, without these words."""
    return TopicModel.from_json(model).without(words).as_json()


def unmeant(kept: Sequence[Any], meanings: Iterable[bytes]) -> list[Any]:
    """What an issue meant as it is kept, without these."""
    return Meant.from_json(kept).plus(meanings, -1).as_json()


TERMS = Terms(terms, place, without, meaning, unmeant)
