"""The claim is the one exit: what it holds up, what it takes, and that two performers never both pass."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from listener.customers.budget import Policy
from listener.store import Store
from listener.store.deliveries import Outcome
from listener.store.delivery_lists import DeliveryFilter
from tests.makers import NOW, a_delivery, a_mention, a_ticket, judged

CHECK = Policy().check


def outward(store: Store, key: str = "k", **columns: object) -> int:
    return a_delivery(store, "due", key=key, **columns)


def ended(store: Store, number: int, status: str = "done", at: datetime = NOW) -> None:
    row = store.deliveries.claim(number, at, CHECK)
    assert row is not None
    assert row.status == "sending"
    store.deliveries.finish(Outcome(number, row.attempts, status, at))


def test_a_second_contact_within_a_day_is_held_and_names_the_first(store: Store) -> None:
    ended(store, outward(store, "first"))
    later = NOW + timedelta(hours=3)

    row = store.deliveries.claim(outward(store, "second", purpose="notice"), later, CHECK)

    assert row is not None
    assert (row.status, row.due_at, row.attempts) == ("held", NOW + timedelta(hours=24), 0)
    assert row.last_error.startswith("contact 1: thanks on 2026-11-23 (delivery 1); 1 per 24h")
    again = store.deliveries.claim(row.id, row.due_at, CHECK)
    assert again is not None
    assert again.status == "sending"


def test_what_makes_no_sense_to_wait_is_cancelled_with_the_reason(store: Store) -> None:
    number = a_mention(store)
    judged(store, number)
    a_ticket(store, number)

    row = store.deliveries.claim(outward(store), NOW, CHECK)

    assert row is not None
    assert (row.status, row.why) == ("cancelled", "ticket 1 of this person is open: recovery comes first")


def test_alerts_and_tickets_are_no_contacts(store: Store) -> None:
    ended(store, outward(store, "first"))
    alert = a_delivery(store, "due", key="alert", action="alert", purpose="internal", channel="care")
    ticket = a_delivery(store, "due", key="ticket", action="open_ticket", purpose="recovery")

    ended(store, alert)
    ended(store, ticket)
    assert [one.delivery for one in store.deliveries.contacts(9)] == [1]


@pytest.mark.parametrize("status", ["in_doubt", "by_hand", "due"])
def test_what_was_begun_keeps_its_place_until_it_has_ended(store: Store, status: str) -> None:
    ended(store, outward(store, "first"), status)
    second = outward(store, "second", purpose="notice")

    row = store.deliveries.claim(second, NOW, CHECK)

    assert row is not None
    assert row.status == "held"
    assert row.last_error.startswith("delivery 1: thanks is on its way to this person")


def test_what_was_begun_is_not_stopped_by_its_own_budget(store: Store) -> None:
    number = outward(store)
    ended(store, number, "due")

    row = store.deliveries.claim(number, NOW, CHECK)
    assert row is not None
    assert row.status == "sending"


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_what_never_arrived_gives_its_place_back(store: Store, status: str) -> None:
    ended(store, outward(store, "first"), status)

    ended(store, outward(store, "second"))


def test_of_many_performers_at_once_one_passes(store: Store) -> None:
    numbers = [outward(store, f"k{n}", purpose=("thanks", "gift", "notice")[n % 3]) for n in range(12)]

    with ThreadPoolExecutor(6) as pool:
        rows = list(pool.map(lambda number: store.deliveries.claim(number, NOW, CHECK), numbers))

    assert [row.status for row in rows if row].count("sending") == 1
    assert {row.status for row in store.deliveries.page(DeliveryFilter())} == {"sending", "held"}


def test_a_budget_is_one_persons(store: Store) -> None:
    ended(store, outward(store, "a", person="forum:anna"))
    ended(store, outward(store, "b", person="forum:zoe"))
