"""Rates with their denominators: each group counted right, on both stores."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from listener.advocacy.referring import after
from listener.model.customer import Customer, Purchase
from listener.model.referral import Report
from listener.model.ticket import Ticket
from listener.store import Store
from listener.store.engine import table
from tests.makers import NOW, a_mention, judged

DAY = timedelta(days=1)
YEAR = (NOW - 365 * DAY, NOW + DAY)


def put(store: Store, model: Any, **columns: Any) -> None:
    with store.database.write() as connection:
        connection.execute(table(model).insert().values(**model(**columns).model_dump(exclude_none=True)))


@pytest.fixture
def town(store):
    """Four customers: two enterprise, two small; c-1 and c-3 brought somebody, c-2 was won back, c-4 was lost."""
    for number, segment in enumerate(("enterprise", "enterprise", "small", "small"), 1):
        put(store, Customer, id=f"c-{number}", segment=segment, columns={"industry": "it" if number < 3 else "bank"})
        put(store, Purchase, customer=f"c-{number}", product="Flow", at=NOW - 10 * DAY)
    for event, customer in enumerate(("c-1", "c-1", "c-3")):
        report = Report(f"e{event}", "purchased", f"n-{event}", NOW - DAY, customer=customer, worth=500)
        assert store.referrals.reports("shop", [report], after, NOW) == ["kept"]
    for customer, outcome in (("c-2", "recovered"), ("c-4", "lost")):
        told = {"queue": "care", "urgency": "high", "status": "closed", "opened_at": NOW, "outcome": outcome}
        put(store, Ticket, person=customer, customer=customer, **told)
    return store


def counted(groups: Any) -> dict[str, tuple[int, int]]:
    return {one.group: (one.count, one.of) for one in groups}


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (None, {"all": (2, 4)}),
        ("segment", {"enterprise": (1, 2), "small": (1, 2)}),
        ("industry", {"it": (1, 2), "bank": (1, 2)}),
    ],
)
def test_referral_rates_count_customers_and_not_referrals(town, by, expected):
    assert counted(town.reckoning.referrers(by, *YEAR)) == expected


def test_what_lies_outside_of_the_window_does_not_count(town):
    assert counted(town.reckoning.referrers(None, NOW, NOW + DAY)) == {"all": (0, 4)}


def test_the_won_back_are_told_apart_from_the_lost(town):
    found = counted(town.reckoning.by_trouble(*YEAR))

    assert found == {"never in trouble": (2, 2), "recovered": (0, 1), "not recovered": (0, 1)}


def test_months_and_sums(town):
    (month,) = town.reckoning.by_month(*YEAR)
    sums = town.reckoning.sums(*YEAR)

    assert (int(month.year), int(month.month), month.newcomers, month.purchased) == (2026, 11, 3, 3)
    assert (sums.newcomers, sums.purchased, sums.worth, sums.earned, sums.rewarded) == (3, 3, 1_500, 0, 0)


def test_who_spoke_after_buying_is_a_sharer_and_once(town):
    for external_id in ("p1", "p2"):
        number = a_mention(town, external_id, f"Acme Flow {external_id}")
        judged(town, number, "positive", "c-1")
    with town.database.write() as connection:
        connection.exec_driver_sql("UPDATE mention SET customer = 'c-1'")

    assert counted(town.reckoning.sharers("product", *YEAR)) == {"Flow": (1, 4)}
    assert counted(town.reckoning.sharers("segment", *YEAR)) == {"enterprise": (1, 2), "small": (0, 2)}
    assert counted(town.reckoning.asked_to_share(*YEAR)) == {"not asked": (1, 4)}
