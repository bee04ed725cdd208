"""What referrals earn: once each, within the month's budget and the year's share of one customer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from sqlalchemy import update

from listener.advocacy.referring import after
from listener.model.referral import Report
from listener.pipeline.letters import Mailroom
from listener.pipeline.rewards import Rewards, Terms
from listener.signing import Signer
from listener.store import Store
from listener.store.deliveries import delivery
from listener.store.delivery_lists import DeliveryFilter
from listener.store.referrals import ReferralFilter
from tests.campaigns.ground import customers
from tests.makers import NOW, a_store

ROOM = Mailroom("mail", "https://listener.example", Signer(b"key"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = a_store(tmp_path)
    customers(store, {"id": "c-1"}, {"id": "c-2"})
    yield store
    store.close()


def bought(store: Store, *newcomers: str, customer: str = "c-1", at: datetime = NOW) -> None:
    """Somebody brought these, who bought at once."""
    reports = [Report(f"e-{one}", "purchased", one, at, customer=customer) for one in newcomers]
    assert store.referrals.reports("shop", reports, after, at) == ["kept"] * len(newcomers)


def decided(store: Store, at: datetime = NOW, cents: int = 2_000, budget: int = 0, per_year: int = 10) -> int:
    log = structlog.get_logger("listener")
    return Rewards(store, ROOM, Terms(cents, "EUR", budget, per_year), lambda: at, log).decide()


def test_a_purchase_earns_a_letter_that_waits_for_a_person_once(store: Store) -> None:
    bought(store, "n-1")

    assert [decided(store), decided(store)] == [1, 0]
    (letter,) = store.deliveries.page(DeliveryFilter())
    assert (letter.customer, letter.purpose, letter.status) == ("c-1", "gift", "waiting")
    assert "20.00 EUR is yours" in letter.text


def test_without_a_reward_nothing_is_decided(store: Store) -> None:
    bought(store, "n-1")

    assert decided(store, cents=0) == 0
    assert decided(store) == 1


def test_what_is_beyond_the_budget_waits_for_the_next_month(store: Store) -> None:
    bought(store, "n-1", "n-2", "n-3")

    assert decided(store, budget=5_000) == 2
    assert decided(store, datetime(2026, 11, 30, 23, 59, tzinfo=UTC), budget=5_000) == 0
    assert decided(store, datetime(2026, 12, 1, tzinfo=UTC), budget=5_000) == 1


def test_a_month_is_charged_what_was_earned_in_it_whenever_it_was_bought(store: Store) -> None:
    bought(store, "n-1", at=datetime(2026, 10, 31, tzinfo=UTC))
    assert decided(store, budget=2_000) == 1
    bought(store, "n-2")

    assert decided(store, budget=2_000) == 0


def test_a_budget_is_spent_to_its_last_cent(store: Store) -> None:
    bought(store, "n-1", "n-2", "n-3")

    assert decided(store, budget=4_000) == 2


def test_one_customer_earns_so_many_within_a_year_and_the_rest_count_without(store: Store) -> None:
    bought(store, "n-1", "n-2")
    bought(store, "n-3", customer="c-2")

    assert decided(store, per_year=1) == 2
    ends = {row.newcomer: (row.earned, row.why) for row in store.referrals.page(ReferralFilter())}
    assert ends == {"n-1": (2_000, ""), "n-2": (0, "more than 1 rewards within a year"), "n-3": (2_000, "")}


def test_who_opted_out_is_drafted_no_letter_and_costs_nothing(store: Store) -> None:
    store.contacts.opt_out("c-1", NOW, "by its link")
    bought(store, "n-1")
    bought(store, "n-2", customer="c-2")

    assert decided(store, budget=2_000) == 1
    assert [row.customer for row in store.deliveries.page(DeliveryFilter())] == ["c-2"]
    kept = {row.newcomer: (row.earned, row.why) for row in store.referrals.page(ReferralFilter())}
    assert kept["n-1"] == (0, "the customer does not want to be contacted")


def test_a_year_begins_with_the_reward_and_not_with_the_sign_up(store: Store) -> None:
    bought(store, "n-1", at=NOW - timedelta(days=200))
    assert decided(store, per_year=1) == 1
    bought(store, "n-2", at=NOW + timedelta(days=300))
    assert decided(store, NOW + timedelta(days=300), per_year=1) == 0

    bought(store, "n-3", at=NOW + timedelta(days=366))
    assert decided(store, NOW + timedelta(days=366), per_year=1) == 1


@pytest.mark.parametrize("end", ["rejected", "expired", "cancelled"])
def test_a_reward_that_never_goes_is_given_back_to_the_budget_and_the_year(store: Store, end: str) -> None:
    bought(store, "n-1", "n-2", "n-3")
    assert decided(store, budget=4_000, per_year=2) == 2
    with store.database.write() as connection:
        connection.execute(update(delivery).where(delivery.c.id == 1).values(status=end))

    assert [decided(store, budget=4_000, per_year=2), decided(store, budget=4_000, per_year=2)] == [1, 0]
    assert [row.newcomer for row in store.referrals.page(ReferralFilter()) if row.earned] == ["n-3", "n-2", "n-1"]


def refunded(store: Store, newcomer: str, event: str) -> None:
    report = Report(event, "refunded", newcomer, NOW, customer="c-1")
    assert store.referrals.reports("shop", [report], after, NOW) == ["kept"]


def test_a_reward_that_waits_goes_with_a_refund_and_another_purchase_earns_it_anew(store: Store) -> None:
    bought(store, "n-1")
    decided(store)
    refunded(store, "n-1", "back-1")

    (letter,) = store.deliveries.page(DeliveryFilter())
    assert (letter.status, letter.why) == ("cancelled", "the purchase was refunded")
    assert decided(store) == 0

    again = Report("e-again", "purchased", "n-1", NOW, customer="c-1", worth=5_000)
    store.referrals.reports("shop", [again], after, NOW)
    assert decided(store) == 1
    assert [row.status for row in store.deliveries.page(DeliveryFilter())] == ["waiting", "cancelled"]


def test_a_reward_that_went_out_stays(store: Store) -> None:
    bought(store, "n-1")
    decided(store)
    with store.database.write() as connection:
        connection.execute(update(delivery).values(status="done"))
    refunded(store, "n-1", "back-1")

    (row,) = store.referrals.page(ReferralFilter())
    assert (row.status, row.earned) == ("signed_up", 2_000)
