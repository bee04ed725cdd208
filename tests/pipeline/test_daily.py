"""Once a day: a heartbeat, a look at the store, retention, and the room that it frees given back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
import structlog

from listener.pipeline.notices import Notices
from listener.pipeline.upkeep import Retention, Upkeep
from listener.store.delivery_lists import DeliveryFilter
from tests.makers import NOW, a_mention, a_store, an_arrival, judged

LONG = Retention(timedelta(days=730), timedelta(days=180))


class Days:
    """A house at a time that the test sets."""

    def __init__(self, folder):
        self.now = NOW
        self.store = a_store(folder)

    def daily(self, stopped=lambda: False):
        """What a daemon, started anew, does."""
        notices = Notices(self.store, "log")
        Upkeep(self.store, notices, {}, LONG, lambda: self.now, structlog.get_logger()).daily(stopped)

    @property
    def told(self):
        return [row.message["title"].partition(":")[0] for row in self.store.deliveries.page(DeliveryFilter())]

    @property
    def size(self):
        return self.store.database.path.stat().st_size


@pytest.fixture
def days(tmp_path):
    house = Days(tmp_path)
    yield house
    house.store.close()


def old_mentions(store, count, ago=timedelta(days=800)):
    said = [an_arrival(f"p{n}", "Acme Flow is down " * 200, posted_at=NOW - ago) for n in range(count)]
    rows = [replace(arrival, digest=str(n)) for n, arrival in enumerate(said)]
    store.arrivals.take("forum", rows, NOW)
    with store.database.write() as connection:
        connection.exec_driver_sql("UPDATE mention SET decided_at = seen_at")


def damage(path):
    """Overwrite a page that nothing at work today reads."""
    with closing(sqlite3.connect(path)) as store:
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = store.execute("SELECT rootpage FROM sqlite_master WHERE name = 'rule_hour'").fetchone()
        (size,) = store.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as pages:
        pages.seek((page - 1) * size)
        pages.write(b"\xff" * size)


def test_the_heartbeat_comes_once_a_day_however_often_it_is_restarted(days):
    for hours, heartbeats in ((0, 0), (1, 0), (24, 1), (25, 1), (47, 1), (48, 2)):
        days.now = NOW + timedelta(hours=hours)
        days.daily()
        assert days.told == ["Still listening"] * heartbeats


def test_a_clock_that_stood_far_ahead_for_a_while_does_not_silence_the_heartbeat(days):
    for now in (NOW + timedelta(days=400), NOW, NOW + timedelta(hours=1), NOW + timedelta(days=1)):
        days.now = now
        days.daily()

    assert days.told == ["Still listening"] * 2


def test_the_file_shrinks_by_what_is_forgotten(days):
    old_mentions(days.store, 400)
    days.store.upkeep.vacuum()
    before = days.size

    days.daily()

    assert days.size < before / 2


def test_of_a_damaged_store_people_hear_once_a_day_and_nothing_is_deleted_from_it(days):
    judged(days.store, a_mention(days.store, posted_at=NOW - timedelta(days=800)))
    damage(days.store.database.path)

    days.daily()
    days.daily()

    assert days.told == ["The store is damaged"]
    assert days.store.mentions.newest() == 1


def test_a_day_that_a_stop_cut_off_begins_again_and_beats_once(days):
    days.daily()
    old_mentions(days.store, 3)
    days.now = NOW + timedelta(days=1)

    days.daily(stopped=lambda: True)
    assert (days.told, days.store.mentions.newest()) == (["Still listening"], 3)

    days.daily()
    assert (days.told, days.store.mentions.newest()) == (["Still listening"], 0)
