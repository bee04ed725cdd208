"""Clues → the customer who spoke, with the evidence; or nobody, for "unknown" is an answer. Pure: the caller asks.

Two accounts on one platform are never one person by a guess: what would make them so waits for a person, as a
suggestion. Names match nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from listener.customers.clues import Clues
from listener.model.registry import Key, Link, holder


@dataclass(frozen=True, slots=True)
class Known:
    """What the registry answered: links to keys, customers by e-mail and by order, and the accounts they have.

    `refused`: (account, customer) that a person said no to.
    """

    links: Mapping[Key, Sequence[Link]] = field(default_factory=dict)
    emails: Mapping[str, Collection[str]] = field(default_factory=dict)
    orders: Mapping[str, Collection[str]] = field(default_factory=dict)
    accounts: Mapping[str, Collection[Key]] = field(default_factory=dict)
    refused: Collection[tuple[Key, str]] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """Who spoke, as far as it is known. `link` is None for unknown.

    `by_account`: the registry has the account already. `binds`: it is this customer's from now on. `suggested`: only
    a person can say so.
    """

    link: Link | None = None
    by_account: bool = False
    binds: bool = False
    suggested: Link | None = None


UNKNOWN = Found()


def by_account(account: Key | None, known: Known) -> Found | None:
    """By the account alone; None when that says nothing. An account that two customers claim is nobody's."""
    links = known.links.get(account, ()) if account else ()
    if not links:
        return None
    owner = holder(links)
    return Found(owner, by_account=True) if owner else UNKNOWN


def recognise(clues: Clues, known: Known) -> Found:
    """Who wrote a mention."""
    settled = by_account(clues.account, known)
    if settled is not None:
        return settled
    links = [link for link in _evidence(clues, known) if (clues.account, link.customer) not in known.refused]
    if not links or len({link.customer for link in links}) > 1:
        return UNKNOWN
    best = max(links, key=lambda link: link.confidence)
    if best.source == "hint" or _would_be_two(clues.account, best, known):
        return Found(suggested=best) if clues.account else UNKNOWN
    return Found(best, binds=clues.account is not None and not _has_one_there(clues.account, best.customer, known))


def _evidence(clues: Clues, known: Known) -> Iterator[Link]:
    """Every customer that anything points at, each with what says so and how sure that is."""
    if clues.page and (owner := holder(known.links.get(clues.page, ()))):
        yield Link(owner.customer, "link", f"{clues.page[1]} is listed as their profile", 0.95)
    if only := _only(known.emails.get(clues.email, ())):
        yield Link(only, "email", "their e-mail address came with a signed item", 0.95)
    if clues.site and (owner := holder(known.links.get(clues.site, ()))):
        # the site that carries the post carries many people's
        source, sure = ("link", 0.85) if clues.apart else ("hint", 0.5)
        yield Link(owner.customer, source, f"the author's page is on {clues.site[1]}, a site of theirs", sure)
    for number in clues.orders:
        listed = holder(known.links.get(("@order", number), ()))
        theirs = {*known.orders.get(number, ()), *([listed.customer] if listed else ())}
        if only := _only(theirs):
            yield Link(only, "order", f"the text names their order {number}", 0.8)


def _only(customers: Collection[str]) -> str | None:
    """The one customer that something is about; two of them are none."""
    return next(iter(customers)) if len(customers) == 1 else None


def _would_be_two(account: Key | None, link: Link, known: Known) -> bool:
    """Whether this would make two accounts of one platform one person, by evidence that others can imitate."""
    imitable = link.source == "order" or (link.source == "link" and link.confidence < 0.9)
    return imitable and account is not None and _has_one_there(account, link.customer, known)


def _has_one_there(account: Key, who: str, known: Known) -> bool:
    return any(other[0] == account[0] and other != account for other in known.accounts.get(who, ()))
