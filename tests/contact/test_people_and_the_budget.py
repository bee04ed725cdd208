"""What people see of the budget: a draft that has to wait, the way past it, and the reason in `explain`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from listener.customers.budget import Policy
from listener.pipeline.people import NotPossible, People, Person
from listener.store import Store
from listener.store.deliveries import Outcome
from listener.store.delivery_lists import DeliveryFilter
from tests.makers import NOW, House, a_delivery, a_house, a_mention, a_ticket, judged
from tests.pipeline.road import Road, a_road, an_item

CHECK = Policy().check


def thanked(store: Store, person: str = "forum:anna", **ago: float) -> None:
    number = a_delivery(store, "due", key="earlier", person=person)
    row = store.deliveries.claim(number, NOW - timedelta(**ago))
    assert row is not None
    store.deliveries.finish(Outcome(number, row.attempts, "done", NOW - timedelta(**ago)))


@pytest.fixture
def people(store: Store) -> People:
    return People(store, lambda _: False, lambda: NOW, Person("kim"), contact=CHECK)


def test_an_approved_draft_waits_for_its_place(store: Store, people: People) -> None:
    thanked(store, hours=4)

    row = people.approve(a_delivery(store, key="draft"))

    assert (row.status, row.due_at, row.decided_by) == ("held", NOW + timedelta(hours=20), "kim")
    assert row.last_error.startswith("contact 1: thanks on 2026-11-23")


def test_anyway_sends_it_and_keeps_who_said_so(store: Store, people: People) -> None:
    thanked(store, hours=4)
    number = people.approve(a_delivery(store, key="draft")).id

    row = people.approve(number, anyway=True)

    assert (row.status, row.anyway) == ("by_hand", "kim")


def test_what_is_held_needs_no_approval_and_says_when_it_goes(store: Store, people: People) -> None:
    thanked(store, hours=4)
    number = people.approve(a_delivery(store, key="draft")).id

    with pytest.raises(NotPossible, match=r"nobody's approval \(contact 1: .*goes out by itself at 2026-11-24 08:00"):
        people.approve(number)


def test_a_draft_that_could_only_wait_too_long_stays_where_it_is(store: Store, people: People) -> None:
    mention = a_mention(store)
    judged(store, mention)
    a_ticket(store, mention)
    number = a_delivery(store, key="draft")

    with pytest.raises(NotPossible, match=r"ticket 1 of this person is open.*approve \d+ --anyway"):
        people.approve(number)
    assert store.deliveries.page(DeliveryFilter(id=number))[0].status == "waiting"
    assert people.approve(number, anyway=True).status == "by_hand"


def test_nobody_can_pass_an_opt_out(store: Store, people: People) -> None:
    number = a_delivery(store, key="draft")
    store.contacts.opt_out("forum:zoe", NOW, "a letter")
    other = a_delivery(store, key="other", person="forum:zoe")

    with pytest.raises(NotPossible, match=r"wants to hear nothing from us$"):
        people.approve(other, anyway=True)
    assert people.approve(number).status == "by_hand"


def test_the_command_tells_when_it_goes_and_how_to_send_it_now(tmp_path: Path) -> None:
    house: House = a_house(tmp_path)
    with house.store() as store:
        number = a_delivery(store, key="draft")
        earlier = a_delivery(store, "by_hand", key="earlier", purpose="gift")
    house.run("done", str(earlier))

    waits = house.run("approve", str(number))
    sent = house.run("approve", str(number), "--anyway")

    assert "is approved and waits until" in waits.out
    assert "contact 1: gift on" in waits.out
    assert f"listener approve {number} --anyway" in waits.out
    assert "is for your hands" in sent.out


@pytest.fixture
def road(tmp_path: Path) -> Road:
    return a_road(tmp_path, contact=CHECK)


def test_a_decision_says_which_contact_was_in_the_way(road: Road) -> None:
    thanked(road.store, hours=30)
    for days in (2, 3):
        number = a_delivery(road.store, "by_hand", key=f"k{days}", purpose="engage")
        values = {"status": "done", "done_at": NOW - timedelta(days=days)}
        road.store.deliveries.move(number, ("by_hand",), NOW - timedelta(days=days), **values)

    road.says(an_item("p9", "Acme Flow +"))

    (decision,) = road.store.mentions.decisions([1])[1]
    assert decision.settled[0]["stage"] == "contact"
    assert "contact 3: engage on 2026-11-20 (delivery 3); 3 per 7d" in decision.settled[0]["reason"]
    assert "contact 3" in decision.nothing_because


def test_a_draft_is_written_and_told_what_it_may_have_to_wait_for(road: Road) -> None:
    thanked(road.store, hours=2)

    road.says(an_item("p9", "Acme Flow +"))

    (decision,) = road.store.mentions.decisions([1])[1]
    assert (decision.settled[0]["status"], decision.settled[0]["stage"]) == ("waiting", "contact")
