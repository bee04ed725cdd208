"""What the house remembers about itself."""

from __future__ import annotations

from tests.makers import NOW


def test_the_signing_key_is_made_once(store):
    key = store.house.signing_key()

    assert len(key) == 32
    assert store.house.signing_key() == key


def test_a_link_that_works_once_works_once(store):
    assert [store.house.spend("approve:7", NOW), store.house.spend("approve:7", NOW)] == [True, False]
    assert store.house.spend("approve:8", NOW)
