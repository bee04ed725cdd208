"""What the house remembers about itself."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from datetime import timedelta

from listener.store import Store
from tests.fresh import a_store
from tests.makers import NOW


def test_the_signing_key_is_made_once(store):
    key = store.house.signing_key()

    assert len(key) == 32
    assert store.house.signing_key() == key


def test_a_link_that_works_once_works_once(store):
    assert [store.house.spend("approve:7", NOW), store.house.spend("approve:7", NOW)] == [True, False]
    assert store.house.spend("approve:8", NOW)


def test_a_mode_that_began_at_a_time_still_to_come_begins_now_as_the_clock_was_set_back(store):
    later, modes = NOW + timedelta(hours=1), {"thank": "ask", "recover": "live"}
    assert store.house.adopt_book("v1", {}, modes, later) == {"thank": later, "recover": later}

    assert store.house.adopt_book("v1", {}, modes, NOW) == {"thank": NOW, "recover": NOW}
    assert store.house.adopt_book("v1", {}, modes, later) == {"thank": NOW, "recover": NOW}


def test_who_only_reads_waits_for_no_writer(tmp_path):
    with closing(a_store(tmp_path)) as store:
        key = store.house.signing_key()
    file = tmp_path / "listener.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        with closing(Store(f"sqlite:///{file}")) as store:
            assert store.house.signing_key() == key

    assert time.monotonic() - began < 10


def test_a_new_store_can_give_free_pages_back(tmp_path):
    a_store(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "listener.db")) as store:
        assert store.execute("PRAGMA auto_vacuum").fetchone() == (2,)
