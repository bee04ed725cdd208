"""How issues read posts, for whoever takes words back out of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from listener.issues.order import place
from listener.issues.topic_learning import TopicModel
from listener.issues.words import terms
from listener.store.terms import Terms


def without(model: Mapping[str, Any], words: Collection[str]) -> Mapping[str, Any]:
    """A model of topics as it is kept, without these words."""
    return TopicModel.from_json(model).without(words).as_json()


TERMS = Terms(terms, place, without)
