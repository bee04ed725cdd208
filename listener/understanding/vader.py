"""VADER's rules, applied only round the words that weigh: the default engine.

Without packs its score is that of the installed vaderSentiment for every text; the parity test holds it to that.
With packs it also reads drawn-out words ("loooove") as the words they are, and no negation reaches past its clause.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from math import sqrt

from vaderSentiment.vaderSentiment import C_INCR, N_SCALAR, SentimentIntensityAnalyzer

from listener.model.verdict import Evidence
from listener.understanding.engine import Reading
from listener.understanding.lexicon import BIGRAM_BOOSTS, IDIOMS, MORE, PAUSE, STOP, TURN, Token, Tokens, merge
from listener.understanding.packs import Pack, version_of

FLIP: float = N_SCALAR
CAPITALS: float = C_INCR
# what is one, two and three words before counts less and less
FADING = (1.0, 0.95, 0.9)
# a class of the 1,200 emoji themselves takes ten times as long to search for
NOT_ASCII = re.compile(r"[^\x00-\x7f]")
INTENSIFIES = ("so", "this")
ALTERNATIVES = frozenset(("or", "nor"))


class Vader:
    """Holds its words and a bounded cache of tokens; may be shared between threads."""

    def __init__(self, packs: Sequence[Pack] = ()) -> None:
        words, self._emojis = _installed()
        self.packs = tuple(packs)
        self._tokens = Tokens(merge(words, packs), refined=bool(packs))

    @cached_property
    def name(self) -> str:
        return f"vader/{version_of(self.packs)}" if self.packs else "vader"

    def read(self, text: str) -> Reading:
        """The compound score of the text and the words behind it."""
        text = self.spell_emojis(text)
        tokens = self._tokens.of(text)
        hits = weighed(tokens)
        if not hits:
            return Reading(0.0, 0.0)
        total = emphasised(sum([hit.value for hit in hits]), text)
        return Reading(compound(total), total, tuple([hit for hit in hits if hit.value]))

    def spell_emojis(self, text: str) -> str:
        """Each emoji by its description, set off by a space where none stands before it."""
        # most texts have none, and asking the set is a tenth of the price of the search
        if text.isascii() or self._emojis.keys().isdisjoint(text):
            return text

        def describe(match: re.Match[str]) -> str:
            at, words = match.start(), self._emojis.get(match[0])
            if words is None:
                return match[0]
            return ("" if at == 0 or text[at - 1] == " " else " ") + words

        return NOT_ASCII.sub(describe, text)


@cache
def _installed() -> tuple[Mapping[str, float], Mapping[str, str]]:
    """The words and the emojis of vaderSentiment, whose files take 20 ms to read."""
    analyzer = SentimentIntensityAnalyzer()
    return analyzer.lexicon, {sign: words for sign, words in analyzer.emojis.items() if len(sign) == 1}


def weighed(tokens: Sequence[Token]) -> list[Evidence]:
    """Each word with a weight and what the rules make of it, in the order of the text."""
    places = [at for at, token in enumerate(tokens) if token.weighs]
    if not places:
        return []
    words, upper, stirs = [one.word for one in tokens], [one.upper for one in tokens], [one.stirs for one in tokens]
    shouting = True in upper and False in upper
    if "but" in words:
        but = words.index("but")
        values = contrasted([weigh(tokens, at, shouting) for at in places], [at - but for at in places])
        return [weighing(tokens[at], value) for at, value in zip(places, values, strict=True)]
    return [
        weighing(tokens[at], weigh(tokens, at, shouting))
        if (shouting and upper[at]) or True in stirs[at - 3 if at > 3 else 0 : at + 1]
        # two of three words stand in calm company, where no rule applies
        else tokens[at].alone
        for at in places
    ]


def weighing(token: Token, value: float) -> Evidence:
    return Evidence(token.word, value + token.lean, token.origin)


def weigh(tokens: Sequence[Token], at: int, shouting: bool) -> float:
    """The value of the word at this place after capitals, boosters, negations and idioms round it."""
    token = tokens[at]
    if token.value is None or (token.word == "kind" and at + 1 < len(tokens) and tokens[at + 1].word == "of"):
        return 0.0
    value = bare_value(tokens, at, token.value)
    if shouting and token.upper:
        value += CAPITALS if value > 0 else -CAPITALS
    for back in range(1, min(at, 3) + 1):
        before = tokens[at - back]
        if before.value is None:
            if before.boost:
                value += boosted(before, value, shouting) * FADING[back - 1]
            if before.negates or back == 3:
                value = negated(tokens, at, back, value)
            if back == 3:
                value = idiomatic(tokens, at, value)
    if at and tokens[at - 1].word == "least" and (at == 1 or tokens[at - 2].word not in ("at", "very")):
        value *= FLIP
    return value


def bare_value(tokens: Sequence[Token], at: int, value: float) -> float:
    """The word's own value, flipped by a "no" before it; a "no" before another such word counts for nothing."""
    one = tokens[at - 1].word if at else ""
    two = tokens[at - 2].word if at > 1 else ""
    back = 1 if one == "no" else 2 if two == "no" else 3
    if back < 3 or (at > 2 and one in ALTERNATIVES and tokens[at - 3].word == "no"):
        return value * FLIP if reaches(tokens, at, back) else value
    if tokens[at].word == "no" and at + 1 < len(tokens) and tokens[at + 1].value is not None:
        return 0.0
    return value


