"""The affected segment: named when the figures are clear, and never guessed."""

from __future__ import annotations

import random

import pytest

from listener.issues.affected import Trait, Traits, fisher, infer

CHANCE = random.Random(3)


def a_customer(**known: str) -> Traits:
    drawn = {
        "plan": CHANCE.choice("abc"),
        "region": CHANCE.choice(["EU", "US", "APAC"]),
        "version": CHANCE.choice("123"),
    }
    return frozenset(Trait(name, value) for name, value in (drawn | known).items())


def customers(count: int, **known: str) -> list[Traits]:
    return [a_customer(**known) for _ in range(count)]


def test_one_attribute_that_all_complainants_share_is_the_segment() -> None:
    found = infer(customers(17, version="3"), customers(200))

    assert found.segment is not None
    assert str(found.segment) == "version=3"
    assert "17 of 17 complainants" in found.reason


def test_two_attributes_are_named_together_where_both_matter() -> None:
    found = infer(customers(17, version="3", region="EU"), customers(200))

    assert str(found.segment) == "region=EU and version=3"


def test_what_everybody_has_is_no_segment() -> None:
    found = infer(customers(17, brand="Acme"), customers(200, brand="Acme"))

    assert (found.segment, "share nothing" in found.reason) == (None, True)


def test_a_group_that_complains_of_everything_is_no_segment() -> None:
    vocal = [*customers(150, plan="a"), *customers(50)]

    assert infer(customers(15, plan="a"), vocal).segment is None


@pytest.mark.parametrize(("mine", "others", "said"), [(2, 200, "takes 3"), (17, 0, "nothing to compare with")])
def test_too_little_to_go_by_is_said(mine: int, others: int, said: str) -> None:
    found = infer(customers(mine, version="3"), customers(others))

    assert (found.segment, said in found.reason) == (None, True)


def test_a_second_attribute_that_may_matter_leaves_the_segment_open() -> None:
    others = [
        *customers(60, version="3", region="EU"),
        *customers(60, version="3", region="US"),
        *customers(400, version="1"),
    ]

    found = infer(customers(8, version="3", region="EU"), others)

    assert (found.segment, "too few complainants to tell" in found.reason) == (None, True)


def test_below_ten_others_with_the_first_attribute_it_stands_alone() -> None:
    mine = customers(12, version="3", region="EU")
    few = [*customers(9, version="3", region="US"), *customers(300, version="1")]

    assert str(infer(mine, few).segment) == "version=3"
    assert str(infer(mine, [*few, *customers(40, version="3", region="US")]).segment) == "region=EU and version=3"


def test_a_column_with_a_value_of_its_own_for_everybody_costs_nothing() -> None:
    mine = [a_customer(version="3", order=f"m{number}") for number in range(17)]
    others = [a_customer(order=f"o{number}") for number in range(2_000)]

    assert str(infer(mine, others).segment) == "version=3"


def test_the_exact_test_agrees_with_figures_from_the_books() -> None:
    # Fisher's tea: 3 of 4 cups right by luck or better is 17/70
    assert fisher(3, 4, 1, 4) == pytest.approx(17 / 70)
    assert fisher(0, 4, 2, 4) == pytest.approx(1.0)
