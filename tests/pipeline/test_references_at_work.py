"""A reference that turns sour is paused, and its takedown list opened, in the transaction of what soured it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from listener.advocacy.programme import NoSuchMove, after
from listener.store.asks import Wanted
from listener.store.delivery_lists import DeliveryFilter
from listener.store.references import Step
from tests.pipeline.road import NOW, Road, a_road, an_item

HANDLES = [{"platform": "forum", "handle": "anna", "customer": "c-17"}]
TEXTS = ("name", "email", "segment", "plan", "region", "version", "timezone", "language", "owner", "owner_role")


def a_customer(**columns: Any) -> dict[str, Any]:
    blank = dict.fromkeys((*TEXTS, "renewal_at"), "") | {"products": [], "tags": [], "consents": []}
    return {"id": "c-17", **blank, "do_not_contact": False, "columns": {}, **columns}


@pytest.fixture
def road(tmp_path: Path) -> Road:
    """A road with one active reference, who appears on a web page and in a deck."""
    road = a_road(tmp_path)
    road.store.customers.replace([a_customer()], HANDLES)
    for what in ("nominate", "invite", "accept", "activate"):
        step(road, what)
    for place in ("https://acme.example/customers", "sales deck 2026"):
        blank = {"customer": "c-17", "kind": "web page", "owner": "marketing", "looks_for": ["Anna Ltd"]}
        road.store.places.add({**blank, "place": place, "status": "up", "since": NOW}, "ops")
    return road


def step(road: Road, what: str, why: str = "") -> Any:
    taken = Step("c-17", what, "ops", NOW, why)
    return road.store.references.take(taken, lambda state, before: after(state, what, why, before))


def state(road: Road) -> tuple[str, str | None]:
    row = road.store.references.get("c-17")
    assert row is not None
    return row.state, row.before


def test_a_complaint_pauses_and_opens_the_takedown_list(road):
    road.says(an_item(text="Acme Flow -", handle="anna"))

    assert state(road) == ("paused", "active")
    places = [row.place for row in road.store.places.open_takedowns("c-17")]
    assert places == ["https://acme.example/customers", "sales deck 2026"]
    assert "is a complaint" in road.store.references.steps("c-17")[-1].why


def test_praise_and_history_pause_nobody(road):
    road.says(an_item("p1", text="Acme Flow +", handle="anna"))
    road.says(an_item("p2", text="Acme Flow -", handle="anna", posted_at=NOW.replace(year=2020)))

    assert state(road)[0] == "active"
    assert road.store.places.open_takedowns() == []


def test_what_a_reference_is_reserved_for_goes_to_the_stand_by_with_the_pause(road):
    number = road.store.asks.open(Wanted("call", {}, "sales"), NOW)
    for customer, role in (("c-17", "main"), ("c-18", "stand-by")):
        asked = {"form": "call", "asker": "sales", "driver": "", "expected": 0.4, "answer": None}
        road.store.asking.reserve(number, customer, role, NOW, asked, lambda *_: True)

    road.says(an_item(text="Acme Flow -", handle="anna"))

    assert road.store.asks.held(["c-17", "c-18"]) == {"c-18": number}
    assert [row.role for row in road.store.asks.bookings(number)] == ["main", "main"]
    (lost,) = road.store.asks.given_up("c-17", road.clock())
    assert tuple(lost) == (number, "sales", "c-18")


def test_a_further_complaint_opens_no_second_list(road):
    road.says(an_item("p1", text="Acme Flow -", handle="anna"), an_item("p2", text="Acme Flow - -", handle="anna"))

    assert len(road.store.places.open_takedowns("c-17")) == 2
    assert len(road.store.references.steps("c-17")) == 5


def test_who_withdraws_is_taken_down_in_the_same_step(road):
    step(road, "withdraw", "they moved to Globex")

    assert len(road.store.places.open_takedowns("c-17")) == 2


def test_a_step_that_is_not_open_changes_nothing(road):
    with pytest.raises(NoSuchMove, match="open steps are"):
        step(road, "invite")

    assert state(road)[0] == "active"
    assert len(road.store.references.steps("c-17")) == 4


def test_a_place_that_is_confirmed_leaves_the_list(road):
    step(road, "pause", "a quarrel about the invoice")
    first, second = road.store.places.open_takedowns("c-17")

    assert road.store.places.confirm(first.id, NOW, "marketing")
    assert not road.store.places.confirm(first.id, NOW, "marketing")
    assert [row.id for row in road.store.places.open_takedowns("c-17")] == [second.id]


def test_recovery_never_reinstates_by_itself(road):
    road.says(an_item(text="Acme Flow -", handle="anna"))
    road.says(an_item("p9", text="Acme Flow +", handle="anna"))

    assert state(road) == ("paused", "active")


ASKING = """\
version: 1
rules:
  - id: greet-references
    mode: ask
    when: {sentiment: positive, reference.state: active, referrals.365d: {at_most: 0}}
    then: [{thank: {template: thanks}}]
    limits: {thank: {per_person: 1 per 7d}}
"""


def test_rules_can_test_where_a_reference_stands(tmp_path):
    road = a_road(tmp_path, ASKING)
    road.store.customers.replace([a_customer()], HANDLES)
    road.says(an_item("p1", text="Acme Flow +", handle="anna"))
    for what in ("nominate", "invite", "accept", "activate"):
        step(road, what)
    road.says(an_item("p2", text="Acme Flow is fine +", handle="anna"))

    assert [row.mention for row in road.store.deliveries.page(DeliveryFilter())] == [2]
