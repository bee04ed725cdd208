"""Takedown lists at work, against a real web site: looked at until name and quote are gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import structlog

from listener.advocacy.programme import after
from listener.pipeline.notices import Notices
from listener.pipeline.takedowns import Owners, Takedowns
from listener.store import Store
from listener.store.delivery_lists import DeliveryFilter
from listener.store.references import Step
from tests.connectors.loopback import Answer, Site, a_site
from tests.doors import NOW, Clock, a_door
from tests.fresh import a_store
from tests.makers import a_customer


@dataclass
class Watch:
    """Takedowns over a store with one paused reference, whose page stands on a site."""

    takedowns: Takedowns
    store: Store
    site: Site
    clock: Clock

    def shows(self, text: str, status: int = 200) -> None:
        self.site.pages["/customers"] = Answer(text, status)

    def seen(self) -> list[tuple[str, str]]:
        self.takedowns.look()
        return [(row.place.rpartition("/")[2], row.seen) for row in self.store.places.open_takedowns()]

    def told(self) -> list[str]:
        return [row.message["title"] for row in self.store.deliveries.page(DeliveryFilter())]


def a_use(store: Store, place: str, **columns: Any) -> int:
    blank = {"customer": "c-17", "kind": "web page", "owner": "marketing", "looks_for": ["Anna Ltd"], "status": "up"}
    return store.places.add({**blank, "place": place, "since": NOW, **columns}, "ops")


def step(store: Store, what: str, why: str = "", customer: str = "c-17") -> None:
    store.references.take(Step(customer, what, "ops", NOW, why), lambda state, before: after(state, what, why, before))


@pytest.fixture
def watch(tmp_path) -> Iterator[Watch]:
    store, clock = a_store(tmp_path), Clock()
    with a_site() as site, a_door(clock, pace=0) as door:
        step(store, "nominate")
        store.places.seen(a_use(store, f"{site.url}/customers"), NOW)
        a_use(store, "sales deck 2026", kind="deck")
        step(store, "pause", "an open ticket")
        takedowns = Takedowns(store, door, Notices(store, "ops"), clock, structlog.get_logger("listener"))
        yield Watch(takedowns, store, site, clock)
    store.close()


def test_a_page_that_still_shows_the_name_is_looked_at_again(watch):
    watch.shows("<h1>Anna Ltd</h1>")

    assert watch.seen() == [("customers", "still up"), ("sales deck 2026", "cannot tell")]
    assert watch.takedowns.look() == 0
    watch.clock.pass_by(minutes=16)
    assert watch.takedowns.look() == 1


def test_a_page_without_the_name_is_confirmed_by_itself(watch):
    watch.shows("<h1>Globex</h1>")

    assert watch.seen() == [("sales deck 2026", "cannot tell")]
    assert [row.status for row in watch.store.places.of("c-17")] == ["down", "coming down"]


@pytest.mark.parametrize("status", [500, 503])
def test_a_page_that_is_down_proves_nothing_and_is_looked_at_again(watch, status):
    watch.shows("", status)

    assert watch.seen()[0] == ("customers", "cannot tell")
    watch.clock.pass_by(days=1)
    watch.shows("gone", 404)
    assert watch.seen() == [("sales deck 2026", "cannot tell")]


def test_the_owners_are_told_once_and_reminded_once_a_day(watch):
    watch.shows("Anna Ltd")
    for _ in range(2):
        watch.takedowns.tell(), watch.takedowns.remind()
    assert watch.told() == ["c-17 is no reference now: 2 places to take down"]

    watch.clock.pass_by(days=1)
    watch.takedowns.look()
    for _ in range(2):
        watch.takedowns.remind()

    assert watch.told()[0] == "c-17: 2 places still not confirmed as taken down"
    assert len(watch.told()) == 2
    assert "still up, for 24 h" in str(watch.store.deliveries.page(DeliveryFilter(limit=1))[0].message["facts"])


def test_a_reference_without_a_place_is_told_of_too_and_once(watch):
    a_customer(watch.store, "c-18", owner="kim")
    for what, why in (("nominate", ""), ("withdraw", "they moved to Globex")):
        step(watch.store, what, why, "c-18")
    watch.takedowns._owners = Owners("mail", {"kim": "kim@acme.example"})

    for _ in range(2):
        watch.takedowns.tell()

    told = [(row.channel, row.message["title"]) for row in watch.store.deliveries.page(DeliveryFilter())]
    assert sorted(told)[0] == ("mail", "c-18 is no reference now")
    assert [title for channel, title in told if channel == "ops"].count("c-18 is no reference now") == 1
    assert len(told) == 3


def test_the_owner_of_a_place_hears_by_mail_at_their_own_address(watch):
    watch.takedowns._owners = Owners("mail", {"marketing": "m@acme.example", "kim": "kim@acme.example"})

    watch.takedowns.tell()

    rows = watch.store.deliveries.page(DeliveryFilter())
    assert [(row.channel, row.message["to"]) for row in rows if row.channel == "mail"] == [("mail", "m@acme.example")]


def test_a_private_address_is_never_fetched(tmp_path, watch):
    with a_door(watch.clock, allow_private=False) as shut:
        strict = Takedowns(watch.store, shut, Notices(watch.store, "ops"), watch.clock, structlog.get_logger())

        assert strict.sight(f"{watch.site.url}/customers", ["Anna Ltd"], True).seen == "cannot tell"
    assert watch.site.asked == []


def test_a_place_where_nothing_was_ever_seen_waits_for_a_person(watch):
    step(watch.store, "reinstate")
    a_use(watch.store, f"{watch.site.url}/app")
    watch.site.pages["/app"] = Answer("<div id=root></div>")
    step(watch.store, "pause", "again")
    watch.shows("Anna Ltd")

    assert watch.seen() == [("customers", "still up"), ("sales deck 2026", "cannot tell"), ("app", "cannot tell")]


def test_who_is_reinstated_may_stay_where_it_had_not_come_down(watch):
    watch.shows("Anna Ltd"), watch.seen()

    step(watch.store, "reinstate")

    assert watch.store.places.open_takedowns() == []
    assert [row.status for row in watch.store.places.of("c-17")] == ["up", "up"]
