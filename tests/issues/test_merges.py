"""What ops said of issues holds in any order: merges end somewhere, what was split stays apart, undo undoes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listener.issues.merges import CannotMerge, Orders

ISSUE = st.integers(1, 6)
SAID = st.lists(st.tuples(st.sampled_from(["merge", "split", "undo"]), ISSUE, ISSUE), max_size=25)


def ordered(said: list[tuple[str, int, int]]) -> Orders:
    """What is in force after ops said all that; what is not possible is refused and changes nothing."""
    orders = Orders()
    for what, one, other in said:
        try:
            if what == "merge":
                orders = orders.merged(one, other)
            elif what == "undo":
                orders = orders.unmerged(one)
            elif orders.may_meet(one, other):
                orders = orders.split(one, other)
        except CannotMerge:
            continue
    return orders


@given(SAID, ISSUE, ISSUE)
def test_merges_end_somewhere_and_a_suggestion_is_one_that_can_be_done(
    said: list[tuple[str, int, int]], one: int, other: int
) -> None:
    orders = ordered(said)

    assert orders.root(orders.root(one)) == orders.root(one)
    assert orders.may_meet(one, other) is orders.may_meet(other, one)
    if orders.may_meet(one, other):
        assert orders.merged(one, other).root(one) == orders.root(other)
    else:
        with pytest.raises(CannotMerge):
            orders.merged(one, other)


@given(SAID, ISSUE, ISSUE)
def test_a_merge_that_is_undone_was_never_there(said: list[tuple[str, int, int]], one: int, other: int) -> None:
    orders = ordered(said)
    if orders.may_meet(one, other):
        assert orders.merged(one, other).unmerged(orders.root(one)) == orders


@given(SAID)
def test_orders_are_the_same_after_a_restart(said: list[tuple[str, int, int]]) -> None:
    orders = ordered(said)

    assert Orders.from_json(json.loads(json.dumps(orders.as_json()))) == orders


def test_what_cannot_be_merged_says_why() -> None:
    merged = Orders().merged(1, 2)

    with pytest.raises(CannotMerge, match="issue 2 and issue 1 are one already"):
        merged.merged(2, 1)
    with pytest.raises(CannotMerge, match="were split by ops and stay apart"):
        merged.split(2, 3).merged(1, 3)
