"""What a learned model sees of a text: about thirty figures of the words and of the surface, each with a name.

Stock VADER's own figures are not among them: beside those of the packs they cost time, and 200 labels accuracy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from math import log1p

from listener.model.verdict import Evidence
from listener.understanding.engine import Reading
from listener.understanding.guard import MARKS
from listener.understanding.names import LINK
from listener.understanding.signs import NO_SIGNS, Signs

THANKS = re.compile(r"\b(?:thanks|thank|thx|ty|appreciate|kudos|props|cheers)\b")
NOT = re.compile(r"\b(?:not|no|never|nothing|nobody|none|without|cannot|cant|dont|wont)\b|n't\b")
ASKS = re.compile(r"^\W*(?:who|what|when|where|why|how|which|is|are|do|does|did|can|could|will|would|any|has|have)\b")
TROUBLE = re.compile(r"\b(?:why|still|again|hours?|hrs?|hold|waiting|told|says?|said|call(?:ed)?|phone|lost|because)\b")
MINE = re.compile(r"\b(?:i|my|me|we|our|us|i'm|i've|im)\b")
YOURS = re.compile(r"\b(?:you|your|you're|ur|u|guys)\b")
WORD = re.compile(r"[^\W\d_]+")
NAMES_OUT = str.maketrans(dict.fromkeys(MARKS, " "))
# sums of values are bounded, so that one long text does not rule the fit
MOST = 12.0


def features(text: str, reading: Reading, signs: Signs, stars: float | None) -> dict[str, float]:
    """The figures of a text with marked names: `reading` is that of the engine with its packs."""
    return {
        **of_reading(reading),
        **of_ending(reading),
        **of_surface(text),
        **of_signs(signs),
        "stars": (stars - 3) / 2 if stars is not None else 0.0,
    }


def of_reading(reading: Reading) -> dict[str, float]:
    values = [hit.value for hit in reading.hits]
    against = -sum(value for value in values if value < 0)
    return {
        "words.score": reading.score,
        "words.for": min(sum(values) + against, MOST) / 4,
        "words.against": min(against, MOST) / 4,
        "words.best": max(values, default=0.0) / 4,
        "words.worst": min(values, default=0.0) / 4,
    }


def of_ending(reading: Reading) -> dict[str, float]:
    return {
        "last word": reading.hits[-1].value / 4 if reading.hits else 0.0,
        "small words": small_words(reading.hits),
    }


def small_words(hits: Iterable[Evidence]) -> float:
    """The weight of the words that only a complaint channel counts."""
    return sum(hit.value for hit in hits if hit.origin == "complaint-channel") / 4


def of_surface(text: str) -> dict[str, float]:
    lower = text.translate(NAMES_OUT).lower()
    words = WORD.findall(lower)
    letters = [letter for letter in text if letter.isalpha()]
    return {
        "length": log1p(len(words)) / 4,
        "exclamations": min(text.count("!"), 4) / 4,
        "questions": min(text.count("?"), 3) / 3,
        "capitals": sum(map(str.isupper, letters)) / len(letters) if letters else 0.0,
        "digits": min(sum(map(str.isdigit, text)), 8) / 8,
        "link": float(LINK in text),
        "hashtags": min(text.count("#"), 3) / 3,
        **{name: min(len(sign.findall(lower)), 3) / 3 for name, sign in COUNTED.items()},
        "asks first": float(bool(ASKS.match(lower))),
    }


def of_signs(signs: Signs) -> dict[str, float]:
    wants = [said.group for said in signs.intents]
    return {
        "leaves": float(bool(signs.churn)),
        "requests": float("request" in wants),
        "asks": float("question" in wants),
        "news": float("news" in wants),
        "topics": min(len(signs.topics), 3) / 3,
        "drivers": min(len(signs.drivers), 3) / 3,
    }


COUNTED: Mapping[str, re.Pattern[str]] = {
    "thanks": THANKS,
    "negations": NOT,
    "trouble": TROUBLE,
    "about themselves": MINE,
    "about us": YOURS,
}

# a model that weighs anything else was fitted by another version
NAMES = frozenset(features("", Reading(0.0, 0.0), NO_SIGNS, None))