def boosted(booster: Token, value: float, shouting: bool) -> float:
    boost = -booster.boost if value < 0 else booster.boost
    if booster.upper and shouting:
        boost += CAPITALS if value > 0 else -CAPITALS
    return boost


def negated(tokens: Sequence[Token], at: int, back: int, value: float) -> float:
    """The value after what stands so many words before it, a negation or three words away."""
    first, last = tokens[at - back], tokens[at - 1].word
    if back > 1:
        second = tokens[at - back + 1].word
        # by the precedence in the original, a bare "so" is enough when three words are looked at
        if (first.word == "never" and second in INTENSIFIES) or (back == 3 and last in INTENSIFIES):
            return value * 1.25
        if first.word == "without" and "doubt" in (second, last):
            return value
    return value * FLIP if first.negates and reaches(tokens, at, back) else value


def reaches(tokens: Sequence[Token], at: int, back: int) -> bool:
    """Whether a negation so many words before this one is still of its clause."""
    between = tokens[at - back : at]
    ends = [token.end for token in between]
    if STOP in ends or TURN in ends:
        return False
    if PAUSE in ends:
        return is_listed(tokens, at, back) or is_insertion(between, ends)
    return MORE not in ends or not is_further_trouble(between, tokens[at])


def is_listed(tokens: Sequence[Token], at: int, back: int) -> bool:
    """A list goes on with "or" or with "no" once more: "not slow, buggy or rude", "no ads, no fees"."""
    if tokens[at].word == tokens[at - back].word:
        return True
    ahead = 1 if tokens[at].end else 3
    return not ALTERNATIVES.isdisjoint([token.word for token in tokens[at - back + 1 : at + ahead]])


def is_insertion(between: Sequence[Token], ends: Sequence[str]) -> bool:
    """What stands between commas right behind a "not" interrupts it: "is not, sadly, good"."""
    return len(ends) > 1 and ends[0] == ends[-1] == PAUSE and (between[0].word == "not" or "n't" in between[0].word)


def is_further_trouble(between: Sequence[Token], token: Token) -> bool:
    """Behind "and" stands one more trouble, unless the negation denies one before: "not slow and buggy"."""
    return is_trouble(token) and not any(map(is_trouble, between[1:]))


def is_trouble(token: Token) -> bool:
    return token.value is not None and token.value < 0


def idiomatic(tokens: Sequence[Token], at: int, value: float) -> float:
    """The value that an idiom round this place gives the word, and the boosters of two words before it."""
    a, b, c, d = tokens[at - 3 : at + 1]
    if not (a.opens_idiom or b.opens_idiom or c.opens_idiom or d.opens_idiom):
        return value
    three, two, one, this, *after = (token.word for token in tokens[at - 3 : at + 3])
    behind = ((one, this), (two, one, this), (two, one), (three, two, one), (three, two))
    value = next((IDIOMS[words] for words in behind if words in IDIOMS), value)
    for ahead in ((this, *after[:1]), (this, *after[:2])):
        value = IDIOMS.get(ahead, value)
    for pair in ((three, two), (two, one)):
        value += BIGRAM_BOOSTS.get(pair, 0.0)
    return value


def contrasted(values: Sequence[float], distances: Sequence[int]) -> list[float]:
    """Halve what stands before "but" and raise what comes after it.

    The original finds each value by its first equal in the list, changed ones included: a value that equals
    an earlier one changes that one instead. Heaps of places by value keep this and stay out of squares.
    """
    result = list(values)
    places: dict[float, list[int]] = {}
    for place, value in enumerate(result):
        places.setdefault(value, []).append(place)
    for place in range(len(result)):
        first = heapq.heappop(places[result[place]])
        factor = 1.0 if distances[first] == 0 else 0.5 if distances[first] < 0 else 1.5
        result[first] *= factor
        heapq.heappush(places.setdefault(result[first], []), first)
    return result


def emphasised(total: float, text: str) -> float:
    """Exclamation marks, and two or more question marks, push the sum away from zero."""
    questions = text.count("?")
    emphasis = min(text.count("!"), 4) * 0.292
    if questions > 1:
        emphasis += questions * 0.18 if questions <= 3 else 0.96
    return total + emphasis if total > 0 else total - emphasis if total < 0 else total


def compound(total: float) -> float:
    """The sum on a scale from −1 to 1; 15 is the original's guess at the largest sum."""
    return round(total / sqrt(total * total + 15), 4)
