"""Who was erased and must not come back: known by keyed hashes, which tell nothing about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from listener.model.registry import Key, account_mark
from listener.signing import Signer

if TYPE_CHECKING:
    # the models take half a second to import, and a configuration is read without them
    from listener.store import Store


class Forgotten:
    """Asks whether a customer was erased, by id or e-mail address."""

    def __init__(self, store: Store, signer: Signer) -> None:
        self._store = store
        self._signer = signer

    def customers(self, emails: Mapping[str, str]) -> frozenset[str]:
        """Those of the customers who were erased. `emails`: the address of each, "" where there is none."""
        if not self._store.erasing.any():
            return frozenset()
        marks = [(self.customer(who), who) for who in emails]
        marks += [(self.email(email), who) for who, email in emails.items() if email]
        known = set(self._store.erasing.known({mark for mark, _ in marks}))
        return frozenset(who for mark, who in marks if mark in known)

    def customer(self, who: str) -> str:
        """What is remembered of a customer's id."""
        return self._signer.digest("customer", who)

    def email(self, address: str) -> str:
        """What is remembered of an address."""
        return self._signer.digest("email", address.strip().lower())

    def account(self, key: Key) -> str:
        """What is remembered of an account."""
        return self._signer.digest(*account_mark(key))
