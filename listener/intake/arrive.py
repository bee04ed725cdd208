"""Item → Arrival: plain text, identity, brands, own accounts, and whether it is history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

from connectors.contract import Author, Item
from listener.intake.address import canonical
from listener.intake.brands import Brands
from listener.intake.plain import plain
from listener.likeness import fingerprint
from listener.model.plan import Arrival, OwnReply
from listener.model.verdict import Voice

TITLE, NAME = 500, 200
MOST = 2**31 - 1  # what a column of whole numbers holds
# what programs write for no date lies before: 0001-01-01, 1900-01-01, 1970-01-01
NO_WEB_YET = datetime(1990, 1, 1, tzinfo=UTC)
EXACT = 2**53  # beyond it numbers in JSON lose digits, far beyond it they are refused


@dataclass(frozen=True, slots=True)
class Origin:
    """What is true of everything that one poll of a source brings.

    `brands` are the names the source may speak about; `everything`: each item is about all of them.
    `young` is the age up to which a first poll is acted on, `fresh` the same for later ones. `restored` is when the
    store was put back: what was posted before may have been acted on by the store that was lost, and so may undated
    items of the first poll after it (`undated_old`, as on the first poll of all). `followed` are posts whose answers
    are kept though they do not name us, each with its brand. `kept` are posts that are mentions already, each with its
    brands: an edit that names none is still about them. `however_old`: a person asked for acts on all of it.
    """

    source: str
    kind: str
    platform: str
    voice: Voice
    brands: tuple[str, ...]
    everything: bool
    first_poll: bool
    at: datetime
    young: timedelta
    fresh: timedelta
    history: bool = False
    restored: datetime | None = None
    undated_old: bool = False
    followed: Mapping[str, str] = field(default_factory=dict)
    kept: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    however_old: bool = False


class Intake:
    """Makes arrivals of items, for one set of brands. `products` finds the products that a text names."""

    def __init__(self, brands: Brands, products: Brands) -> None:
        self._brands = brands
        self._products = products

    def arrivals(self, items: Iterable[Item], origin: Origin) -> Iterator[Arrival]:
        """In the order of the items."""
        allowed = frozenset(origin.brands)
        return (self._arrival(item, origin, allowed) for item in items)

    def own_replies(self, items: Sequence[Item], platform: str) -> list[OwnReply]:
        """What our own accounts answered, as far as the source says to whom."""
        found = [
            OwnReply(item.parent, item.thread, item.url)
            for item in items
            if (item.parent or item.thread) and self._brands.is_own(platform, item.author)
        ]
        return found + [OwnReply(item.external_id, None, item.url) for item in items if item.company_reply]

    def _arrival(self, item: Item, origin: Origin, allowed: frozenset[str]) -> Arrival:
        title, text = plain(item.title, item.html)[:TITLE], plain(item.text, item.html)
        words = self._words(item, f"{title}\n{text}", origin, allowed)
        # followers change daily and are left out: every post would be written anew with them
        author = f"{item.author.handle}\x1f{item.author.name}\x1f{item.author.url}"
        said = f"{title}\x1f{text}\x1f{item.rating}\x1f{item.company_reply}\x1f{author}"
        digest = blake2b(said.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
        columns = self._columns(item, origin, title, text) if words else {}
        return Arrival(identity(item.external_id), canonical(item.url), digest, columns, words)

    def _words(self, item: Item, said: str, origin: Origin, allowed: frozenset[str]) -> dict[str, list[str]]:
        found = {hit.brand: list(hit.words) for hit in self._brands.find(said) if hit.brand in allowed}
        if item.brand in allowed and item.brand is not None:
            return {item.brand: found.get(item.brand, [])}
        if origin.everything:
            return {brand: found.get(brand, []) for brand in origin.brands}
        still = origin.kept.get(identity(item.external_id), ())
        return found or {brand: [] for brand in still or self._spoken_to(item, origin, allowed)}

    def _spoken_to(self, item: Item, origin: Origin, allowed: frozenset[str]) -> tuple[str, ...]:
        """The brand of a post that does not name it: it answers one of our accounts, or somebody who praised us."""
        if not (item.parent or item.parent_author or item.thread) or self._brands.is_own(origin.platform, item.author):
            return ()
        ours = self._brands.owners(origin.platform, Author(item.parent_author)) if item.parent_author else ()
        praised = (origin.followed.get(post or "") for post in (item.parent, item.thread))
        return tuple(brand for brand in (*ours, *praised) if brand in allowed)[:1]

    def _columns(self, item: Item, origin: Origin, title: str, text: str) -> dict[str, Any]:
        author = item.author
        mark = fingerprint(f"{title} {text}")
        return {
            "source": origin.source,
            "kind": origin.kind,
            "platform": origin.platform,
            "voice": origin.voice,
            "url": item.url if canonical(item.url) else None,
            "author_handle": _name(author.handle),
            "author_name": _name(author.name),
            "author_url": author.url if canonical(author.url) else None,
            "author_followers": None if author.followers is None else max(0, min(MOST, author.followers)),
            "title": title,
            "text": text,
            "language": _name(item.language),
            "rating": item.rating,
            **self._times(item, origin),
            "seen_at": origin.at,
            "edited_at": None,
            "gone_at": None,
            "thread": _name(item.thread),
            "reply_to_us": self._brands.is_own(origin.platform, Author(item.parent_author)),
            "company_reply": plain(item.company_reply, item.html) if item.company_reply else None,
            "attributes": {_name(name): _value(value) for name, value in item.attributes.items()},
            "tags": [],
            "first_poll": origin.first_poll,
            "own": self._brands.is_own(origin.platform, author),
            "product": next((found.brand for found in self._products.find(f"{title}\n{text}")), None),
            "simhash": mark.simhash,
            "copy_a": mark.copy_a,
            "copy_b": mark.copy_b,
            "verdict": {},
        }

    def _times(self, item: Item, origin: Origin) -> dict[str, Any]:
        posted = min(item.posted_at, origin.at) if item.posted_at and item.posted_at > NO_WEB_YET else None
        limit = origin.young if origin.first_poll else origin.fresh
        old = _old(posted, origin, limit) if posted else origin.first_poll or origin.undated_old
        return {
            "posted_at": posted or origin.at,
            "dated": posted is not None and not origin.however_old,
            "history": origin.history or (old and not origin.however_old),
        }


def _old(posted: datetime, origin: Origin, limit: timedelta) -> bool:
    return origin.at - posted > limit or (origin.restored is not None and posted < origin.restored)


def _name(text: str | None) -> str | None:
    return plain(text, False)[:NAME] or None if text else None


def _value(value: str | int | float | bool) -> str | int | float | bool:
    if isinstance(value, str):
        return plain(value, False)[:TITLE]
    return max(-EXACT, min(EXACT, value)) if isinstance(value, int) else value


def writable(item: Item) -> Item:
    """The item with names that a store can hold: NUL, or half a character of cut-off JSON, fails every statement."""
    names = (item.external_id, item.parent, item.thread, item.url)
    if all(name is None or (len(name) <= TITLE and name.isprintable()) for name in names):
        return item
    parent = identity(item.parent) if item.parent else item.parent
    url = item.url if canonical(item.url) else None
    return replace(item, external_id=identity(item.external_id), parent=parent, thread=_name(item.thread), url=url)


def identity(external_id: str) -> str:
    """The source's own id, or a hash of it where it is longer than an id should be or no text at all."""
    if len(external_id) <= TITLE and external_id.isprintable():
        return external_id
    return blake2b(external_id.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
