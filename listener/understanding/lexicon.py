"""The engine's words: VADER's list as installed, packs laid over it, and what the rules ask of each token."""

from __future__ import annotations

import re
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
# how a clause ends: a comma may also stand within a list or round an insertion, and "and" join what is alike
STOP, PAUSE, TURN, MORE = ".", ",", "but", "and"
ENDS = ("", STOP, PAUSE, TURN, MORE)
BY_SIGN = {**dict.fromkeys(".;:!?…–—", STOP), ",": PAUSE}
BY_TOKEN = {**dict.fromkeys(("-", "--", "---"), STOP), "but": TURN, "and": MORE, "&": MORE}
WRAPPING = "\"')]*_"
# an empty line, or a line that starts anew: wrapped mail goes on in lower case
LINE_END = re.compile(r"\n(?=[^\S\n]*(?:\n|[A-Z]))")
IDIOM_OPENERS = frozenset(words[0] for words in (*BIGRAM_BOOSTS, *IDIOMS))


# slots are read three times as fast as a named tuple's fields, and each text reads a hundred
@dataclass(frozen=True, slots=True, eq=False)
class Token:
    """What the rules ask of a word. `value` is None outside the lexicon; `lean` is added as it stands.

    `word` is in lower case, and empty where no rule or phrase asks for it.
    `stirs`: it may change the value of a neighbour, or have its own changed by the word after it. `alone` is what
    it says where nothing does. `end` is one of ENDS, how the clause ends here; stock VADER knows none.
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
    end: str


class Phrase(NamedTuple):
    """A pack's entry of several words, and the one token that stands for them, by the end of its clause."""

    words: tuple[str, ...]
    tokens: Mapping[str, Token]


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
            Phrase(words, {end: phrase_token(phrase, value, origin, end) for end in ENDS})
        ]
        alike.sort(key=lambda phrase: -len(phrase.words))
    elif is_grammar(phrase):
        lexicon.leans[phrase] = (value, origin)
    elif value:
        lexicon.words[phrase] = (value, origin)
    else:
        lexicon.words.pop(phrase, None)


def end_of(raw: str) -> str:
    """How the clause ends at a token as it is written, empty where it goes on."""
    return BY_TOKEN.get(raw.lower()) or BY_SIGN.get(raw.rstrip(WRAPPING)[-1:], "")


def phrase_token(phrase: str, value: float, origin: str, end: str) -> Token:
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
        end=end,
    )


class Tokens(dict[str, Token]):
    """Raw token → Token, made when first seen; all forgotten when there are too many."""

    def __init__(self, lexicon: Lexicon, refined: bool) -> None:
        """`refined`: drawn-out words count as the known word that they are, and clauses have ends."""
        super().__init__()
        self.lexicon = lexicon
        self._refined = refined
        self._phrase_openers = frozenset(first for first, _ in lexicon.phrases)
        self._telling = telling(lexicon)
        self._made: dict[tuple[str, bool, str], Token] = {}

    def __missing__(self, raw: str) -> Token:
        if len(self) >= CACHED_TOKENS:
            self.clear()
        stripped = raw.strip(punctuation)
        # what is left of an emoticon by stripping is two characters at most
        word = stripped if len(stripped) > 2 else raw
        lower = shortened(word.lower(), self.lexicon.words) if self._refined else word.lower()
        end = end_of(raw) if self._refined else ""
        # what no rule asks for is one token for all: the processor keeps it at hand
        key = (lower if lower in self._telling or "n't" in lower else "", word.isupper(), end)
        token = self[raw] = self._made.get(key) or self.make(*key)
        return token

    def make(self, word: str, upper: bool, end: str) -> Token:
        value, origin = self.lexicon.words.get(word, NOTHING)
        lean, leaner = self.lexicon.leans.get(word, NO_LEAN)
        boost = BOOSTS.get(word, 0.0)
        negates = word in NEGATIONS or "n't" in word
        opens_idiom = word in IDIOM_OPENERS
        weighs = value is not None or lean != 0
        stirs = bool(boost) or negates or opens_idiom or word in STIRRING
        alone = Evidence(word, (value or 0.0) + lean, origin or leaner)
        token = self._made[word, upper, end] = Token(
            word, upper, value, lean, weighs, alone.origin, boost, negates, opens_idiom, stirs, alone, end
        )  # fmt: skip
        return token

    def of(self, text: str) -> list[Token]:
        """The text's tokens, with each phrase of a pack joined into one."""
        if self._refined and "\n" in text:
            text = LINE_END.sub(" ; ", text)
        tokens = list(map(self.__getitem__, text.split()))
        words = [token.word for token in tokens]
        if not self._phrase_openers.isdisjoint(words):
            ends = [token.end for token in tokens]
            for place, phrase in reversed(self.phrases_in(words, ends)):
                behind = place + len(phrase.words)
                tokens[place:behind] = [phrase.tokens[tokens[behind - 1].end]]
        return tokens

    def phrases_in(self, words: Sequence[str], ends: Sequence[str]) -> list[tuple[int, Phrase]]:
        """The phrases and their places, from the left, none within another or over the end of a sentence."""
        known = self.lexicon.phrases
        found: list[tuple[int, Phrase]] = []
        free = 0
        for place in [place for place, pair in enumerate(pairwise(words)) if pair in known]:
            if place >= free and (phrase := self.phrase_at(words, ends, place)):
                found.append((place, phrase))
                free = place + len(phrase.words)
        return found

    def phrase_at(self, words: Sequence[str], ends: Sequence[str], at: int) -> Phrase | None:
        """The longest phrase that starts here with two known words."""
        for phrase in self.lexicon.phrases[words[at], words[at + 1]]:
            behind = at + len(phrase.words)
            if tuple(words[at:behind]) == phrase.words and STOP not in ends[at : behind - 1]:
                return phrase
        return None
