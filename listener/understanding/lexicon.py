"""The engine's words: VADER's list as installed, packs laid over it, and what the rules ask of each token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from string import punctuation
from typing import NamedTuple

from vaderSentiment.vaderSentiment import BOOSTER_DICT, NEGATE, SPECIAL_CASES

from listener.model.verdict import Evidence
from listener.understanding.packs import Pack
from listener.understanding.spelling import shortened

# about 10 MB; 7,300 tweets have 19,000 different tokens
CACHED_TOKENS = 20_000

BOOSTS: Mapping[str, float] = BOOSTER_DICT
NEGATIONS = frozenset(NEGATE)
BIGRAM_BOOSTS = {tuple(words.split()): boost for words, boost in BOOSTS.items() if " " in words}
IDIOMS = {tuple(words.split()): float(value) for words, value in SPECIAL_CASES.items() if " " in words}
NOTHING, NO_LEAN = (None, ""), (0.0, "")
# these change a neighbour without being booster or negation
STIRRING = frozenset(("no", "this", "least", "kind"))
COMPARED = STIRRING | {"but", "so", "never", "without", "doubt", "or", "nor", "at", "very", "of"}
IDIOM_OPENERS = frozenset(words[0] for words in (*BIGRAM_BOOSTS, *IDIOMS))


# slots are read three times as fast as a named tuple's fields, and each text reads a hundred
@dataclass(frozen=True, slots=True, eq=False)
class Token:
    """What the rules ask of a word. `value` is None outside the lexicon; `lean` is added as it stands.

    `word` is in lower case, and empty where no rule or phrase asks for it.
    `stirs`: it may change the value of a neighbour, or have its own changed by the word after it. `alone` is what
    it says where nothing does.
    """

    word: str
    upper: bool
    value: float | None
    lean: float
    weighs: bool
    origin: str
    boost: float
    negates: bool
    opens_idiom: bool
    stirs: bool
    alone: Evidence


class Phrase(NamedTuple):
    """A pack's entry of several words, and the one token that stands for them."""

    words: tuple[str, ...]
    token: Token


class Lexicon(NamedTuple):
    """Word → (value, origin); `leans` the same for words of the grammar; phrases by their first two words."""

    words: dict[str, tuple[float, str]]
    leans: dict[str, tuple[float, str]]
    phrases: dict[tuple[str, str], list[Phrase]]


def is_grammar(word: str) -> bool:
    """A negation or booster: a pack adds a weight to it, and it keeps its part in the grammar."""
    return word in NEGATIONS or "n't" in word or word in BOOSTS or word in ("but", "least")


def telling(lexicon: Lexicon) -> frozenset[str]:
    """All words that a rule or a phrase asks for."""
    phrases = [*IDIOMS, *BIGRAM_BOOSTS, *(phrase.words for alike in lexicon.phrases.values() for phrase in alike)]
    return COMPARED.union(lexicon.words, lexicon.leans, BOOSTS, NEGATIONS, *phrases)


def merge(values: Mapping[str, float], packs: Sequence[Pack]) -> Lexicon:
    """The engine's words with the packs laid over them, later ones on top."""
    lexicon = Lexicon({word: (value, "vader") for word, value in values.items()}, {}, {})
    for pack in packs:
        for phrase, value in pack.words.items():
            lay_over(lexicon, phrase, value, pack.name)
    return lexicon


def lay_over(lexicon: Lexicon, phrase: str, value: float, origin: str) -> None:
    words = tuple(phrase.split())
    if len(words) > 1:
        alike = lexicon.phrases.setdefault((words[0], words[1]), [])
        alike[:] = [other for other in alike if other.words != words] + [
            Phrase(words, phrase_token(phrase, value, origin))
        ]
        alike.sort(key=lambda phrase: -len(phrase.words))
    elif is_grammar(phrase):
        lexicon.leans[phrase] = (value, origin)
    elif value:
        lexicon.words[phrase] = (value, origin)
    else:
        lexicon.words.pop(phrase, None)


def phrase_token(phrase: str, value: float, origin: str) -> Token:
    """A phrase is a word without capitals or a part in the grammar; of no value, it hides those of its words."""
    return Token(
        word=phrase,
        upper=False,
        value=value or None,
        lean=0.0,
        weighs=value != 0,
        origin=origin,
        boost=0.0,
        negates=False,
        opens_idiom=False,
        stirs=False,
        alone=Evidence(phrase, value, origin),
    )


class Tokens(dict[str, Token]):
    """Raw token → Token, made when first seen; all forgotten when there are too many."""

    def __init__(self, lexicon: Lexicon, shortens: bool) -> None:
        """`shortens`: drawn-out words count as the known word that they are."""
        super().__init__()
        self.lexicon = lexicon
        self._shortens = shortens
        self._phrase_openers = frozenset(first for first, _ in lexicon.phrases)
        self._telling = telling(lexicon)
        self._made: dict[tuple[str, bool], Token] = {}

    def __missing__(self, raw: str) -> Token:
        if len(self) >= CACHED_TOKENS:
            self.clear()
        stripped = raw.strip(punctuation)
        # what is left of an emoticon by stripping is two characters at most
        word = stripped if len(stripped) > 2 else raw
        lower = shortened(word.lower(), self.lexicon.words) if self._shortens else word.lower()
        # what no rule asks for is one token for all: the processor keeps it at hand
        key = (lower if lower in self._telling or "n't" in lower else "", word.isupper())
        token = self[raw] = self._made.get(key) or self.make(*key)
        return token

    def make(self, word: str, upper: bool) -> Token:
        value, origin = self.lexicon.words.get(word, NOTHING)
        lean, leaner = self.lexicon.leans.get(word, NO_LEAN)
        boost = BOOSTS.get(word, 0.0)
        negates = word in NEGATIONS or "n't" in word
        opens_idiom = word in IDIOM_OPENERS
        weighs = value is not None or lean != 0
        stirs = bool(boost) or negates or opens_idiom or word in STIRRING
        alone = Evidence(word, (value or 0.0) + lean, origin or leaner)
        token = self._made[word, upper] = Token(
            word, upper, value, lean, weighs, alone.origin, boost, negates, opens_idiom, stirs, alone
        )  # fmt: skip
        return token

    def of(self, text: str) -> list[Token]:
        """The text's tokens, with each phrase of a pack joined into one."""
        tokens = list(map(self.__getitem__, text.split()))
        words = [token.word for token in tokens]
        if not self._phrase_openers.isdisjoint(words):
            for place, phrase in reversed(self.phrases_in(words)):
                tokens[place : place + len(phrase.words)] = [phrase.token]
        return tokens

    def phrases_in(self, words: Sequence[str]) -> list[tuple[int, Phrase]]:
        """The phrases and their places, from the left, none within another."""
        known = self.lexicon.phrases
        found: list[tuple[int, Phrase]] = []
        free = 0
        for place in [place for place, pair in enumerate(pairwise(words)) if pair in known]:
            if place >= free and (phrase := self.phrase_at(words, place)):
                found.append((place, phrase))
                free = place + len(phrase.words)
        return found

    def phrase_at(self, words: Sequence[str], at: int) -> Phrase | None:
        """The longest phrase that starts here with two known words."""
        for phrase in self.lexicon.phrases[words[at], words[at + 1]]:
            if tuple(words[at : at + len(phrase.words)]) == phrase.words:
                return phrase
        return None
