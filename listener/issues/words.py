"""The words of a complaint that can tell one trouble from another."""

from __future__ import annotations

import re
from functools import lru_cache

from listener.likeness import normal_words

# more say nothing new, and bound what one long text costs
MOST_TERMS = 40
SHORTEST_STEM = 3
ENDINGS = ("ing", "ed", "es", "s")
# cancelled and canceled are one word, fees and fess are not
KEPT_DOUBLE = frozenset("aeious")
FINAL = {"e": "", "y": "i"}
IDLE = """
a about again all also am an and any are as at be been being both but by can could d did do does doing don down
each few for from had has have having he her here hers him his how i if in into is it its itself just ll m may me
might mine more most must my no nor not now of off on once only or other our ours out over own please re s same
shall she should so some such t than that the their theirs them then there these they this those through to too
under until up us ve very was we were what when where which while who whom why will with would you your yours
"""
IDLE_WORDS = frozenset(IDLE.split())
# how somebody feels, and nothing of what about: two who are angry need not have one trouble
FEELING = """
absolutely abysmal anger angry annoyance annoyed annoying appalled appalling atrocious avoid awful awfully bad badly
bullshit completely crap crappy damn damned disappointed disappointing disappointment disgrace disgraceful disgust
disgusted disgusting dissatisfied dreadful ever extremely frustrated frustrating frustration fuck fucked fucking fuming
furious garbage hate hated hates hating hell hopeless horrendous horrible horribly horrific inexcusable insane insult
insulting joke livid lousy mad miserable never nightmare omg outraged outrageous pathetic pissed poor poorly really
regret ridiculous rubbish sad shame shameful shit shitty shocked shocking sorry suck sucked sucks terrible terribly
totally truly ugh unacceptable unbelievable unhappy upset upsetting useless utter utterly worse worst worthless wtf
"""
FEELING_WORDS = frozenset(FEELING.split())
# letters of scripts without gaps are words; in Japanese these make grammar, the others troubles
HIRAGANA = frozenset(map(chr, range(0x3041, 0x30A0)))
UNTELLING = IDLE_WORDS | FEELING_WORDS | HIRAGANA
# what the survey page writes below the customer's own words: two who gave 3 of 10 need not have one trouble
SCORED = re.compile(r"^(?:Reasons: (.*)\n)?\d+ of 10\.\Z", re.MULTILINE)


@lru_cache(maxsize=4_096)
def terms(text: str) -> tuple[str, ...]:
    """Each word once, in its order, at its stem, without those that every text has and those of mere anger. At most 40.

    A survey's reasons are words, its score is none.
    """
    found = dict.fromkeys(stem(word) for word in normal_words(unscored(text)) if word not in UNTELLING)
    return tuple(found)[:MOST_TERMS]


def unscored(text: str) -> str:
    """Without the score that a survey adds."""
    return SCORED.sub(r"\1", text) if text.endswith(" of 10.") else text


@lru_cache(maxsize=8_192)
def stem(word: str) -> str:
    """The word without its ending. Cut bluntly: what matters is that charge, charged and charges meet."""
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM and not word.endswith("ss"):
            word = word[: -len(ending)]
            break
    if len(word) <= SHORTEST_STEM:
        return word
    if word[-1] == word[-2] and word[-1] not in KEPT_DOUBLE:
        return word[:-1]
    return word[:-1] + FINAL.get(word[-1], word[-1])
