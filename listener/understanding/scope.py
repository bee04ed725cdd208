"""Which part of a text is about the brand: where several brands share a text, each has its clauses."""

from __future__ import annotations

import re

from listener.understanding.names import OURS, THEIRS

CLAUSE_END = re.compile(
    r"(?<=[.!?;\n])\s+|(?<=\n)|(?<=,)\s+(?=[^,]*[" + OURS + THEIRS + r"])"
    r"|\s+(?=(?:but|while|whereas|although|though|however|unlike|than|instead of)\b)",
    re.IGNORECASE,
)
LAST_NAME = re.compile(f"[{OURS}{THEIRS}](?=[^{OURS}{THEIRS}]*$)")


def scoped(text: str) -> str:
    """The clauses about the brand: from one that names it up to one that names another.

    The whole text when it names no other brand, or never names ours.
    """
    if THEIRS not in text or OURS not in text:
        return text
    kept: list[str] = []
    is_ours = True
    for clause in CLAUSE_END.split(text):
        is_ours = OURS in clause or (is_ours and THEIRS not in clause)
        if is_ours:
            kept.append(clause)
        if last := LAST_NAME.search(clause):
            is_ours = last[0] == OURS
    return " ".join(kept)
