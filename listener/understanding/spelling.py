"""Spelling as the lexicon knows it: glued words apart, drawn-out words at their length."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from itertools import product

# a full stop only before a capital, and after two letters: "acme.example" and "e.g" are whole
GLUED = re.compile(r"([.!?,;…/—–](?<=[a-z]{2}.)(?:(?<=\.)(?=[A-Z])|(?<!\.)[!?,;…/—–]*(?=[A-Za-z])|(?<=\.)\.+(?=\w)))")
RUN = re.compile(r"([a-z])\1{2,}")
MOST_RUNS = 3


def unglued(text: str) -> str:
    """The text with "great.Thanks" as two words."""
    # a look costs a third of a substitution, and few texts need one
    return GLUED.sub(r"\1 ", text) if GLUED.search(text) else text


def shortened(word: str, known: Container[str]) -> str:
    """The known spelling of a drawn-out lower-case word, else the word as it is."""
    if word in known or not RUN.search(word):
        return word
    return next((one for one in candidates(word) if one in known), word)


def candidates(word: str) -> Iterator[str]:
    """Each drawn-out letter twice or once, in all ways."""
    pieces = RUN.split(word)[: 2 * MOST_RUNS + 1]
    plain, drawn = pieces[::2], pieces[1::2]
    for lengths in product((2, 1), repeat=len(drawn)):
        runs = [letter * length for letter, length in zip(drawn, lengths, strict=True)]
        yield "".join(part + run for part, run in zip(plain, [*runs, ""], strict=True))
