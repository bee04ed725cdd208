"""Referrals in the store: counted once, whatever shops report twice, late or wrongly."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from listener.actions.notices import trial
from listener.advocacy.referring import after
from listener.model.referral import Report
from listener.model.registry import Bought
from listener.pipeline.notices import as_delivery
from listener.store.referrals import ReferralFilter
from tests.makers import NOW, a_customer
from tests.pipeline.test_references_at_work import a_customer as a_row

SIGNED_UP = Report("e1", "signed_up", "n-1", NOW, code="code-of-anna")
BOUGHT = Report("e2", "purchased", "n-1", NOW + timedelta(days=2), worth=900)


def report(store, one: Report, source: str = "shop") -> str:
    return store.referrals.reports(source, [one], after, NOW)[0]


def known(store) -> list[tuple[str, str, int]]:
    return [(row.customer, row.status, row.worth) for row in store.referrals.page(ReferralFilter())]


def with_code(store) -> None:
    assert store.referrals.code_of("c-1", NOW, "code-of-anna") == "code-of-anna"
    assert store.referrals.code_of("c-1", NOW, "another") == "code-of-anna"


def test_a_newcomer_signs_up_and_buys(store):
    with_code(store)

    assert [report(store, SIGNED_UP), report(store, BOUGHT)] == ["kept", "kept"]
    assert known(store) == [("c-1", "purchased", 900)]


def test_what_is_reported_twice_counts_once(store):
    with_code(store)
    report(store, SIGNED_UP)
    with ThreadPoolExecutor(6) as shop:
        said = list(shop.map(lambda _: report(store, BOUGHT), range(6)))

    assert sorted(said) == ["kept"] + ["repeated"] * 5
    assert known(store) == [("c-1", "purchased", 900)]


def test_a_purchase_without_code_or_customer_is_unknown_and_may_be_told_again(store):
    with_code(store)
    assert report(store, BOUGHT) == "unknown"
    report(store, SIGNED_UP)

    assert report(store, BOUGHT) == "kept"


def test_a_newcomer_belongs_to_whoever_brought_them_first(store):
    with_code(store)
    store.referrals.code_of("c-2", NOW, "code-of-bob")
    report(store, SIGNED_UP)
    report(store, replace(SIGNED_UP, event="e9", code="code-of-bob"))

    assert known(store) == [("c-1", "signed_up", 0)]


def test_a_customer_cannot_bring_themselves(store):
    with_code(store)
    report(store, replace(SIGNED_UP, newcomer="c-1"))

    assert [(row.status, row.why.partition(":")[0]) for row in store.referrals.page(ReferralFilter())] == [
        ("rejected", "self-referral")
    ]


def test_clicks_are_counted_by_day_and_only_on_codes_there_are(store):
    with_code(store)

    assert [store.referrals.clicked("code-of-anna", NOW) for _ in range(3)] == [True] * 3
    assert not store.referrals.clicked("guessed", NOW)


def test_a_reward_is_decided_once(store):
    with_code(store)
    report(store, SIGNED_UP), report(store, BOUGHT)
    (row,) = store.referrals.unrewarded()
    letter = as_delivery(trial("care", "reward:1"), "care", NOW)
    assert [store.referrals.reward(row.id, 2_000, NOW, letter) for _ in range(2)] == [True, False]

    assert store.referrals.unrewarded() == []
    assert store.referrals.earned_since("c-1", NOW - timedelta(days=1)) == 1
    assert store.referrals.spent_since(NOW) == 2_000


def test_reports_of_one_newcomer_in_one_batch_are_told_as_if_they_came_alone(store):
    with_code(store)
    twice = replace(BOUGHT, event="e3", worth=100)
    batch = [BOUGHT, SIGNED_UP, BOUGHT, twice, twice, replace(SIGNED_UP, newcomer="n-2", event="e4")]

    assert store.referrals.reports("shop", batch, after, NOW) == [
        *("unknown", "kept", "kept", "kept", "repeated", "kept")
    ]  # fmt: skip
    assert known(store) == [("c-1", "signed_up", 0), ("c-1", "purchased", 1_000)]


def test_a_newcomer_came_when_the_earliest_report_says_whatever_arrived_first(store):
    with_code(store)
    refund = replace(BOUGHT, event="e3", what="refunded", at=NOW + timedelta(days=3), code="code-of-anna", worth=100)

    for one in (refund, BOUGHT, SIGNED_UP):
        assert report(store, one) == "kept"

    (row,) = store.referrals.page(ReferralFilter())
    assert (row.at, row.status, row.worth) == (NOW, "purchased", 800)


def test_a_customer_who_is_not_in_the_registry_brings_nobody(store):
    named = replace(SIGNED_UP, code=None, customer="c-1")
    assert report(store, named) == "unknown"
    a_customer(store, "c-1")

    assert report(store, named) == "kept"


def test_a_customers_second_mailbox_and_a_buyer_are_no_newcomers(store):
    with_code(store)
    mails = {"c-1": "anna@x.example", "n-1": "Anna+shop@X.example"}
    store.customers.replace([a_row(id=who, email=mail) for who, mail in mails.items()], [])
    store.purchases.keep([Bought("n-2", "Flow", NOW - timedelta(days=9))])

    report(store, SIGNED_UP), report(store, replace(SIGNED_UP, newcomer="n-2", event="e2"))

    assert {row.newcomer: (row.status, row.why) for row in store.referrals.page(ReferralFilter())} == {
        "n-1": ("rejected", "self-referral: the same mail address"),
        "n-2": ("rejected", "bought already on 2026-11-14"),
    }


def test_a_file_goes_on_where_it_was_cut_off(store):
    with_code(store)
    file = [replace(SIGNED_UP, newcomer=f"n-{n}", event=f"e{n}") for n in range(4_100)]
    assert store.referrals.reports("csv", file[:2_500], after, NOW).count("kept") == 2_500

    again = store.referrals.reports("csv", file, after, NOW)

    assert (again.count("repeated"), again.count("kept")) == (2_500, 1_600)
    assert len(store.referrals.page(ReferralFilter(limit=9_999))) == 4_100
