"""One spelling for what readers take as the same word: case, widths, apostrophes, hyphens, kinds of space."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

SAME = str.maketrans(
    {
        **dict.fromkeys("’‘ʼ´`", "'"),
        **dict.fromkeys("‐‑‒–—−", "-"),
        **dict.fromkeys("\t\n\r\f\v\xa0\u2007\u2009\u202f\u3000", " "),
        # Turkish capitals and small letters would else change length or meet in no spelling
        **dict.fromkeys("İı", "i"),
        **{chr(wide): chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)},
    }
)
# scripts that set no gap between words, and Hangul, whose particles are written on to a name
UNGAPPED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u30ff\u3130-\u318f\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
)


def fold(text: str) -> tuple[str, Sequence[int] | None]:
    """The folded text and, where lengths differ, the place in `text` that each folded character comes from."""
    if text.isascii():
        folded = text.lower().translate(SAME) if not text.isprintable() else text.lower()
    else:
        folded = text.translate(SAME).casefold()
    if len(folded) == len(text) and "  " not in folded:
        return folded, None
    pieces = list(folded_characters(text))
    return "".join(piece for piece, _ in pieces), [place for _, place in pieces]


def folded_characters(text: str) -> Iterator[tuple[str, int]]:
    """Character by character, with the place it comes from; a run of spaces is one."""
    after_space = False
    for place, character in enumerate(text.translate(SAME)):
        if character == " " and after_space:
            continue
        after_space = character == " "
        for folded in character.casefold():
            yield folded, place


def spellings(word: str) -> frozenset[str]:
    """How a word from the configuration may be written: composed, folded, with spaces or hyphens between its parts."""
    folded = fold(unicodedata.normalize("NFC", word).strip())[0]
    return frozenset(filter(None, (folded, folded.replace(" ", "-"), folded.replace("-", " "))))


def is_joined(left: str, right: str) -> bool:
    """Whether two neighbours belong to one word."""
    if not (is_of_word(left) and is_of_word(right)):
        return False
    return (left.isascii() and right.isascii()) or not (UNGAPPED.match(left) or UNGAPPED.match(right))


def is_of_word(character: str) -> bool:
    if character.isalnum() or character == "_":
        return True
    return not character.isascii() and unicodedata.category(character)[0] == "M"
