"""A rule's invitation makes a candidate in the transaction of its decision, and an ask when it went out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from listener.store.deliveries import ByHand
from listener.store.delivery_lists import DeliveryFilter
from listener.store.references import Step
from tests.contact.test_courtesies import Driven, a_kind_road
from tests.makers import a_customer, an_ask
from tests.pipeline.road import Road, an_item

INVITE = "{invite_reference: {template: ask, form: one_on_one, benefit: a case study about you}}"
WORDS = {"ask.txt": "May others ask you about {{ brand }}?"}


def a_road_that_invites(folder: Path, driver: str = "product") -> Road:
    road = a_kind_road(folder, INVITE, **WORDS)
    road.judge._understanding = Driven((driver,))  # type: ignore[assignment]
    a_customer(road.store, owner="kim")
    return road


def invitation(road: Road) -> Any:
    """The newest one."""
    rows = road.store.deliveries.page(DeliveryFilter())
    return next(row for row in rows if row.action == "invite_reference")


def customer(road: Road) -> str:
    return str(invitation(road).customer)


def state(road: Road) -> str:
    row = road.store.references.get(customer(road))
    return row.state if row else ""


def test_praise_makes_a_candidate_with_its_evidence(tmp_path: Path) -> None:
    road = a_road_that_invites(tmp_path)

    road.says(an_item("p1", "Acme Flow +"))

    (step,) = road.store.references.steps(customer(road))
    assert (step.who, step.what, step.state, step.evidence["mention"]) == ("rule:kind", "nominate", "candidate", 1)
    row = road.store.references.get(customer(road))
    assert row is not None
    assert (row.owner, row.drivers[0]["driver"], row.drivers[0]["mentions"]) == ("kim", "product", [1])


def test_what_went_out_is_one_ask_and_the_candidate_is_invited(tmp_path: Path) -> None:
    road = a_road_that_invites(tmp_path)
    road.says(an_item("p1", "Acme Flow +"))
    number = invitation(road).id
    road.store.deliveries.move(number, ["waiting"], road.clock(), status="due", decided_by="kim")

    assert road.perform_all() == ["done"]

    assert state(road) == "invited"
    (ask,) = road.store.asks.asks(9)
    assert (ask.form, ask.asker, ask.driver, ask.delivery) == ("call", "programme", "product", number)
    assert 0.3 < ask.expected < 0.4


def test_the_owner_asks_by_hand_where_service_made_them_happy(tmp_path: Path) -> None:
    road = a_road_that_invites(tmp_path, "service")
    road.says(an_item("p1", "Acme Flow +"))

    by_hand = ByHand("kim", "done")
    road.store.deliveries.move(invitation(road).id, ["waiting"], road.clock(), by_hand, status="done")

    assert (state(road), road.store.asks.asks(9)[0].asker) == ("invited", "kim")


def test_who_was_asked_lately_is_not_invited_and_it_says_so(tmp_path: Path) -> None:
    road = a_road_that_invites(tmp_path)
    road.says(an_item("p0", "Acme Flow, again"))
    an_ask(road.store)

    road.says(an_item("p1", "Acme Flow +"))

    row = invitation(road)
    assert (row.status, row.text, row.customer) == ("cancelled", "", "c-17")
    assert row.why.startswith("c-17 is not asked now: was asked; may be asked from")
    assert state(road) == ""


def test_who_turned_sour_meanwhile_is_not_invited_any_more(tmp_path: Path) -> None:
    road = a_road_that_invites(tmp_path)
    road.says(an_item("p1", "Acme Flow +"))
    pause = Step("c-17", "pause", "ops", road.clock(), "a quarrel")
    road.store.references.take(pause, lambda state, before: "paused")
    road.store.deliveries.move(invitation(road).id, ["waiting"], road.clock(), status="due", decided_by="kim")

    road.perform_all()

    row = invitation(road)
    assert (row.status, row.why) == ("cancelled", "c-17 is paused by now")
    assert road.store.asks.asks(9) == []
