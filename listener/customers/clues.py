"""What a mention tells about who wrote it: an account, a page of the author's, an address, an order number."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import re2

from listener.customers.addresses import host_of, profile, site
from listener.model.registry import Key

if TYPE_CHECKING:
    from sqlalchemy import Row

# names that a platform shows for many accounts: whoever bears one is nobody we could meet again
PLACEHOLDERS = frozenset(
    {
        *("anonymous", "anonym", "anonyme", "anonymous user", "unknown", "guest", "gast", "user", "nutzer", "nobody"),
        *("deleted", "[deleted]", "deleted user", "removed", "[removed]", "private", "hidden", "none", "null", "n/a"),
        *("customer", "kunde", "amazon customer", "amazon kunde", "verified buyer", "verified customer", "reviewer"),
        *("a google user", "google user", "ein google-nutzer", "me", "admin"),
    }
)
PACKED = frozenset(name.replace(" ", "") for name in PLACEHOLDERS)
# signed: what stands in such an item was put there by a system that knows our secret
SIGNED_KIND, EMAIL = "webhook", "author_email"
MOST_ORDERS = 5
LONGEST_PATTERN = 500

Orders = Callable[[str], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Clues:
    """All that tells who wrote one mention. `apart`: the author's page is not on the site that carries the post."""

    account: Key | None = None
    page: Key | None = None
    site: Key | None = None
    apart: bool = False
    email: str = ""
    orders: tuple[str, ...] = ()

    @property
    def keys(self) -> Iterable[Key]:
        """What may be listed as somebody's."""
        yield from (key for key in (self.page, self.site) if key)
        yield from (("@order", number) for number in self.orders)


def account_of(row: Row[Any]) -> Key | None:
    """(platform, folded handle) of the author, None where nobody can be told from that name."""
    handle = (row.author_handle or "").strip().lstrip("@").casefold()
    return None if not handle or handle.replace(" ", "") in PACKED else (row.platform.casefold(), handle)


def clues_of(row: Row[Any], orders: Orders) -> Clues:
    """What one mention tells. `orders` finds order numbers in a text."""
    page = profile(row.author_url or "")
    host = site(host_of(row.author_url or "")) if page else None
    email = row.attributes.get(EMAIL) if row.kind == SIGNED_KIND else None
    return Clues(
        account_of(row),
        ("@url", page) if page else None,
        ("@site", host) if host else None,
        host is not None and host != host_of(row.url or ""),
        email.strip().lower() if isinstance(email, str) and "@" in email else "",
        orders(f"{row.title}\n{row.text}"),
    )


class NoPattern(ValueError):
    """The pattern of order numbers cannot be used; the text says why."""


def none(text: str) -> tuple[str, ...]:
    """No pattern is configured: no number is one of an order."""
    return ()


def order_numbers(pattern: str) -> Orders:
    """What finds order numbers by this RE2 pattern, in linear time; its first group where it has one.

    Raises NoPattern.
    """
    if not pattern:
        return none
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20  # bounds the automaton of patterns such as ((a{100}){100})
    try:
        found = re2.compile(pattern, options)
    except re2.error as trouble:
        why = trouble.args[0].decode() if isinstance(trouble.args[0], bytes) else str(trouble)
        raise NoPattern(f"{pattern!r} is no pattern: {why}") from trouble
    if len(pattern) > LONGEST_PATTERN or found.search(""):
        raise NoPattern(f"{pattern!r} finds numbers where there are none: write what an order number looks like")
    group = 1 if found.groups else 0

    def numbers(text: str) -> tuple[str, ...]:
        # a group may have no part in what was found, or be empty
        every = dict.fromkeys(number for match in found.finditer(text) if (number := match.group(group)))
        return tuple(every)[:MOST_ORDERS]

    return numbers
