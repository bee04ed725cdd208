"""A line of customers.csv, or an object of a CRM system → a customer and everything that tells that it is them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from listener.customers.addresses import profile, site
from listener.customers.lines import Line
from listener.model.registry import Key, Listed

TEXTS = (
    "name",
    "email",
    "segment",
    "plan",
    "region",
    "version",
    "timezone",
    "language",
    "owner",
    "owner_role",
    "renewal_at",
)
LISTS = ("products", "tags", "consents")
KNOWN = frozenset({"id", "handles", "do_not_contact", *TEXTS, *LISTS})
YES = frozenset({"1", "true", "yes", "y", "x", "ja"})
# columns of ops' own that identify a customer besides being testable by rules
SITES, ORDERS = "website", "orders"


def customer_of(line: Line, digest: str) -> tuple[Listed, list[str]]:
    """The customer of a line, and what of the line could not be used: then it is looked at again the next time."""
    complaints: list[str] = []
    values = line.values
    keys = dict.fromkeys((*_handles(values.get("handles", ""), complaints), *_signs(values)))
    return Listed({**_columns(values), "digest": "" if complaints else digest}, tuple(keys)), complaints


def digest_of(line: Line) -> str:
    """What tells whether a line is as it was."""
    told = "\x1f".join(line.values) + "\x1e" + "\x1f".join(line.values.values())
    return hashlib.blake2b(told.encode(errors="surrogatepass"), digest_size=8).hexdigest()


def _columns(values: Mapping[str, str]) -> dict[str, Any]:
    columns: dict[str, Any] = {name: values.get(name, "") for name in TEXTS}
    columns |= {name: parts(values.get(name, "")) for name in LISTS}
    return {
        "id": values["id"],
        **columns,
        "email": columns["email"].lower(),
        "do_not_contact": values.get("do_not_contact", "").lower() in YES,
        "columns": {name: value for name, value in values.items() if value and name and name not in KNOWN},
    }


@lru_cache(4_096)
def parts(text: str) -> tuple[str, ...]:
    """A list as it stands in one field; products and tags are the same in many lines."""
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _handles(text: str, complaints: list[str]) -> Iterator[Key]:
    for written in parts(text):
        key = key_of(written)
        if key is None:
            complaints.append(f"handle {written!r} is not written as platform:name")
        else:
            yield key


def key_of(written: str) -> Key | None:
    """`reddit:anna`, or the address of a profile; None when it is neither."""
    if written.lower().startswith(("http://", "https://")):
        page = profile(written)
        return ("@url", page) if page else None
    platform, colon, handle = written.partition(":")
    key = (platform.strip().casefold(), folded(handle))
    return key if colon and all(key) and not key[0].startswith("@") else None


def folded(handle: str) -> str:
    """A handle as it is compared."""
    return handle.strip().lstrip("@").casefold()


def written(key: Key) -> str:
    """A key as ops write it."""
    return key[1] if key[0] == "@url" else f"{key[0]}:{key[1]}"


def _signs(values: Mapping[str, str]) -> Iterable[Key]:
    sites = (site(address) for address in parts(values.get(SITES, "")))
    yield from (("@site", host) for host in sites if host)
    yield from (("@order", number) for number in parts(values.get(ORDERS, "")))
