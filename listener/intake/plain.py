"""HTML, or text with odd characters in it, → the plain text that is kept, judged and shown."""

from __future__ import annotations

import re
import unicodedata
from html import unescape

import nh3

LONGEST_TEXT = 20_000
# nested tags cost the parser more than linear time: 100,000 characters stay under 0.3 s
LONGEST_HTML = 100_000

BLOCKS = """
address article aside blockquote br dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li main nav ol
option p pre section table td th tr ul
"""
UNSEEN = frozenset(("iframe", "noscript", "object", "script", "style", "template", "textarea", "title"))

TAG = re.compile(r"</?[a-z][a-z0-9]*>")
# controls, bidirectional overrides, soft hyphen, zero-width space, byte order mark, halves of characters;
# the zero-width joiners stay, emoji and several scripts are written with them
INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
LINE_END = re.compile(r"\r\n?|[\x85\u2028\u2029]")
SPACES = re.compile(r"[^\S\n]+")
GAP = re.compile(r" ?\n ?")
EMPTY_LINES = re.compile(r"\n{3,}")
# composing is quadratic in a run of marks; no script stacks so many
PILED_MARKS = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{8})"
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+"
)


def plain(text: str, html: bool) -> str:
    """At most 20,000 characters, composed (NFC), without controls, single spaces, at most one empty line in a row.

    With `html`, its own line breaks are spaces (unless there is no markup at all), entities are decoded, block tags
    end a line, links lose their address and keep their text.
    """
    if html and ("<" in text or "&" in text):
        text = stripped(visible(text[:LONGEST_HTML]))
    text = visible(text[:LONGEST_TEXT])
    if not text.isascii():
        text = unicodedata.normalize("NFC", PILED_MARKS.sub(r"\1", text))
    return spaced(text).strip()


def visible(text: str) -> str:
    """The text without controls and halves of characters, which no parser and no database takes."""
    if text.replace("\n", " ").isprintable():
        return text
    return INVISIBLE.sub("", LINE_END.sub("\n", text))


def stripped(html: str) -> str:
    """The text of the HTML, its own line breaks taken for the spaces they are."""
    kept = nh3.clean(html, tags=set(BLOCKS.split()), clean_content_tags=set(UNSEEN), attributes={})
    # what is left of "<" in the result belongs to the tags asked for, the text's own is "&lt;"
    return unescape(TAG.sub("\n", " ".join(kept.split())))


def spaced(text: str) -> str:
    """Single spaces, none round a line end, at most one empty line in a row."""
    if "  " in text or not text.isprintable():
        text = EMPTY_LINES.sub("\n\n", GAP.sub("\n", SPACES.sub(" ", text)))
    return text
