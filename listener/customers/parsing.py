"""A line of customers.csv, or an object of a CRM system → a customer and everything that tells that it is them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from operator import itemgetter
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
COLUMNS = ("id", *TEXTS, *LISTS)
SAYING = ("do_not_contact", "handles", SITES, ORDERS)


def customer_of(line: Line, digest: str) -> tuple[Listed, list[str]]:
    """The customer of a line, and what of the line could not be used: then it is looked at again the next time."""
    complaints: list[str] = []
    plan = _plan(line.names)
    told = plan.told((*line.row, ""))
    columns: dict[str, Any] = dict(zip(COLUMNS, told, strict=False))
    for name in LISTS:
        columns[name] = parts(columns[name])
    said, handles, sites, orders = told[len(COLUMNS) :]
    keys = _handles(handles, complaints)
    if sites or orders:
        keys += _signs(sites, orders)
    if email := columns["email"]:
        columns["email"] = email = email.lower()
        if not is_address(email):
            complaints.append(f"{email!r} is no e-mail address: no letter will reach this customer")
    if (name := columns["timezone"]) and (why := _strange_zone(name)):
        complaints.append(why)
    columns["do_not_contact"] = said.lower() not in NO
    if said.lower() not in SAID:
        complaints.append(f"do_not_contact is {said!r}, neither yes nor no: it counts as yes until it says no")
    if (ends := columns["renewal_at"]) and not _is_date(ends):
        complaints.append(f"renewal_at is {ends!r}, which is no date such as 2027-03-31: no ask is held back for it")
    columns["columns"] = {name: value for name, place in plan.own if (value := line.row[place])}
    columns["digest"] = "" if complaints else digest
    return Listed(columns["id"], columns, tuple(dict.fromkeys(keys))), complaints


def digest_of(line: Line) -> str:
    """What tells whether a line is as it was."""
    told = f"{_plan(line.names).joined}\x1e{SEPARATOR.join(line.row)}"
    return hashlib.blake2b(told.encode(errors="surrogatepass"), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is the same in all lines of a file.

    `joined`: the names of its columns. `told` takes a line's values and one empty one, and gives those of COLUMNS and
    of SAYING in their order. `own`: name and place of ops' own columns.
    """

    joined: str
    told: Callable[[Sequence[str]], tuple[str, ...]]
    own: tuple[tuple[str, int], ...]


@lru_cache(64)
def _plan(names: tuple[str, ...]) -> _Plan:
    places = {name: place for place, name in enumerate(names)}
    own = tuple((name, place) for place, name in enumerate(names) if name and name not in KNOWN)
    # -1: the empty one
    told = itemgetter(*(places.get(name, -1) for name in (*COLUMNS, *SAYING)))
    return _Plan(SEPARATOR.join(names), told, own)


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


def _signs(sites: str, orders: str) -> list[Key]:
    hosts = (site(address) for address in parts(sites))
    return [*(("@site", host) for host in hosts if host), *(("@order", each) for each in parts(orders))]
