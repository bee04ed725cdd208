"""Who said it: the store is asked what it knows of a batch's authors, and what was found out is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from listener.customers.clues import Clues, Orders, account_of, clues_of, none
from listener.customers.identity import UNKNOWN, Found, Known, by_account, recognise
from listener.model.registry import Key, Link, Recognition
from listener.store import Store

ANSWERS = ":survey"  # the platform of answers to surveys; no source may be called so


class Recogniser:
    """Tells who wrote mentions. `orders` finds order numbers in a text."""

    def __init__(self, store: Store, orders: Orders = none) -> None:
        self._store = store
        self._orders = orders

    def of(self, rows: Sequence[Row[Any]]) -> dict[int, Recognition]:
        """Person, customer and evidence of each mention."""
        accounts = {row.id: account_of(row) for row in rows}
        known = Known(self._store.customers.holders(key for key in accounts.values() if key))
        found = {number: by_account(account, known) for number, account in accounts.items()}
        more = self._by_more([row for row in rows if found[row.id] is None])
        told = {number: one or more.get(number, UNKNOWN) for number, one in found.items()}
        told |= _together(accounts, told)
        found_out = {number: _recognition(number, account, told[number]) for number, account in accounts.items()}
        return found_out | {row.id: answered(row) for row in rows if row.platform == ANSWERS}

    def _by_more(self, rows: Sequence[Row[Any]]) -> dict[int, Found]:
        """Those whose account says nothing, by whatever else their mentions tell."""
        clues = {row.id: clues_of(row, self._orders) for row in rows}
        known = self._known(list(clues.values()))
        return {number: recognise(one, known) for number, one in clues.items()} if known else {}

    def _known(self, clues: Sequence[Clues]) -> Known | None:
        """What the registry knows of these clues; None when none of them can lead anywhere."""
        customers = self._store.customers
        links = customers.holders(key for one in clues for key in one.keys) if customers.has_signs() else {}
        emails = customers.by_email({one.email for one in clues if one.email})
        orders = customers.by_order({number for one in clues for number in one.orders})
        if not (links or emails or orders):
            return None
        who = {link.customer for some in links.values() for link in some}
        who |= {customer for some in (*emails.values(), *orders.values()) for customer in some}
        refused = customers.refused({one.account for one in clues if one.account})
        return Known(links, emails, orders, customers.accounts(who), refused)


def answered(row: Row[Any]) -> Recognition:
    """Who answered a survey stands in the signed link that they came by."""
    person, customer = row.attributes["person"], row.attributes.get("customer")
    return Recognition(row.id, str(person), str(customer) if customer else None, None, None, False, None)


def _together(accounts: Mapping[int, Key | None], found: Mapping[int, Found]) -> dict[int, Found]:
    """An account that one mention of the batch tells about is known in all of them; told two ways it is nobody's."""
    bound: dict[Key, dict[str, Link]] = {}
    for number, one in found.items():
        account = accounts[number]
        if one.link and one.binds and account:
            bound.setdefault(account, {})[one.link.customer] = one.link
    told: dict[int, Found] = {}
    for number, account in accounts.items():
        claims = bound.get(account) if account else None
        if claims and len(claims) > 1:
            told[number] = UNKNOWN
        elif claims and found[number].link is None:
            told[number] = Found(next(iter(claims.values())), by_account=True)
    return told


def _recognition(number: int, account: Key | None, found: Found) -> Recognition:
    alone = ":".join(account) if account else f"mention:{number}"
    customer = found.link.customer if found.link else None
    news = None if found.by_account else found.link
    return Recognition(number, customer or alone, customer, account, news, found.binds, found.suggested)
