"""What a feed says, as plain values that travel from the parser child to the connector."""

from __future__ import annotations

import re
from typing import NamedTuple

# what no store and no page takes: control characters, and halves of a character that JSON can name alone
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Entry(NamedTuple):
    """One entry. `guid` and `link` as they are written, `url` absolute; `posted` in seconds since 1970."""

    guid: str
    link: str
    url: str | None
    title: str
    text: str
    html: bool
    author: str
    author_url: str | None
    language: str | None
    posted: int | None


def writable(entry: Entry) -> Entry:
    """The same without characters that cannot be kept."""
    return Entry(*(UNWRITABLE.sub("", value) if isinstance(value, str) else value for value in entry))  # type: ignore[arg-type]


class Reading(NamedTuple):
    """What a format's own reader found, in the order of the document; the fields mean what they do in Document."""

    entries: list[Entry]
    whole: bool
    dropped: int
    floor: int


class Document(NamedTuple):
    """One reading of a feed.

    `whole` is false when it ends in the middle; `dropped` counts entries past the limit; `floor` is the
    time in seconds that it asks to be left alone; `ids` name the entries, None for one listed twice.
    """

    whole: bool
    dropped: int
    floor: int
    entries: tuple[Entry, ...]
    ids: tuple[str | None, ...]


Plain = tuple[bool, int, int, tuple[tuple[object, ...], ...], tuple[str | None, ...]]


def flat(document: Document) -> Plain:
    """The same as bare tuples, which is all that a child may answer."""
    return (*document[:3], tuple(tuple(entry) for entry in document.entries), document.ids)


def document(plain: Plain) -> Document:
    """The same with its names back."""
    return Document(*plain[:3], tuple(Entry(*entry) for entry in plain[3]), plain[4])  # type: ignore[arg-type]
