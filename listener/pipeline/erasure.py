"""Export and erasure of one person, and the list beside the store that keeps the erased from coming back."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from listener.customers.forgotten import Forgotten
from listener.customers.parsing import key_of
from listener.issues.reading import TERMS
from listener.pipeline.people import NotPossible
from listener.store import Store
from listener.store.personal import Gone, Whom

AGAIN = "erased before; it came back with an older backup"


class NotSaid(NotPossible):
    """It is not said, or not in the right words, who is meant."""


class Erasure:
    """A person's data in one piece. `kept_in` is the list of hashes: an older backup of the store does not have it.

    `stays` are the channels whose messages cannot be changed once they are sent: people erase those.
    """

    def __init__(
        self,
        store: Store,
        forgotten: Forgotten,
        kept_in: Path,
        now: Callable[[], datetime],
        stays: Collection[str] = (),
    ) -> None:
        self._stays = stays
        self._store = store
        self._forgotten = forgotten
        self._kept_in = kept_in
        self._now = now

    def whom(self, customer: str | None, account: str | None) -> Whom:
        """The person that is meant. Raises NotSaid where that is not said, NotPossible where nobody is found."""
        if bool(customer) == bool(account):
            raise NotSaid("say who: --customer ID, or --handle platform:name")
        key = key_of(account) if account else None
        if account and key is None:
            raise NotSaid(f"{account!r} is no account: write platform:name, as in reddit:anna")
        claims = self._store.identities.claimed(key) if key else []
        if len(claims) == 1:
            customer = claims[0]
        kept = self._store.personal
        found = kept.by_customer(customer) if customer else kept.by_account(key or ("", ""))
        if found is None:
            cure = "`listener customers` and `listener mentions` show who is known"
            raise NotPossible(f"nothing is kept about {customer or account}: {cure}")
        return found

    def rows(self, whom: Whom) -> Iterator[dict[str, Any]]:
        """Everything kept about them, one object for each row, with its `table`."""
        for name, columns in self._store.personal.rows(whom):
            yield {"table": name, **columns}

    def erase(self, whom: Whom, by: str, why: str) -> Gone:
        """Take the person out. The list is written first: whatever happens then, the next start goes on with it."""
        if not why.strip():
            raise NotPossible("say why: --why 'the person asked us to'")
        marks = self._marks(whom)
        with self._kept_in.open("a", encoding="ascii") as file:
            file.writelines(f"{mark}\n" for mark in marks)
            file.flush()
            os.fsync(file.fileno())
        return self._store.personal.erase(whom, marks, by, why, self._now(), TERMS, self._stays)

    def again(self) -> int:
        """Erase whoever is on the list and in the store all the same: it is an older one. Returns how many."""
        listed = self._listed()
        news = sorted(listed - set(self._store.erasing.known(listed)))
        if not news:
            return 0
        self._store.erasing.remember(news, self._now())
        found = [whom for mark, whom in self._everybody() if mark in listed]
        for whom in found:
            self._store.personal.erase(whom, self._marks(whom), "listener", AGAIN, self._now(), TERMS)
        return len(found)

    def _listed(self) -> frozenset[str]:
        try:
            return frozenset(self._kept_in.read_text("ascii").split())
        except FileNotFoundError:
            return frozenset()

    def _everybody(self) -> Iterator[tuple[str, Whom]]:
        for who in self._store.personal.customers():
            yield self._forgotten.customer(who), self._store.personal.by_customer(who) or Whom(who)
        for key in self._store.personal.strangers():
            yield self._forgotten.account(key), Whom(None, (key,))

    def _marks(self, whom: Whom) -> list[str]:
        row = self._store.customers.get([whom.customer]).get(whom.customer) if whom.customer else None
        marks = [self._forgotten.customer(whom.customer)] if whom.customer else []
        marks += [self._forgotten.account(key) for key in whom.accounts]
        return marks + ([self._forgotten.email(row.email)] if row and row.email else [])
