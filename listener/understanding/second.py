"""A second opinion: an engine elsewhere may call a text one label of the closed set and point at a span of it.

It is never needed. What it says beside that is not used, and where it does not answer in time the words decide.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, Protocol

from listener.model.verdict import Evidence, Label
from listener.understanding.labels import Opinion
from listener.understanding.names import LINK, OURS, SOMEBODY, THEIRS
from listener.understanding.packs import UnreadableWords

VADER, TRANSFORMERS = "vader", "transformers:"
LABELS: dict[str, Label] = {"positive": "positive", "negative": "negative", "neutral": "neutral", "mixed": "mixed"}
# what models call the same; LABEL_0 and the like say nothing without their card
ALSO: dict[str, Label] = {"pos": "positive", "neg": "negative", "neu": "neutral"}
SECONDS = 2.0
# after a failure so many texts are not asked about: a dead engine would cost two seconds for each
RESTS = 50
LONGEST_SPAN = 200
LONGEST_ASKED = 2_000
NAMES = str.maketrans({OURS: "[brand]", THEIRS: "[other]", SOMEBODY: "[person]", LINK: "[link]"})
SCORES: dict[Label, float] = {"positive": 0.6, "negative": -0.6}
AGREES, DIFFERS = 0.85, 0.6

Post = Callable[[str, bytes], bytes]
Ask = Callable[[str], Any]


class NoAnswer(Exception):
    """The engine did not say one of the labels, for the reason that the text gives."""


class Answer(NamedTuple):
    """One label of the closed set, and the words that it points at (empty: none, or none that are in the text)."""

    label: Label
    span: str = ""


class Second(Protocol):
    """Another engine. `name` goes into the verdict."""

    @property
    def name(self) -> str: ...

    def read(self, text: str) -> Answer:
        """A text whose names are marked. Raises NoAnswer."""
        ...


class Elsewhere:
    """Asks with the names replaced by [brand], [other], [person] and [link]; rests after a failure."""

    def __init__(self, name: str, ask: Ask) -> None:
        """`ask` takes a text, returns `{"label": …, "span": …}` and raises NoAnswer or OSError."""
        self.name = name
        self._ask = ask
        self._rests = 0

    def read(self, text: str) -> Answer:
        if self._rests:
            self._rests -= 1
            raise NoAnswer(f"{self.name} did not answer a moment ago")
        asked = text[:LONGEST_ASKED].translate(NAMES)
        try:
            return checked(self._ask(asked), asked)
        except (NoAnswer, OSError, TimeoutError) as trouble:
            self._rests = RESTS
            raise NoAnswer(f"{self.name} gave no answer: {trouble}") from trouble


def checked(said: Any, asked: str) -> Answer:
    """What an engine said, held to the closed set and to the text. Raises NoAnswer."""
    if not isinstance(said, dict):
        raise NoAnswer("it is no object with a label")
    written = str(said.get("label")).strip().lower()
    label = LABELS.get(written) or ALSO.get(written)
    if label is None:
        raise NoAnswer(f"{written[:40]!r} is none of {', '.join(LABELS)}")
    span = said.get("span")
    return Answer(label, span[:LONGEST_SPAN] if isinstance(span, str) and span in asked else "")


def over_http(url: str, post: Post) -> Elsewhere:
    """Posts `{"text": …}` as JSON and expects `{"label": …, "span": …}`. `post` keeps the time limit."""

    def ask(text: str) -> Any:
        try:
            return json.loads(post(url, json.dumps({"text": text}).encode()))
        except (ValueError, RecursionError) as trouble:
            raise NoAnswer("its answer is not JSON") from trouble

    return Elsewhere(f"http:{url}", ask)


def by_transformers(model: str) -> Elsewhere:
    """A text-classification model of the transformers library. Raises UnreadableWords where it is not installed."""
    try:
        from transformers import pipeline
    except ImportError as trouble:
        raise UnreadableWords([_needs_library(f"{TRANSFORMERS}{model}")]) from trouble
    classify = pipeline("text-classification", model=model, truncation=True)
    aside = ThreadPoolExecutor(1, "second-engine")

    def ask(text: str) -> Any:
        return aside.submit(classify, text).result(SECONDS)[0]

    return Elsewhere(f"{TRANSFORMERS}{model}", ask)


def lacking(engine: str) -> str:
    """What this installation lacks for that engine, with the cure; "" where nothing is. No model is loaded."""
    missing = engine.startswith(TRANSFORMERS) and importlib.util.find_spec("transformers") is None
    return _needs_library(engine) if missing else ""


def _needs_library(engine: str) -> str:
    return f'engine = "{engine}" needs the library transformers: install it, or use engine = "vader"'


def made(engine: str, post: Post) -> Elsewhere | None:
    """The engine of that name: None for vader. Raises UnreadableWords."""
    if engine == VADER:
        return None
    if engine.startswith(TRANSFORMERS):
        return by_transformers(engine.removeprefix(TRANSFORMERS))
    if engine.startswith(("http://", "https://")):
        return over_http(engine, post)
    raise UnreadableWords([f'engine is "vader", "transformers:MODEL" or the address of an HTTP engine, not {engine!r}'])


def second_opinion(words: Opinion, second: Second, text: str) -> tuple[Opinion, str]:
    """The opinion with the other engine's label, and what to call the engine; the words' own where it is silent."""
    try:
        answer = second.read(text)
    except NoAnswer as trouble:
        note = Evidence(str(trouble), 0.0, "engine")
        return words._replace(evidence=(*words.evidence, note), tags=(*words.tags, "engine-silent")), ""
    agrees = words.lean == answer.label
    note = Evidence(answer.span or answer.label, SCORES.get(answer.label, 0.0), second.name)
    opinion = Opinion(
        label=answer.label,
        lean=words.lean if answer.label == "mixed" else answer.label,
        score=words.score if agrees else SCORES.get(answer.label, 0.0),
        confidence=AGREES if agrees else DIFFERS,
        evidence=(*words.evidence, note),
        tags=words.tags,
    )
    return opinion, f"+{second.name}"
