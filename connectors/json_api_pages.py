"""The walk over a site's pages: from the newest back to where the last poll came, or on from there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from connectors.contract import Response
from connectors.json_api_evaluate import Evaluation
from connectors.json_api_items import MOST_ENTRIES, MappedPage
from connectors.json_api_site import Call, Site
from connectors.json_api_spec import Spec
from connectors.json_api_words import Param

# bounded, so that no header makes these expressions crawl
_LINK = re.compile(r"<([^<>]{1,4000})>\s*((?:;[^,<]{0,400})*)")
_REL_NEXT = re.compile(r";\s*rel\s*=\s*\"?(?:[\w-]+ )*next\b", re.I)


class CutShort(Exception):
    """The walk cannot go on and trying again would not help; the message becomes a blind spot."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a walk stands: what the next request says. `url` is set when the site gave a whole address."""

    cursor: str = ""
    number: int = 0
    offset: int = 0
    since: datetime | None = None
    url: str | None = None

    def values(self) -> dict[str, object]:
        """What the placeholders of a request mean here."""
        return {
            "cursor": self.cursor,
            "page": self.number,
            "offset": self.offset,
            "since": self.since.strftime("%Y-%m-%dT%H:%M:%SZ") if self.since else "",
            "since_unix": int(self.since.timestamp()) if self.since else "",
        }


@dataclass(frozen=True, slots=True)
class Step:
    """One page as it was read: the place, the answer, the items."""

    place: Place
    answer: Response
    data: Any
    page: MappedPage


def start(spec: Spec, since: datetime) -> Place:
    """The first page."""
    first = str(spec.pages.first)
    count = int(first) if first.isdecimal() else None
    cursor = first if spec.pages.kind == "cursor" else ""
    return Place(cursor=cursor, number=1 if count is None else count, offset=count or 0, since=since)


def request(spec: Spec, site: Site, place: Place, params: Mapping[str, Param]) -> Call:
    """The request for a place."""
    call = site.call(spec.request, {**params, **place.values()})
    return replace(call, url=place.url) if place.url else call


def fingerprint(call: Call) -> str:
    """What tells one request from another, without keeping what it says."""
    return sha256(f"{call.method} {call.url}".encode() + b"\n" + (call.body or b"")).hexdigest()[:32]


def following(spec: Spec, site: Site, step: Step, value: Evaluation) -> Place | None:
    """The place after this one; None at the end. Raises CutShort when the site leads us elsewhere."""
    pages = spec.pages
    if step.page.offered > MOST_ENTRIES:
        raise CutShort(f"a page of {step.page.offered} entries, of which the first {MOST_ENTRIES} were read")
    # saves the request for an empty last page
    short = pages.size is not None and step.page.offered < pages.size
    if short or not step.page.offered or (pages.more is not None and not value(pages.more, step.data)):
        return None
    place = step.place
    match pages.kind:
        case "page":
            return replace(place, number=place.number + 1)
        case "offset":
            return replace(place, offset=place.offset + (pages.size or 0))
        case "cursor":
            cursor = value(pages.next, step.data)
            return replace(place, cursor=str(cursor)) if isinstance(cursor, str | int) and cursor != "" else None
        case "url":
            return _elsewhere(value(pages.next, step.data), site, step)
        case "link":
            return _elsewhere(next(_linked(step.answer.headers.get("link", "")), None), site, step)
        case "since":
            newest = step.page.newest
            return replace(place, since=newest) if newest and place.since != newest else None
        case _:
            return None


def _elsewhere(url: object, site: Site, step: Step) -> Place | None:
    if not isinstance(url, str) or not url:
        return None
    here = site.here(url, step.answer.url)
    if here is None:
        raise CutShort("the next page lies on another site, where our credentials have no business")
    return replace(step.place, url=here)


def _linked(header: str) -> Iterator[str]:
    return (url for url, said in _LINK.findall(header[:16_000]) if _REL_NEXT.search(said))
