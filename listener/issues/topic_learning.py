"""Topics learned from corrected ones: a small linear model over the words and what the taxonomy says of them.

Readable numbers, applied without the library that fits them. The taxonomy's call is one feature among others, so
that with few labels the model says what the taxonomy says. Complaints that nobody named teach too, with the topic that
the taxonomy guesses: which further words people use of it, and of topics that ops did not come to yet.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import log, sqrt
from typing import Any

LEAST_LABELS = 100
FOLDS = 5
# the weights' freedom, and how much the taxonomy's call and the words weigh; chosen on one half of the airline authors
FREEDOM = 0.5
CALL, SAID, WORDS = 2.0, 1.0, 2.0
# what a guess counts for beside a topic that a person set; chosen on the same half, and the other half agrees
GUESS = 0.3
LEAST_TEXTS = 3
MOST_STEPS = 1_000


class CannotLearn(Exception):
    """Nothing can be learned, for the reason that the text says with its cure."""


@dataclass(frozen=True, slots=True)
class Text:
    """A complaint's terms, and the topics whose words it holds, the main one first."""

    terms: tuple[str, ...]
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TopicModel:
    """Weights by topic and feature; `rarity` is what a word counts for. `labels` is how many it was fitted on."""

    weights: Mapping[str, Mapping[str, float]]
    start: Mapping[str, float]
    rarity: Mapping[str, float]
    labels: int

    def call(self, text: Text) -> str:
        """The likeliest topic."""
        seen = features(text, self.rarity)
        return max(self.start, key=lambda topic: (self.score(topic, seen), topic))

    def score(self, topic: str, seen: Mapping[str, float]) -> float:
        weights = self.weights[topic]
        return self.start[topic] + sum(weights.get(name, 0.0) * value for name, value in seen.items())

    def without(self, words: Collection[str]) -> TopicModel:
        """The same model, which never knew these words."""
        gone = {f"word:{word}" for word in words}
        weights = {
            topic: {name: weight for name, weight in mine.items() if name not in gone}
            for topic, mine in self.weights.items()
        }
        rarity = {word: value for word, value in self.rarity.items() if word not in words}
        return TopicModel(weights, self.start, rarity, self.labels)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> TopicModel:
        return cls(kept["weights"], kept["start"], kept["rarity"], kept["labels"])


@dataclass(frozen=True, slots=True)
class TopicLesson:
    """A model, and how often it and the taxonomy alone were right on labels that the fit had not seen."""

    model: TopicModel
    before: float
    after: float

    @property
    def wins(self) -> bool:
        return self.after > self.before


@dataclass(frozen=True, slots=True)
class Example:
    """A complaint whose topic people named, and the trouble that it is of: what is alike is held back together."""

    terms: tuple[str, ...]
    said: tuple[str, ...]
    topic: str
    trouble: str


def fit_aside(data: bytes) -> str:
    """Fit on examples in JSON; the model with both accuracies, in JSON. Raises ValueError where nothing is learned."""
    given = json.loads(data)
    examples = [Example(**one) for one in given["examples"]]
    pairs = [(Text(tuple(one.terms), tuple(one.said)), one.topic) for one in examples]
    others = [Text(tuple(terms), tuple(said)) for terms, said in given["others"]]
    try:
        lesson = learn(pairs, others, troubles=[one.trouble for one in examples])
    except CannotLearn as trouble:
        raise ValueError(str(trouble)) from trouble
    return json.dumps({"model": lesson.model.as_json(), "before": lesson.before, "after": lesson.after})


def features(text: Text, rarity: Mapping[str, float]) -> dict[str, float]:
    """What the model sees: the taxonomy's call, all topics said, and the words at length 1."""
    found = {f"said:{topic}": SAID for topic in text.said}
    found[f"call:{text.said[0] if text.said else ''}"] = CALL
    return found | words(text, rarity)


