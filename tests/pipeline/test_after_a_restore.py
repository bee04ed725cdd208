"""What a restored store does with what it finds again: kept and counted, never acted on a second time."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from listener.store import Store
from listener.store.engine import Database
from listener.store.mentions import MentionFilter
from listener.store.tickets import TicketFilter
from listener.store.upgrading import backup, restore
from tests.fresh import a_store
from tests.pipeline.road import NOW, Road, a_road, an_item

HOUR = timedelta(hours=1)
MENTIONS, TICKETS = MentionFilter(), TicketFilter()


@pytest.fixture
def road(tmp_path: Path) -> Road:
    """A road over a store whose backup was put back an hour ago: the complaint `p1` came after the backup."""
    (tmp_path / "first").mkdir(), (tmp_path / "second").mkdir()
    first = a_store(tmp_path)
    before = a_road(tmp_path / "first", store=first)
    backup(first.database, tmp_path / "saved.db")
    before.says(an_item("p1", "Acme Flow -", posted_at=NOW - 2 * HOUR))
    first.close()
    restored = put_back(tmp_path, NOW - HOUR)
    restored.house.resume("all", NOW, "ops")
    return a_road(tmp_path / "second", store=restored)


def put_back(folder: Path, at: datetime) -> Store:
    with closing(Database(f"sqlite:///{folder}/listener.db")) as database:
        restore(database, folder / "saved.db", at, "ops")
    return a_store(folder)


def ordered(road: Road) -> int:
    return len(road.store.deliveries.due(NOW)) + len(road.store.tickets.page(TICKETS))


def test_what_was_posted_before_is_history_and_nothing_happens(road):
    road.says(an_item("p1", "Acme Flow -", posted_at=NOW - 2 * HOUR))

    assert road.store.mentions.page(MENTIONS)[0].history
    assert ordered(road) == 0
    assert road.store.sources.first_polls_untold(NOW - HOUR) == ["forum"]
    assert road.store.sources.first_poll_counts("forum", NOW - HOUR) == (1, 1)


def test_what_is_posted_after_it_is_acted_on(road):
    road.says(an_item("p2", "Acme Flow -", posted_at=NOW - timedelta(minutes=5)))

    assert ordered(road) == 2


def test_an_item_without_a_date_counts_as_old_in_the_first_poll_only(tmp_path, road):
    road.store.sources.unchanged("forum", "", NOW - 2 * HOUR, NOW)
    road.says(an_item("p3", "Acme Flow -", posted_at=None))
    road.says(an_item("p4", "Acme Flow -", posted_at=None))

    assert [row.history for row in road.store.mentions.page(MENTIONS)] == [False, True]


def test_what_was_not_yet_decided_in_the_backup_is_history(tmp_path):
    store = a_store(tmp_path)
    road = a_road(tmp_path, store=store)
    road.judge.batch = lambda: 0  # type: ignore[method-assign]  # the daemon stopped before it judged
    road.says(an_item("p5", "Acme Flow -"))
    backup(store.database, tmp_path / "saved.db")
    store.close()

    assert put_back(tmp_path, NOW).mentions.page(MENTIONS)[0].history
