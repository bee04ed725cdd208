"""Whose an account is, as people decide it: linked, unlinked, suggested; and who wants to hear nothing from us."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from listener.customers.addresses import host_of
from listener.customers.clues import account_of
from listener.customers.parsing import SITES, key_of, parts
from listener.model.registry import Key
from listener.pipeline.people import NotPossible
from listener.store import Store
from listener.store.moving import Move

LOOKED_BACK = timedelta(days=365)
MOST = 500


@dataclass(frozen=True, slots=True)
class Suggestion:
    """That an account might be a customer's, and why; only a person can say so."""

    account: str
    customer: str
    evidence: str
    confidence: float


class Linking:
    """Decisions in the name of one person. Raises NotPossible with what is wrong and what can be done."""

    def __init__(self, store: Store, now: Callable[[], datetime], who: str) -> None:
        self._store = store
        self._now = now
        self._who = who

    def link(self, written: str, customer: str, why: str) -> list[Move]:
        """The account is this customer's, with all its history."""
        _reason(why)
        moves = self._store.identities.link(_key(written), customer, self._who, why, self._now())
        if moves is None:
            raise NotPossible(f"there is no customer {customer!r}: `listener customers` lists them")
        return moves

    def unlink(self, written: str, why: str) -> list[Move]:
        """The account, or the one mention `#12`, is not whose it seemed: the history is split."""
        _reason(why)
        if written.startswith("#") and written[1:].isdecimal():
            moves = self._store.identities.unlink_mention(int(written[1:]), self._who, why, self._now())
            cure = "give its author's account as platform:name"
        else:
            moves = self._store.identities.unlink(_key(written), self._who, why, self._now())
            cure = "`listener customers --json` shows the handles of each"
        if moves is None:
            raise NotPossible(f"{written} belongs to no customer by itself: {cure}")
        return moves

    def opt_out(self, person: str, why: str) -> bool:
        """This person hears nothing from us any more; false when that was so."""
        _reason(why)
        return self._store.contacts.opt_out(self._person(person), self._now(), f"by {self._who}: {why}")

    def opt_in(self, person: str, why: str) -> bool:
        """This person may hear from us again; false when nothing stood against it."""
        _reason(why)
        return self._store.contacts.opt_in(self._person(person), self._now(), self._who, why)

    def _person(self, written: str) -> str:
        """A customer's id, or an account; that of a customer means the customer."""
        if self._store.customers.get([written]):
            return written
        key = _key(written)
        claims = self._store.identities.claimed(key)
        return claims[0] if len(claims) == 1 else ":".join(key)


def suggestions(store: Store, now: datetime, limit: int) -> Iterator[Suggestion]:
    """What waits for a person: found while judging, and authors with a customer's full name and the same site."""
    for row in store.identities.suggested(limit):
        yield Suggestion(f"{row.platform}:{row.handle}", row.customer, row.evidence, row.confidence)
    strangers = [row for row in store.identities.named_strangers(now - LOOKED_BACK, MOST) if _full(row.author_name)]
    customers: dict[str, list[Row[Any]]] = {}
    for customer in store.identities.customers_named(sorted({row.author_name for row in strangers})):
        customers.setdefault(customer.name, []).append(customer)
    accounts = [account for row in strangers if (account := account_of(row))]
    refused = store.customers.refused(accounts)
    for row in strangers:
        account, host = account_of(row), host_of(row.author_url)
        for customer in customers.get(row.author_name, ()):
            if account and host in _hosts(customer) and (account, customer.id) not in refused:
                yield Suggestion(":".join(account), customer.id, f"the same full name, and a page on {host}", 0.6)


def _hosts(customer: Row[Any]) -> set[str]:
    """Where a customer is at home: their sites, and where their mail goes."""
    sites = {host_of(address) for address in parts(str(customer.columns.get(SITES, "")))}
    return (sites | {customer.email.partition("@")[2]}) - {""}


def _full(name: str | None) -> bool:
    """First and last name; a first name alone says nothing."""
    return len([word for word in (name or "").split() if len(word) > 1]) > 1


def _key(written: str) -> Key:
    key = key_of(written)
    if key is None:
        raise NotPossible(f"{written!r} is no account: write platform:name, as in reddit:anna")
    return key


def _reason(why: str) -> None:
    if not why.strip():
        raise NotPossible("say why: --why 'how you know'")
