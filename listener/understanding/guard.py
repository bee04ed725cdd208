"""The first step: no text, whatever it is, may cost more than its share."""

from __future__ import annotations

import re
from html import unescape
from itertools import islice

LONGEST = 10_000
# prose of 10,000 characters has 1,800 words; what has more is made to cost time
MOST_WORDS = 2_000
MOST_EMOJIS = 300
# control characters: they keep a text ASCII, and intake lets none through
MARKS = "\x01\x02\x03\x04"

STRAIGHT = str.maketrans({**dict.fromkeys("’‘ʼ´", "'"), **dict.fromkeys("“”„«»", '"')})
NO_MARKS = str.maketrans(dict.fromkeys(MARKS, " "))
REPEATED = re.compile(r"([^\w\s])\1{4,}")
EMOJI = re.compile("[\u2190-\u2bff\U0001f000-\U0001faff]")


def guarded(text: str) -> str:
    """At most 10,000 characters and 2,000 words, entities decoded, quotes straight, repeated emoji cut to four."""
    text = text[:LONGEST]
    if "&" in text:
        text = unescape(text)
    if not text.isascii():
        # repeated ASCII signs cost nothing and mean nothing; repeated emoji would outweigh every word
        text = REPEATED.sub(r"\1\1\1\1", text.translate(STRAIGHT))
    if not text.isprintable():
        text = text.translate(NO_MARKS)
    return shortened(text) if len(text) > MOST_EMOJIS else text


def shortened(text: str) -> str:
    """The text up to where it has had its words and emoji."""
    if len(text) > MOST_WORDS:
        text = " ".join(text.split(maxsplit=MOST_WORDS)[:MOST_WORDS])
    if text.isascii():
        return text
    surplus = next(islice(EMOJI.finditer(text), MOST_EMOJIS, None), None)
    return text[: surplus.start()] if surplus else text
