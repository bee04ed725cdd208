"""Who was erased and must not come back: known by keyed hashes, which tell nothing about them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Protocol

from listener.model.registry import Key

if TYPE_CHECKING:
    # the models take half a second to import, and a configuration is read without them
    from listener.store import Store


class Digests(Protocol):
    """A keyed hash, as `listener.signing.Signer` makes it."""

    def digest(self, purpose: str, what: str) -> str: ...


class Forgotten:
    """Asks whether somebody was erased: a customer by id or e-mail address, an account by itself."""

    def __init__(self, store: Store, digests: Digests) -> None:
        self._store = store
        self._digests = digests

    def customers(self, emails: Mapping[str, str]) -> frozenset[str]:
        """Those of the customers who were erased. `emails`: the address of each, "" where there is none."""
        if not self._store.erasing.any():
            return frozenset()
        marks = [(self.customer(who), who) for who in emails]
        marks += [(self.email(email), who) for who, email in emails.items() if email]
        known = set(self._store.erasing.known({mark for mark, _ in marks}))
        return frozenset(who for mark, who in marks if mark in known)

    def accounts(self, keys: Collection[Key]) -> frozenset[Key]:
        """Those of the accounts that were erased."""
        if not keys or not self._store.erasing.any():
            return frozenset()
        marks = {self.account(key): key for key in keys}
        return frozenset(marks[mark] for mark in self._store.erasing.known(marks))

    def customer(self, who: str) -> str:
        """What is remembered of a customer's id."""
        return self._digests.digest("customer", who)

    def email(self, address: str) -> str:
        """What is remembered of an address."""
        return self._digests.digest("email", address.strip().lower())

    def account(self, key: Key) -> str:
        """What is remembered of an account."""
        return self._digests.digest("account", ":".join(key))
