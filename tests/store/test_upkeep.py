"""Whether work can be kept: a disk with room for one row has none for a batch."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager

from listener.store.upkeep import ROOM
from tests.fresh import a_store
from tests.makers import NOW


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_store_with_room_is_writable_and_the_probe_leaves_nothing(store, tmp_path):
    before = sorted(tmp_path.iterdir())

    assert store.upkeep.writable()
    assert sorted(tmp_path.iterdir()) == before


def test_room_for_a_row_is_not_enough(tmp_path):
    store = a_store(tmp_path)
    with files_no_larger_than(ROOM - 1):
        assert store.house.spend("approve:7", NOW)
        assert not store.upkeep.writable()
    assert store.upkeep.writable()
