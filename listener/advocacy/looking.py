"""A look at a place where a reference appears: is the name or the quote still there, gone, or can nobody tell?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from typing import Literal
from urllib.parse import urlsplit

Seen = Literal["still up", "gone", "cannot tell"]

TAG = re.compile(r"<[^<>]*>")
SPACE = re.compile(r"\s+")
# what a page asks of somebody who must log in first; its words tell nothing about the page behind it
LOGIN = re.compile(r"""<input[^<>]*type\s*=\s*["']?password""", re.IGNORECASE)
CHARSET = re.compile(r"charset=\s*[\"']?([\w-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """What the network brought: the status, the address after redirects, the body and how it is coded."""

    status: int
    url: str
    body: bytes
    kind: str = "text/html"


@dataclass(frozen=True, slots=True)
class Sight:
    """What a look found, and the sentence that says why."""

    seen: Seen
    detail: str


def judge(page: Page, address: str, looks_for: Sequence[str], was_there: bool) -> Sight:
    """Whether one of these texts is still on the page. Upper and lower case, spaces and markup do not count.

    `was_there`: a look before the takedown had found one of them. Where none ever was (pages that a script fills), its
    absence proves nothing, and a person must look.
    """
    if page.status in (404, 410):
        return Sight("gone", f"the page is gone ({page.status})")
    if page.status != 200:
        return Sight("cannot tell", f"the page answers {page.status}")
    text = page.body.decode(_charset(page), "replace")
    found = [wanted for wanted in looks_for if _holds(text, wanted)]
    if found:
        return Sight("still up", f"it still shows {len(found)} of {len(looks_for)} texts")
    if LOGIN.search(text) or _elsewhere(page.url, address):
        return Sight("cannot tell", "a login or another page came in its place")
    if not was_there:
        return Sight("cannot tell", "the texts were never seen there, so their absence proves nothing")
    return Sight("gone", "none of the texts is left on the page")


def _charset(page: Page) -> str:
    told = CHARSET.search(page.kind) or CHARSET.search(page.body[:2_000].decode("latin-1"))
    try:
        return told[1] if told and "".encode(told[1]) == b"" else "utf-8"
    except LookupError:
        return "utf-8"


def _holds(text: str, wanted: str) -> bool:
    sought = _plain(wanted)
    return sought in _plain(TAG.sub(" ", text)) or sought in _plain(TAG.sub("", text)) or sought in _plain(text)


def _plain(text: str) -> str:
    return SPACE.sub(" ", unescape(text)).strip().casefold()


def _elsewhere(final: str, address: str) -> bool:
    """A redirect to another site, or to a path that speaks of logging in."""
    there, asked = urlsplit(final), urlsplit(address)
    moved = (there.hostname or "").removeprefix("www.") != (asked.hostname or "").removeprefix("www.")
    return moved or (there.path != asked.path and re.search(r"log-?in|sign-?in|auth|sso", there.path, re.I) is not None)
