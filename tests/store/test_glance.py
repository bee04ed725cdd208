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


def test_names_are_those_of_mentions_and_of_known_sources(store: Store) -> None:
    a_mention(store, "a")
    a_mention(store, "b", brand="Globex", source="news")
    store.sources.enlist([("silent", "feed", "")])

    with over_store(store) as seen:
        assert seen.names("brand") == ["Acme Flow", "Globex"]
        assert set(seen.names("source")) == {"forum", "news", "silent"}
        assert [seen.has("source", one) for one in ("news", "silent", "nws")] == [True, True, False]
        assert [seen.has("brand", one) for one in ("Globex", "news")] == [True, False]
