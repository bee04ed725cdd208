"""Who spoke, by what is known: the rules of matching, as a table."""

from __future__ import annotations

import pytest

from listener.customers.clues import Clues, NoPattern, order_numbers
from listener.customers.identity import UNKNOWN, Known, recognise
from listener.model.registry import Link

ANNA, ANNA_2 = ("reddit", "anna"), ("reddit", "anna_2")
PAGE, SITE = ("@url", "blog.example/anna"), ("@site", "anna.example")


def known(**changes):
    return Known(**{"links": {}, **changes})


@pytest.mark.parametrize(
    ("clues", "answers", "customer", "source"),
    [
        (Clues(ANNA), {"links": {ANNA: [Link("C1")]}}, "C1", "file"),
        (Clues(ANNA), {"links": {ANNA: [Link("C1"), Link("C2")]}}, None, None),
        (Clues(ANNA), {"links": {ANNA: [Link("C1"), Link("C2", "ops")]}}, "C2", "ops"),
        (Clues(ANNA), {"links": {ANNA: [Link("C1"), Link("C2", "order")]}}, "C1", "file"),
        (Clues(ANNA, PAGE), {"links": {PAGE: [Link("C1")]}}, "C1", "link"),
        (Clues(ANNA, None, SITE, apart=True), {"links": {SITE: [Link("C1")]}}, "C1", "link"),
        (Clues(ANNA, None, SITE), {"links": {SITE: [Link("C1")]}}, None, None),
        (Clues(email="a@b.example"), {"emails": {"a@b.example": ["C1"]}}, "C1", "email"),
        (Clues(email="a@b.example"), {"emails": {"a@b.example": ["C1", "C2"]}}, None, None),
        (Clues(orders=("AC-1",)), {"orders": {"AC-1": ["C1"]}}, "C1", "order"),
        (Clues(orders=("AC-1", "AC-2")), {"orders": {"AC-1": ["C1"], "AC-2": ["C2"]}}, None, None),
        (Clues(ANNA, email="a@b.example"), {"emails": {"a@b.example": ["C1"]}, "refused": {(ANNA, "C1")}}, None, None),
        (Clues(ANNA), {}, None, None),
    ],
)
def test_who_spoke(clues, answers, customer, source):
    link = recognise(clues, known(**answers)).link

    assert (link.customer if link else None, link.source if link else None) == (customer, source)


@pytest.mark.parametrize(
    ("clues", "answers"),
    [
        (Clues(ANNA_2, orders=("AC-1",)), {"orders": {"AC-1": ["C1"]}}),
        (Clues(ANNA_2, None, SITE, apart=True), {"links": {SITE: [Link("C1")]}}),
    ],
)
def test_a_second_account_on_a_platform_is_never_a_customer_by_a_guess(clues, answers):
    found = recognise(clues, known(accounts={"C1": [ANNA]}, **answers))

    assert found.link is None
    assert found.suggested.customer == "C1"


def test_a_signed_address_tells_who_wrote_this_but_makes_no_second_account():
    clues = Clues(ANNA_2, email="a@b.example")

    found = recognise(clues, known(emails={"a@b.example": ["C1"]}, accounts={"C1": [ANNA]}))

    assert (found.link.customer, found.binds) == ("C1", False)


def test_order_numbers_are_found_in_linear_time():
    found = order_numbers("AC-[0-9]{6}")("about AC-123456 and ac-1, again AC-123456, AC-654321")

    assert found == ("AC-123456", "AC-654321")
    assert order_numbers("order ([0-9]+)")("my order 17") == ("17",)
    assert order_numbers("(a+)+b")("a" * 100_000) == ()


@pytest.mark.parametrize("pattern", ["AC-[0-9", "[0-9]*", "(?=x)y"])
def test_a_pattern_that_cannot_be_used_is_refused(pattern):
    with pytest.raises(NoPattern):
        order_numbers(pattern)


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("", "order AC-1", ()),
        (r"AC-\d+", "AC-1 is late, AC-2 and AC-1 too", ("AC-1", "AC-2")),
        (r"order (\d+)", "my order 33", ("33",)),
        (r"order (\d+)|inv-\d+", "inv-12 and order 33", ("33",)),  # the group has no part in inv-12
        (r"#(\d*)", "# and #12", ("12",)),
        (r"AC-\d", "AC-1 AC-2 AC-3 AC-4 AC-5 AC-6", ("AC-1", "AC-2", "AC-3", "AC-4", "AC-5")),
    ],
)
def test_order_numbers_are_what_the_pattern_names(pattern, text, found):
    assert order_numbers(pattern)(text) == found


def test_how_sure_it_is_follows_from_what_says_so():
    everything = known(
        links={PAGE: [Link("C1")], SITE: [Link("C1")], ("@order", "AC-1"): [Link("C1")]},
        emails={"a@b.example": ["C1"]},
    )
    for clues, sure in (
        (Clues(ANNA, PAGE), 0.95),
        (Clues(ANNA, email="a@b.example"), 0.95),
        (Clues(ANNA, None, SITE, apart=True), 0.85),
        (Clues(ANNA, orders=("AC-1",)), 0.8),
        (Clues(ANNA, PAGE, SITE, True, "a@b.example", ("AC-1",)), 0.95),
    ):
        assert recognise(clues, everything).link.confidence == sure
    hint = recognise(Clues(ANNA, None, SITE), everything)
    assert (hint.link, hint.suggested.confidence) == (None, 0.5)


def test_the_strongest_evidence_settles_it_also_beside_a_guess():
    answers = known(links={PAGE: [Link("C1")]}, orders={"AC-1": ["C1"]}, accounts={"C1": [ANNA]})

    found = recognise(Clues(ANNA_2, PAGE, orders=("AC-1",)), answers)
    assert (found.link.source, found.binds) == ("link", False)


def test_an_account_elsewhere_is_bound_by_a_guess():
    found = recognise(
        Clues(("forum", "anna"), orders=("AC-1",)), known(orders={"AC-1": ["C1"]}, accounts={"C1": [ANNA]})
    )

    assert (found.link.customer, found.binds, found.by_account) == ("C1", True, False)
    assert recognise(Clues(ANNA), known(links={ANNA: [Link("C1")]})).by_account
    assert not recognise(Clues(orders=("AC-1",)), known(orders={"AC-1": ["C1"]})).binds


def test_a_hint_about_nobody_is_no_suggestion():
    assert recognise(Clues(None, None, SITE), known(links={SITE: [Link("C1")]})) == UNKNOWN


def test_an_order_that_two_customers_claim_is_nobodys():
    listed = {("@order", "AC-1"): [Link("C2")]}

    assert recognise(Clues(ANNA, orders=("AC-1",)), known(links=listed, orders={"AC-1": ["C1"]})) == UNKNOWN
    assert recognise(Clues(ANNA, orders=("AC-1",)), known(links=listed, orders={"AC-1": ["C2"]})).link.customer == "C2"
