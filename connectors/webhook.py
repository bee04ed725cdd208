"""Kind `webhook`: what other systems post to `/in/<source>`, signed, once, mapped to items."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from pydantic import Field, PrivateAttr

from connectors.contract import Batch, Connector, Door, Item
from connectors.json_api_evaluate import Evaluation
from connectors.json_api_items import Mapper
from connectors.json_api_spec import AuthorMap, ItemMap, Path, Spec
from connectors.json_api_words import parse
from connectors.signed import Refused as Refused
from connectors.signed import check

KEY = "idempotency-key"
LONGEST_KEY = 200
DERIVED = "_derived_id"


SPEC = Spec.model_validate(
    {"about": "", "access": "", "request": {"path": "/"}, "items": "@", "map": {"external_id": DERIVED}}
)


@dataclass(frozen=True, slots=True)
class Received:
    """The items of one post, to be stored before 202 is answered; `unusable` entries had neither text nor stars."""

    items: tuple[Item, ...]
    unusable: int


class Map(ItemMap):
    """Where an item's values are found in an entry, as JMESPath; by default under their own names."""

    external_id: Path = parse("external_id")
    text: Path | None = parse("text")
    title: Path | None = parse("title")
    url: Path | None = parse("url")
    author: AuthorMap = AuthorMap.model_validate({"handle": "author"})
    language: Path | None = parse("language")
    rating: Path | None = parse("rating")
    posted_at: Path | None = parse("posted_at")
    # who posts is known by signature: the address tells which customer speaks
    attributes: Mapping[str, Path] = {"author_email": parse("author_email")}


class Webhook(Connector):
    """Mentions that another system posts as JSON to `/in/<source>`: one object, or a list of them.

    `X-Listener-Timestamp` holds Unix seconds, `X-Listener-Signature` is `sha256=` and the hexadecimal HMAC-SHA256 of
    the timestamp, a full stop and the body, under `secret`. `items` finds the entries in the body and `map` their
    values. An entry without an id of its own is known by `Idempotency-Key` and its place in the list, or else by its
    content, so that a repeated post is kept once. A post of more than `megabytes` is refused.
    """

    secrets: ClassVar[frozenset[str]] = frozenset({"secret"})

    secret: str = Field(min_length=1, repr=False)
    items: Path = parse("@")
    map: Map = Map()
    megabytes: float = Field(default=1, gt=0, le=20)

    _mapper: Mapper = PrivateAttr()

    def model_post_init(self, context: Any) -> None:
        named = self.map.external_id.source
        mapped = self.map.model_copy(update={"external_id": parse(f"({named}) || {DERIVED}")})
        self._mapper = Mapper(SPEC.model_copy(update={"map": mapped}), {})

    @property
    def most_bytes(self) -> int:
        """The longest body that is taken: who serves need not read further."""
        return int(self.megabytes * 1_000_000)

    def identity(self) -> str:
        """The address it is posted to: another mapping makes it no other source."""
        return "webhook"

    def poll(self, cursor: str, door: Door) -> Batch:
        """Nothing: it is posted to, not polled."""
        return Batch(cursor=cursor, every=timedelta(days=1), unchanged=True)

    def receive(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Received:
        """The items in a post. Raises Refused with 413 (size), 401 (signature), 400 (no JSON) or 422 (no items)."""
        told = {name.lower(): value for name, value in headers.items()}
        if len(body) > self.most_bytes:
            raise Refused(413, f"more than {self.megabytes:g} MB")
        check(told, body, self.secret, now)
        entries = self._entries(body)
        numbered = [_named(entry, told.get(KEY, "").strip(), place) for place, entry in enumerate(entries)]
        page = self._mapper.page(numbered, now)
        items = tuple(item for item in page.items if item.text or item.title or item.rating) if page else ()
        if entries and not items:
            raise Refused(422, "no entry has a text where the source's `map` looks for it")
        return Received(items, len(entries) - len(items))

    def _entries(self, body: bytes) -> list[Any]:
        try:
            data = json.loads(body.decode("utf-8-sig"), parse_constant=lambda name: None)
        except (ValueError, RecursionError):
            raise Refused(400, "the body is no JSON in UTF-8") from None
        found = Evaluation({})(self.items, data)
        if found is None:
            raise Refused(422, "nothing is where the source's `items` looks for it")
        return found if isinstance(found, list) else [found]


def _named(entry: Any, key: str, place: int) -> Any:
    """The entry with an id for the case that it has none of its own."""
    if not isinstance(entry, dict):
        return entry
    # names instead of a list of keys seen: the store keeps one item for each name, for ever
    told = f"{key[:LONGEST_KEY]}#{place}" if key else json.dumps(entry, sort_keys=True)
    return {**entry, DERIVED: "sha256:" + hashlib.sha256(told.encode()).hexdigest()[:40]}
