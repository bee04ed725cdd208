"""A line of customers.csv, or an object of a CRM system → a customer and everything that tells that it is them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from listener.customers.addresses import profile, site
from listener.customers.lines import Line
from listener.model.registry import Key, Listed, is_address
from rules.problems import Misread
from rules.quantities import zone

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
NO = frozenset({"", "0", "false", "no", "n", "nein", "-"})
SAID = YES | NO
# columns of ops' own that identify a customer besides being testable by rules
SITES, ORDERS = "website", "orders"
SEPARATOR = "\x1f"
# of the size of a filled one: a dictionary that grows is copied each time
BLANK: Mapping[str, Any] = dict.fromkeys((*TEXTS, *LISTS, "id", "do_not_contact", "columns", "digest"), "")


def customer_of(line: Line, digest: str) -> tuple[Listed, list[str]]:
    """The customer of a line, and what of the line could not be used: then it is looked at again the next time."""
    complaints: list[str] = []
    values = line.values
    keys = _handles(values.get("handles", ""), complaints)
    if values.get(SITES) or values.get(ORDERS):
        keys += _signs(values)
    columns = _columns(values)
    if (email := columns["email"]) and not is_address(email):
        complaints.append(f"{email!r} is no e-mail address: no letter will reach this customer")
    if (name := columns["timezone"]) and (why := _strange_zone(name)):
        complaints.append(why)
    if (said := values.get("do_not_contact", "")).lower() not in SAID:
        complaints.append(f"do_not_contact is {said!r}, neither yes nor no: it counts as yes until it says no")
    if (ends := columns["renewal_at"]) and not _is_date(ends):
        complaints.append(f"renewal_at is {ends!r}, which is no date such as 2027-03-31: no ask is held back for it")
    columns["digest"] = "" if complaints else digest
    return Listed(values["id"], columns, tuple(dict.fromkeys(keys))), complaints


def digest_of(line: Line) -> str:
    """What tells whether a line is as it was."""
    told = f"{_header(tuple(line.values)).joined}\x1e{SEPARATOR.join(line.values.values())}"
    return hashlib.blake2b(told.encode(errors="surrogatepass"), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class _Header:
    """What is the same in all lines of a file: the names of its columns, of texts that we know, and of ops' own."""

    joined: str
    texts: tuple[str, ...]
    own: tuple[str, ...]


@lru_cache(64)
def _header(names: tuple[str, ...]) -> _Header:
    texts = tuple(name for name in names if name in TEXTS)
    return _Header(SEPARATOR.join(names), texts, tuple(name for name in names if name and name not in KNOWN))


def _columns(values: Mapping[str, str]) -> dict[str, Any]:
    header = _header(tuple(values))
    columns = {**BLANK}
    for name in header.texts:
        columns[name] = values[name]
    for name in LISTS:
        columns[name] = parts(values.get(name, ""))
    columns["id"] = values["id"]
    columns["email"] = columns["email"].lower()
    columns["do_not_contact"] = values.get("do_not_contact", "").lower() not in NO
    columns["columns"] = {name: value for name in header.own if (value := values[name])} if header.own else {}
    return columns


@lru_cache(1_024)
def _strange_zone(name: str) -> str:
    try:
        zone(name)
    except Misread as wrong:
        return f"{wrong}: {wrong.cure}"
    return ""


@lru_cache(4_096)
def parts(text: str) -> tuple[str, ...]:
    """A list as it stands in one field; products and tags are the same in many lines."""
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _handles(text: str, complaints: list[str]) -> list[Key]:
    if text and ";" not in text and (only := key_of(text)):  # nearly always; unlike lists, few are there twice
        return [only]
    found = {written: key_of(written) for written in parts(text)}
    complaints += (f"handle {one!r} is not written as platform:name" for one, key in found.items() if key is None)
    return [key for key in found.values() if key is not None]


def key_of(written: str) -> Key | None:
    """`reddit:anna`, or the address of a profile; None when it is neither."""
    if "://" in written and written.lower().startswith(("http://", "https://")):
        page = profile(written)
        return ("@url", page) if page else None
    platform, colon, handle = written.partition(":")
    key = (platform.strip().casefold(), folded(handle))
    return key if colon and all(key) and not key[0].startswith("@") else None


def moment_of(written: str) -> datetime | None:
    """A date or time; without a zone it is UTC."""
    try:
        at = datetime.fromisoformat(written)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


@lru_cache(4_096)
def _is_date(written: str) -> bool:
    return moment_of(written) is not None


def folded(handle: str) -> str:
    """A handle as it is compared."""
    return handle.strip().lstrip("@").casefold()


def written(key: Key) -> str:
    """A key as ops write it."""
    return key[1] if key[0] == "@url" else f"{key[0]}:{key[1]}"


def _signs(values: Mapping[str, str]) -> list[Key]:
    sites = (site(address) for address in parts(values.get(SITES, "")))
    return [*(("@site", host) for host in sites if host), *(("@order", each) for each in parts(values.get(ORDERS, "")))]
