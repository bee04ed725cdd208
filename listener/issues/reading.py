"""How issues read posts, for whoever takes words back out of them."""

from __future__ import annotations

from listener.issues.order import place
from listener.issues.words import terms
from listener.store.unlearning import Terms

TERMS = Terms(terms, place)
