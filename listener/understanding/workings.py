"""How a verdict is reached, step by step, for `explain`: made when asked for, never on the road."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from listener.model.verdict import Evidence, Utterance
from listener.understanding.judging import SCOPED_VOICES, Understanding
from listener.understanding.labels import LEAST_SURE, NEGATIVE_FROM, POSITIVE_FROM
from listener.understanding.learned import SURE_FROM, TRUST, Share
from listener.understanding.names import LINK, OURS, SOMEBODY, THEIRS
from listener.understanding.scope import scoped
from listener.understanding.spelling import unglued

SHOWN_FEATURES = 8
LEARNED = "+learned/"  # in the name of an engine: the learned model had its say
LEAST_SHOWN = 0.005  # less is 0.00 to a reader
READABLE = str.maketrans({OURS: "[brand]", THEIRS: "[other]", SOMEBODY: "[person]", LINK: "[link]"})
THRESHOLDS: Mapping[str, float] = {
    "positive from": POSITIVE_FROM,
    "negative from": NEGATIVE_FROM,
    "unsure below": LEAST_SURE,
    "unsure below, learned": SURE_FROM,
    "the words' call is likelier, learned": TRUST,
}


@dataclass(frozen=True, slots=True)
class Workings:
    """The verdict as the words, packs and models of today give it; the stored one may be older.

    `words` are as the engine weighed them, each with its origin: vader, a pack, own words. `counted` is the part of
    the text that counted (scope weight 1, the rest 0), None where all of it did. `chances` and `features` are those
    of the learned model, empty without one. `plain` is stock VADER's compound of the capped raw text.
    """

    engine: str
    label: str
    plain: float
    voice: str
    read: str
    counted: str | None
    words: tuple[Evidence, ...]
    packs: Mapping[str, str]
    thresholds: Mapping[str, float]
    stars: float | None
    chances: Mapping[str, float]
    features: tuple[Share, ...]


def workings(understanding: Understanding, said: Utterance) -> Workings:
    """All steps for one text."""
    verdict = understanding.judge(said)
    text = unglued(understanding.prepared(said).text)
    counted = scoped(text) if said.voice in SCOPED_VOICES else text
    chances, features = learned_of(understanding, said)
    return Workings(
        engine=verdict.engine,
        label=verdict.label,
        plain=understanding.plain(said.text),
        voice=said.voice,
        read=text.translate(READABLE),
        counted=None if counted == text else counted.translate(READABLE),
        words=understanding.engine_for(said.voice).read(counted).hits,
        packs=understanding.versions(said.voice),
        thresholds=THRESHOLDS,
        stars=said.stars,
        chances=chances,
        features=features,
    )


def learned_of(understanding: Understanding, said: Utterance) -> tuple[dict[str, float], tuple[Share, ...]]:
    """What the learned model makes of a text: how likely each label is, and what its features add for the likeliest."""
    if understanding.learned is None:
        return {}, ()
    features = understanding.features_of(said)
    chances = understanding.learned.probabilities(features)
    best = max(chances, key=chances.__getitem__)
    shown = {str(label): round(chance, 3) for label, chance in chances.items()}
    return shown, understanding.learned.shares(features, best)[:SHOWN_FEATURES]


def told(one: Workings) -> Iterator[str]:
    """The same in lines for people."""
    yield f"today     {one.label} by {one.engine}, read as {one.voice}; plain VADER says {one.plain:+.2f}"
    yield "          word lists: " + ", ".join(f"{name} (version {version})" for name, version in one.packs.items())
    yield f"          the words: positive from {POSITIVE_FROM:+g} up, negative to {NEGATIVE_FROM:+g}, else neutral"
    if "+" not in one.engine:
        yield f"          unsure below a confidence of {LEAST_SURE:g}"
    if one.counted is not None:
        yield f"          only this part counts (weight 1, the rest 0): {' '.join(one.counted.split())}"
    for word in one.words:
        yield f"          {word.value:+.2f} {word.what} ({word.origin})"
    if one.stars is not None:
        yield f"          {one.stars:g} of 5 stars"
    yield from _learned_told(one)


def _learned_told(one: Workings) -> Iterator[str]:
    """How likely each label is by what was learned from people's labels, and what speaks for the likeliest."""
    if not one.chances:
        return
    likeliest = sorted(one.chances, key=one.chances.__getitem__, reverse=True)
    chances = ", ".join(f"{label} {one.chances[label]:.0%}" for label in likeliest)
    yield f"          by what people labelled: {chances}"
    if LEARNED in one.engine:
        yield f"          what the words say counts {TRUST:g} times; unsure where the label is below {SURE_FROM:.0%}"
    for share in one.features:
        if abs(share.adds) >= LEAST_SHOWN:
            yield f"          {share.adds:+.2f} for {likeliest[0]}: {share.feature}, at {share.value:.2f} (learned)"
