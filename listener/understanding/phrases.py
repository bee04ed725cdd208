"""Which of many words and phrases stand in a text: one automaton, whatever their number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import ahocorasick


class Said(NamedTuple):
    """A group (a topic, a driver, a signal) and the phrase of it that the text holds."""

    group: str
    phrase: str


class Phrases:
    """Group → its words and phrases, whole words in any case; a `*` at the end stands for any ending."""

    def __init__(self, groups: Mapping[str, Iterable[str]]) -> None:
        self._automaton = ahocorasick.Automaton()
        by_spelling: dict[str, list[Said]] = {}
        for group, phrases in groups.items():
            for phrase in phrases:
                if spelling := " ".join(phrase.rstrip("*").casefold().split()):
                    by_spelling.setdefault(spelling, []).append(Said(group, phrase))
        for spelling, said in by_spelling.items():
            parts = [one for one in said if one.phrase[-1] == "*"]
            self._automaton.add_word(spelling, (len(spelling), dict.fromkeys(said), dict.fromkeys(parts)))
        self._automaton.make_automaton()
        self._is_empty = not by_spelling

    def said_in(self, text: str) -> tuple[Said, ...]:
        """What the text holds, in its order, each once."""
        if self._is_empty:
            return ()
        text = text.casefold()
        if "  " in text or "\n" in text:
            text = " ".join(text.split())
        found: dict[Said, None] = {}
        for last, (length, whole, parts) in self._automaton.iter(text):
            start, end = last + 1 - length, last + 1
            if start and continues(text[start - 1], text[start]):
                continue
            is_whole = end == len(text) or not continues(text[end - 1], text[end])
            found.update(whole if is_whole else parts)
        return tuple(found)


def continues(left: str, right: str) -> bool:
    """Whether two neighbours are of one word; scripts without gaps have no such neighbours."""
    return left.isalnum() and right.isalnum() and max(left, right) < "\u2e80"