def words(text: Text, rarity: Mapping[str, float]) -> dict[str, float]:
    """What a guess is learned from: what the taxonomy says of a text would only say the same once more."""
    known = {term: rarity[term] for term in text.terms if term in rarity}
    length = sqrt(sum(value * value for value in known.values())) or 1.0
    return {f"word:{term}": WORDS * value / length for term, value in known.items()}


def learn(
    examples: Sequence[tuple[Text, str]],
    others: Iterable[Text] = (),
    unsaid: str = "other",
    troubles: Sequence[str] = (),
) -> TopicLesson:
    """Fit on (text, topic). `others` are texts without a label: they tell how rare words are, and teach as guesses.

    Texts of one of the `troubles` are held back together, as one of them gives the others away. Raises CannotLearn
    below 100 labels or five troubles, with one topic only, or without the library that fits.
    """
    if len(examples) < LEAST_LABELS:
        raise CannotLearn(f"{LEAST_LABELS} topics set by people are needed, and there are {len(examples)}")
    folds = folds_of(troubles or [str(at) for at in range(len(examples))])
    named = {text for text, _ in examples}
    unnamed = [text for text in others if text not in named]
    rarity = rarities([*(text for text, _ in examples), *unnamed])
    guesses = [(words(text, rarity), guess(text, unsaid)) for text in unnamed]
    right = 0
    for fold in range(FOLDS):
        model = fitted([one for one, mine in zip(examples, folds, strict=True) if mine != fold], guesses, rarity)
        held_back = [one for one, mine in zip(examples, folds, strict=True) if mine == fold]
        right += sum(model.call(text) == topic for text, topic in held_back)
    by_words = sum(guess(text, unsaid) == topic for text, topic in examples)
    return TopicLesson(fitted(examples, guesses, rarity), by_words / len(examples), right / len(examples))


def guess(text: Text, unsaid: str) -> str:
    """What the taxonomy calls a text."""
    return text.said[0] if text.said else unsaid


def folds_of(troubles: Sequence[str]) -> list[int]:
    """The fold in which each text is held back. Raises CannotLearn where there are fewer troubles than folds."""
    order = {trouble: place for place, trouble in enumerate(dict.fromkeys(troubles))}
    if len(order) < FOLDS:
        raise CannotLearn(f"{FOLDS} troubles whose topic people named are needed, and there are {len(order)}")
    return [order[trouble] % FOLDS for trouble in troubles]


def rarities(texts: Sequence[Text]) -> dict[str, float]:
    """What each word counts for: the fewer texts have it the more; those of one or two texts for nothing."""
    counts = Counter(term for text in texts for term in text.terms)
    return {term: round(log(len(texts) / count), 4) for term, count in counts.items() if count >= LEAST_TEXTS}


def fitted(
    examples: Sequence[tuple[Text, str]], guesses: Sequence[tuple[dict[str, float], str]], rarity: Mapping[str, float]
) -> TopicModel:
    """A model of these; of a guess the words are given. Raises CannotLearn."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    if len({topic for _, topic in examples}) < 2:
        raise CannotLearn("all texts have one topic: there is nothing to tell apart")
    seen = [features(text, rarity) for text, _ in examples] + [said for said, _ in guesses]
    counts = [1.0] * len(examples) + [GUESS] * len(guesses)
    table = DictVectorizer()
    fit = LogisticRegression(C=FREEDOM, max_iter=MOST_STEPS)
    fit.fit(table.fit_transform(seen), [topic for _, topic in (*examples, *guesses)], sample_weight=counts)
    topics, weights, start = list(fit.classes_), list(fit.coef_), list(fit.intercept_)
    if len(topics) == 2:
        # of two the library keeps one vector, the distance between them
        weights, start = [-weights[0] / 2, weights[0] / 2], [-start[0] / 2, start[0] / 2]
    names = table.get_feature_names_out()
    by_topic = {
        str(topic): {str(name): round(float(value), 4) for name, value in zip(names, each, strict=True) if value}
        for topic, each in zip(topics, weights, strict=True)
    }
    begin = {str(topic): round(float(value), 4) for topic, value in zip(topics, start, strict=True)}
    return TopicModel(by_topic, begin, rarity, len(examples))
