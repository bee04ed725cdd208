"""Which language a text is in, and whether it may be scored: what is not understood is never called neutral."""

from __future__ import annotations

import re
from enum import IntEnum
from functools import cached_property
from string import punctuation
from typing import Any, NamedTuple

from listener.understanding import taxonomy
from listener.understanding.guard import MARKS
from listener.understanding.packs import SHIPPED

# the languages that posts are told apart into; a longer list would cost English texts their due
CANDIDATES = "ar cs da de el en es fi fr he hi hu id it ja ko nl no pl pt ro ru sv th tr uk vi zh"
# a text is foreign when its best language is likely in itself and this many times likelier than one understood
LIKELY = 0.35
TIMES_LIKELIER = 8.0
# review sites know their readers' language; feeds often declare one for all
SURE_AGAINST_DECLARED = 0.9
# the language of a text shows long before this many characters
MOST_READ = 1_000

# a quarter of a text, or two words of it: what one borrowed word cannot reach
ENGLISH_SHARE = 4
# a sure word in a text that is half English
SURE_SHARE = 2
KEPT_TOKENS = 20_000
# a script of one language (or nearly so) speaks for itself
SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\u1100-\u11ff\uac00-\ud7af]")),
    ("zh", re.compile("[\u3400-\u9fff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
)
MARKED = re.compile(rf"\S*[{MARKS}]\S*|[@#]\S+")
LETTERS = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


class Language(NamedTuple):
    """`code` is ISO 639-1, None when the text does not tell; `understood` says whether its words may be scored."""

    code: str | None
    understood: bool


class Part(IntEnum):
    """What a token says about the language of its text: nothing (a name, a number), or how English it is."""

    NONE, FOREIGN, SHARED, LIKELY, SURE = range(5)


class Parts(dict[str, Part]):
    """Raw token → Part, told when first seen; all forgotten when there are too many."""

    def __init__(self) -> None:
        super().__init__()
        groups = taxonomy.groups(SHIPPED / "english.yaml", "words")
        self._known = {word: Part[group.upper()] for group, words in groups.items() for word in words}

    def __missing__(self, token: str) -> Part:
        if len(self) >= KEPT_TOKENS:
            self.clear()
        word = "" if MARKED.match(token) else token.lower().strip(punctuation)
        unknown = Part.FOREIGN if LETTERS.search(word) else Part.NONE
        part = self[token] = self._known.get(word, unknown)
        return part


class Languages:
    """Tells languages apart; the model is loaded with the first text that needs it."""

    def __init__(self, understood: tuple[str, ...] = ("en",)) -> None:
        self._understood = understood
        self._parts = Parts() if "en" in understood else None

    def of(self, text: str, declared: str | None = None) -> Language:
        """The language of a text whose names are marked; `declared` is what the source said, `en-US` or so.

        A text without words (emoji, numbers) has none and may be scored.
        """
        text = text[:MOST_READ]
        if self._parts is not None and is_english(list(map(self._parts.__getitem__, set(text.split())))):
            return Language("en", True)
        text = MARKED.sub(" ", text)
        words = LETTERS.findall(text.lower())
        if not words:
            return Language(None, True)
        if foreign := foreign_script(words):
            return Language(foreign, foreign in self._understood)
        return self.by_model(text, (declared or "").partition("-")[0].lower())

    def by_model(self, text: str, declared: str) -> Language:
        ranking = dict(self._model.rank(text))
        best = max(ranking, key=ranking.__getitem__)
        ours = max(self._understood, key=lambda code: ranking.get(code, 0.0))
        if declared and declared not in self._understood and ranking.get(ours, 0.0) < SURE_AGAINST_DECLARED:
            return Language(declared, False)
        if ranking[best] < LIKELY or ranking[best] < TIMES_LIKELIER * ranking.get(ours, 0.0):
            return Language(ours, True)
        return Language(best, best in self._understood)

    @cached_property
    def _model(self) -> Any:
        # numpy takes a fifth of a second, unpacking the model a whole one: only who meets a doubtful text pays
        from listener.understanding.language_model import identifier

        return identifier({*CANDIDATES.split(), *self._understood})


def is_english(parts: list[Part]) -> bool:
    """Whether a text of these distinct tokens is English beyond doubt; it spares most texts the model."""
    sure, words = parts.count(Part.SURE), len(parts) - parts.count(Part.NONE)
    english = sure + parts.count(Part.LIKELY)
    if english >= 2 and english * ENGLISH_SHARE >= words:
        return True
    return sure > 0 and (english + parts.count(Part.SHARED)) * SURE_SHARE >= words


def foreign_script(words: list[str]) -> str | None:
    """The language whose script most of the letters are in; None for Latin letters."""
    letters = "".join(words)
    if letters.isascii():
        return None
    for code, script in SCRIPTS:
        if 2 * len(script.findall(letters)) > len(letters):
            return code
    return None
