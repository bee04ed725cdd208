"""What no grammar can say about a spec: names that must agree, and its sample, which must come out as promised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.contract import Item
from connectors.dates import read_time
from connectors.json_api_items import Mapper
from connectors.json_api_spec import PLACES, NoAuth, Spec, placeholders

Place = tuple[int | str, ...]
# samples are older than today, some day
LATEST = datetime.max.replace(tzinfo=UTC)
# a closed list: the configuration can refuse a literal secret only where it knows the name
SECRETS = (
    "api_key",
    "api_secret",
    "client_id",
    "client_secret",
    "password",
    "private_key",
    "refresh_token",
    "service_account",
    "token",
    "username",
)


def problems(spec: Spec) -> Iterator[tuple[Place, str]]:
    """Each mistake with its place in the document."""
    yield from _secrets(spec)
    yield from _placeholders(spec)
    yield from _pages(spec)
    yield from _sample(spec)


def _secrets(spec: Spec) -> Iterator[tuple[Place, str]]:
    for name in spec.secrets.keys() - set(SECRETS):
        yield ("secrets", name), f"a secret cannot be called `{name}`: choose one of {', '.join(SECRETS)}"
    replies = spec.reply.auth if spec.reply else None
    for place, auth in ((("auth",), spec.auth), (("reply", "auth"), replies or NoAuth())):
        for key, template in auth:
            for name in placeholders(template):
                if name not in spec.secrets and name not in spec.params:
                    yield (*place, key), f"`{{{name}}}` is declared neither under `secrets` nor under `params`"


def _placeholders(spec: Spec) -> Iterator[tuple[Place, str]]:
    yield from _unknown(("request",), spec.request.model_dump(), {*spec.params, *PLACES})
    if spec.reply:
        # secrets belong under `auth` alone, where they are kept out of messages
        known = {*spec.params, "reference", "text", "key"}
        yield from _unknown(("reply", "request"), spec.reply.request.model_dump(), known)
        yield from _unknown(("reply", "find", "request"), spec.reply.find.request.model_dump(), known)


def _unknown(place: Place, request: Mapping[str, Any], known: set[str]) -> Iterator[tuple[Place, str]]:
    for key, template in request.items():
        for name in set(placeholders(template)) - known:
            yield (*place, key), f"nothing is called `{{{name}}}`: there are {', '.join(sorted(known))}"


def _pages(spec: Spec) -> Iterator[tuple[Place, str]]:
    kind = spec.pages.kind
    if kind in ("cursor", "url") and spec.pages.next is None:
        yield ("pages",), f"pages of kind `{kind}` need `next`: where the answer says how to go on"
    if kind == "offset" and spec.pages.size is None:
        yield ("pages",), "pages of kind `offset` need `size`: how many items a full page holds"
    said = set(placeholders(spec.request.model_dump()))
    if kind in ("cursor", "page", "offset") and kind not in said:
        yield ("request",), f"the request never says `{{{kind}}}`, so every page would be the first"
    if kind == "since" and not said & {"since", "since_unix"}:
        yield ("request",), "the request never says `{since}` or `{since_unix}`, so every page would be the first"


def _sample(spec: Spec) -> Iterator[tuple[Place, str]]:
    if spec.sample is None:
        return
    mapper = Mapper(spec, {**spec.defaults(), **spec.sample.params})
    page = mapper.page(spec.sample.answer, LATEST)
    if page is None:
        yield ("items",), f"the sample has nothing at `{spec.items.source}`"
        return
    wanted = spec.sample.items
    if len(page.items) != len(wanted):
        yield ("sample", "items"), f"the sample gives {len(page.items)} items, {len(wanted)} are expected"
    for number, (item, values) in enumerate(zip(page.items, wanted, strict=False)):
        for key, value in values.items():
            found = _value(item, key)
            if found != (read_time(value) if isinstance(found, datetime) else value):
                yield ("sample", "items", number, key), f"`{key}` comes out as {found!r}, not {value!r}"


def _value(item: Item, key: str) -> Any:
    """A value of an item by its name in `map`, as `author.name` for the author and `attributes.x` for the rest."""
    room, _, name = key.partition(".")
    found = getattr(item, room, None)
    if not name:
        return found
    return found.get(name) if isinstance(found, Mapping) else getattr(found, name, None)
