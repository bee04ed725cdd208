"""Whole words and phrases in any script and any case: one way to fold a text, one to look for phrases in it.

A text becomes its words, lower-cased and divided by single blanks, with a blank at each end; a phrase that is
folded the same way occurs in it exactly when it stands there as whole words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

import re2

from rules.problems import Misread

# Scripts that put no blanks between words: each character counts as a word, so a phrase is found inside a run.
UNDIVIDED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff]"
)
# Vowel signs and other marks belong to the word they are written on; Python's \w leaves them out.
MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u0900-\u0963\u0966-\u0dff\u0e31\u0e34-\u0e4e"
)
# Sentence punctuation divides and vanishes; other signs ($, @, #, +, emoji) are words of their own.
WORD = re.compile(rf"[\w{MARKS}]+(?:(?<=n)'t(?!\w))?|[@#$€£¥%&*+=<>|~^°©®™\u2190-\u2bff\U0001f000-\U0001faff]")
PLAIN = re.compile(r"\w+(?:(?<=n)'t(?!\w))?|[@#$%&*+=<>|~^]", re.ASCII)
BACK = re.compile(r"\\[1-9]")
# a dot left by the capital Turkish I, joiners and the soft hyphen would make two words of one
INVISIBLE = ("\u0307", "\u200c", "\u200d", "\u00ad")
LONGEST_PATTERN = 1_000


def fold(text: str) -> str:
    """The words of a text between single blanks, any case and any way of writing the same letters made one."""
    # nine texts in ten: 15 µs for 270 characters instead of 40
    if text.isascii():
        return f" {' '.join(PLAIN.findall(text.lower()))} "
    even = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    for sign in INVISIBLE:
        even = even.replace(sign, "")
    even = UNDIVIDED.sub(r" \g<0> ", even)
    return f" {' '.join(WORD.findall(even))} "


def phrase(text: str) -> str:
    """A phrase ready to be looked for in a folded text. Raises Misread when there is no word in it."""
    folded = fold(text)
    if not folded.strip():
        raise Misread(f"'{text}' holds no word to look for", "write words, or use matches: with a pattern")
    return folded


def finder(phrases: Iterable[str]) -> Callable[[str, frozenset[str]], bool]:
    """A test whether any of the folded phrases stands in a folded text, given along with the set of its words."""
    wanted = list(phrases)
    singles = frozenset(p.strip() for p in wanted if " " not in p.strip())
    longer = tuple(p for p in wanted if p.strip() not in singles)

    def found(text: str, words: frozenset[str]) -> bool:
        if not singles.isdisjoint(words):
            return True
        for one in longer:  # noqa: SIM110 -- a generator costs twice as much, and this is where the time goes
            if one in text:
                return True
        return False

    return found


def pattern(text: str) -> Callable[[str], bool]:
    """A search for an RE2 pattern, any case, in linear time. Raises Misread for what RE2 does not take."""
    if len(text) > LONGEST_PATTERN:
        raise Misread(f"a pattern of {len(text)} characters is too long", f"at most {LONGEST_PATTERN}; use a list")
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    # bounds the automaton of patterns such as ((a{100}){100}); what does not fit is refused when compiled
    options.max_mem = 1 << 20
    try:
        found = re2.compile(text, options)
    except re2.error as trouble:
        why = trouble.args[0].decode() if isinstance(trouble.args[0], bytes) else str(trouble)
        cure = (
            "look-around and back-references do not exist here; use none: or says_none:"
            if "(?" in why or BACK.search(text)
            else ""
        )
        raise Misread(f"'{text}' is no pattern: {why}", cure) from trouble
    return lambda seen: found.search(seen) is not None
