"""Text that is fit to leave the house: without control characters, cut to size, free of secrets."""

from __future__ import annotations

import re

from listener.log import SHORTEST

# Lone surrogates cannot be encoded, and NUL, CR and their like end headers or strings early.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# Whatever some program takes for a line break: what is one line here must be one line everywhere.
_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_MARK = "…"


def printable(text: str) -> str:
    """The text with one kind of line break and nothing that cannot be shown."""
    return _UNPRINTABLE.sub("", _BREAKS.sub("\n", text)).strip()


def one_line(text: str) -> str:
    """The text on a single line, fit for a header, a title or a log."""
    return " ".join(printable(text).split())


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, the last one a mark where something was left out."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + _MARK


def without(text: str, *secrets: str) -> str:
    """One line of at most 300 characters that quotes none of these secrets; those that are too short to hide stay."""
    for secret in secrets:
        text = text.replace(secret, _MARK) if len(secret) >= SHORTEST else text
    return shorten(one_line(text), 300)
