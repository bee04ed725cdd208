"""Names are no opinions: links, handles and every alias of a brand become marks that no lexicon knows.

"united" is a warm word to VADER; a brand of that name must not be praised by being called.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from listener.understanding.guard import MARKS

OURS, THEIRS, SOMEBODY, LINK = tuple(MARKS)
LINKS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
# an expression that matches nothing
NEVER = r"(?!)"
HANDLES = re.compile(r"@\w+")
HASHTAG = re.compile(r"#(\w+)")
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
NO_GAPS = re.compile("[\u0e00-\u0eff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")


class Names:
    """How the brand and others are called in a text. Making one compiles an expression; keep it."""

    def __init__(self, ours: Iterable[str], theirs: Iterable[str]) -> None:
        mine = frozenset(filter(None, map(str.strip, ours)))
        others = frozenset(filter(None, map(str.strip, theirs))) - mine
        groups = {"ours": mine, "theirs": others}
        parts = [f"(?P<{group}>{alternatives(words)})" for group, words in groups.items() if words]
        # said once more before all of them, the edge spares the other places of a text each alternative
        edge = r"(?<!\w)" if all(needs_edge(word[0]) for word in mine | others) else ""
        self._names = re.compile(f"{edge}(?:{'|'.join(parts or [NEVER])})", re.IGNORECASE)
        self._handles = {handle(word): mark for mark, words in ((THEIRS, others), (OURS, mine)) for word in words}
        self._telling = frozenset(max(re.split(r"[\s'’-]", word.lower()), key=len) for word in mine | others)

    def neutral(self, text: str) -> str:
        """The text with a mark for each name; hashtags of several words are spelled out."""
        if "://" in text or "w." in text or "W." in text:
            text = LINKS.sub(LINK, text)
        if "@" in text:
            text = HANDLES.sub(self.handle_mark, text)
        text = self.marked(text)
        return self.marked(HASHTAG.sub(spelled_out, text)) if "#" in text else text

    def marked(self, text: str) -> str:
        # looking for a few substrings is a tenth of the price of the expression, and most texts hold none
        if text.isascii() and not holds_any(text.lower(), self._telling):
            return text
        return self._names.sub(lambda match: OURS if match.lastgroup == "ours" else THEIRS, text)

    def handle_mark(self, match: re.Match[str]) -> str:
        return self._handles.get(match[0].lower(), SOMEBODY)

    def theirs(self, text: str) -> tuple[str, ...]:
        """The names of others in the text, as written there, each once."""
        return tuple(dict.fromkeys(match[0] for match in self._names.finditer(text) if match.lastgroup == "theirs"))


def holds_any(text: str, parts: Iterable[str]) -> bool:
    for part in parts:  # noqa: SIM110 - any() over a generator takes twice as long
        if part in text:
            return True
    return False


def handle(word: str) -> str:
    return "@" + word.lower().removeprefix("@")


def spelled_out(match: re.Match[str]) -> str:
    words = CAMEL.sub(" ", match[1])
    return words if " " in words else match[0]


def alternatives(words: Iterable[str]) -> str:
    return "|".join(bounded(word) for word in sorted(words, key=lambda word: (-len(word), word)))


def bounded(word: str) -> str:
    """An expression for the word standing alone; scripts without gaps need no edge."""
    written = re.escape(word.replace("’", "'")).replace(r"\ ", r"[\s-]+").replace(r"\-", r"[\s-]?")
    first, last = word[0], word[-1]
    before = r"(?<!\w)[@#]?" if needs_edge(first) else ""
    return before + written + (r"(?!\w)" if needs_edge(last) else "")


def needs_edge(character: str) -> bool:
    return (character.isalnum() or character == "_") and not NO_GAPS.match(character)
