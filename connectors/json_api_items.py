"""One page of a site's JSON → items, as the spec's map says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from connectors.contract import Author, Item
from connectors.dates import read_time
from connectors.json_api_evaluate import Evaluation, Ready
from connectors.json_api_spec import Spec
from connectors.json_api_words import Param
from connectors.stars import number

# characters of one text; a longer one is an attack, not a post
LONGEST = 100_000
SHORT = 1_000
# entries of one page; at 20,000 a second more would hold up everybody else
MOST_ENTRIES = 10_000

Read = tuple[str, Ready, Callable[[Any], Any]]


@dataclass(frozen=True, slots=True)
class MappedPage:
    """The items of one page in the site's order, and their times.

    `offered` counts all entries of the page, `nameless` those of ours that have no id.
    """

    items: list[Item]
    offered: int
    nameless: int
    times: list[datetime]

    @property
    def newest(self) -> datetime | None:
        return max(self.times, default=None)

    @property
    def oldest(self) -> datetime | None:
        return min(self.times, default=None)


class Mapper:
    """A spec's map made ready for many items: each expression made ready once."""

    def __init__(self, spec: Spec, params: Mapping[str, Param]) -> None:
        self.spec = spec
        self.value = Evaluation(params)
        self._fields = self._reads(spec.map, _FIELDS)
        self._author = self._reads(spec.map.author, _AUTHOR)
        self._attributes = [(name, self.value.ready(expression)) for name, expression in spec.map.attributes.items()]
        self._keep = self.value.ready(spec.keep) if spec.keep else bool
        self._time = self.value.ready(spec.watermark.time) if spec.watermark.time else None

    def page(self, answer: Any, now: datetime) -> MappedPage | None:
        """The page's items; None when the answer has no list of items at all. Times in the future become `now`."""
        raw = self.value(self.spec.items, answer)
        if not isinstance(raw, list):
            return None
        ours = [each for each in raw[:MOST_ENTRIES] if isinstance(each, dict) and self._keep(each)]
        items = [item for each in ours if (item := self.item(each, now)) is not None]
        return MappedPage(items, len(raw), len(ours) - len(items), self._times(ours, items, now))

    def item(self, raw: Mapping[str, Any], now: datetime) -> Item | None:
        """The item; None when it has no id, without which it could not be known again."""
        found = {name: read(value(raw)) for name, value, read in self._fields}
        if not found["external_id"]:
            return None
        if self._author:
            found["author"] = Author(**{name: read(value(raw)) for name, value, read in self._author})
        if self._attributes:
            found["attributes"] = self._tested(raw)
        posted = found.get("posted_at")
        # a clock in the future would put the watermark there and blind all later polls
        if posted is not None and posted > now:
            found["posted_at"] = now
        return Item(html=self.spec.map.html, **found)

    def _tested(self, raw: Mapping[str, Any]) -> dict[str, Param]:
        """The attributes that have a value which rules can test."""
        found = [(name, value(raw)) for name, value in self._attributes]
        return {
            name: valid(value, SHORT) if isinstance(value, str) else value
            for name, value in found
            if isinstance(value, str | int | float)
        }

    def _reads(self, part: object, fields: Mapping[str, Callable[[Any], Any]]) -> list[Read]:
        written = ((name, getattr(part, name), read) for name, read in fields.items())
        return [(name, self.value.ready(expression), read) for name, expression, read in written if expression]

    def _times(self, ours: list[dict[str, Any]], items: list[Item], now: datetime) -> list[datetime]:
        time = self._time
        found = [read_time(time(raw)) for raw in ours] if time else [item.posted_at for item in items]
        return [min(moment, now) for moment in found if moment is not None]


def valid(text: str, longest: int) -> str:
    """The text without what no store takes: half surrogates and NUL; no longer than `longest`."""
    text = text[:longest]
    # JSON can escape half a surrogate pair, which no database takes
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    return text.replace("\0", "") if "\0" in text else text


def _text(value: Any) -> str:
    if isinstance(value, str):
        return valid(value, LONGEST)
    # `true` is an int to Python, and no text or id to anybody
    return "" if isinstance(value, bool) or not isinstance(value, int | float) else _digits(value)


def _digits(value: int | float) -> str:
    try:
        return str(value)
    except ValueError:
        # an int of more than 4,300 digits
        return ""


def _name(value: Any) -> str | None:
    return _text(value)[:SHORT].strip() or None


def _url(value: Any) -> str | None:
    """A web address; anything else (`javascript:`) counts as absent."""
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
        return valid(value, SHORT) if parts and parts.netloc and parts.scheme in ("http", "https") else None
    except ValueError:
        return None


def _rating(value: Any) -> float | None:
    found = number(value)
    return None if found is None else min(max(found, 0.0), 5.0)


def _count(value: Any) -> int | None:
    found = number(value)
    return None if found is None or found < 0 else int(found)


_FIELDS: Mapping[str, Callable[[Any], Any]] = {
    "external_id": _name,
    "text": _text,
    "title": _text,
    "url": _url,
    "language": _name,
    "rating": _rating,
    "posted_at": read_time,
    "thread": _name,
    "parent": _name,
    "parent_author": _name,
    "company_reply": lambda value: _text(value) or None,
}
_AUTHOR: Mapping[str, Callable[[Any], Any]] = {"handle": _name, "name": _name, "url": _url, "followers": _count}
