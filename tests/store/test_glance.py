"""What lists look at, on both stores."""

from __future__ import annotations

from listener.store import Store
from listener.store.glance import over_store
from tests.makers import a_customer, a_mention, judged


def test_persons_are_known_by_id_account_or_what_they_said(store: Store) -> None:
    a_customer(store, "c-17", "reddit:anna")
    judged(store, a_mention(store))

    with over_store(store) as seen:
        assert [seen.knows(one) for one in ("c-17", "Reddit:anna", "forum:anna", "forum:Anna")] == [True] * 4
        assert not seen.knows("forum:ana")
        assert seen.reached() == ["c-17"]
