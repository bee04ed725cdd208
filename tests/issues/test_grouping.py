"""Complaints find their issue."""

from __future__ import annotations

import json

import pytest

from listener.issues.grouping import DAY, Complaint, Grouping
from listener.issues.merges import CannotMerge
from listener.issues.words import terms


def a_complaint(text: str, at: float = 0.0, brand: str = "Acme", topic: str = "app") -> Complaint:
    return Complaint(brand, topic, terms(text), at)


def grouped(*texts: str) -> Grouping:
    """Issues 1, 2, … as these texts open them."""
    grouping = Grouping()
    for text in texts:
        said = a_complaint(text)
        issue = grouping.match(said, said.at).nearest or len(grouping.issues) + 1
        grouping.join(issue, said, said.at)
    return grouping


TWO = ("the export to pdf fails with an error", "push notifications arrive twice since monday")


def test_the_same_trouble_in_other_words_joins_its_issue() -> None:
    found = grouped(*TWO).match(a_complaint("pdf export is failing, nothing but errors"), 60.0)

    assert (found.issue, found.reason) == (1, "alike")
    assert {"pdf", "export"} <= set(found.words)


def test_another_trouble_opens_an_issue() -> None:
    found = grouped(*TWO).match(a_complaint("the invoice names the wrong company"), 60.0)

    assert (found.issue, found.score) == (None, 0.0)


def test_asking_changes_nothing() -> None:
    grouping = grouped(*TWO)
    before = json.dumps(grouping.as_json())
    grouping.match(a_complaint("pdf export is failing"), 60.0)

    assert json.dumps(grouping.as_json()) == before


def test_issues_of_other_brands_and_topics_are_not_meant() -> None:
    grouping = grouped(*TWO)

    assert grouping.match(a_complaint(TWO[0], brand="Globex"), 60.0).issue is None
    assert grouping.match(a_complaint(TWO[0], topic="billing"), 60.0).issue is None


def test_an_issue_that_was_idle_for_a_week_takes_nothing_more() -> None:
    grouping = grouped(*TWO)

    assert grouping.match(a_complaint(TWO[0], at=7 * DAY), 7 * DAY).issue == 1
    assert grouping.match(a_complaint(TWO[0], at=7 * DAY + 1), 7 * DAY + 1).issue is None


def test_what_is_hardly_alike_is_suggested_and_not_attached() -> None:
    grouping = grouped(*TWO, "the invoice names a wrong company", "dark theme is unreadable outdoors")
    found = grouping.match(a_complaint("monday the invoice of february"), 60.0)

    assert found.issue is None
    assert [one.issue for one in found.suggestions] == [3]


def test_a_restart_goes_on_as_if_it_had_not_been() -> None:
    grouping = grouped(*TWO)
    again = Grouping.from_json(json.loads(json.dumps(grouping.as_json())))
    said = a_complaint("pdf export is failing", at=60.0)

    assert again.match(said, said.at) == grouping.match(said, said.at)
    assert again.join(1, said, said.at) == grouping.join(1, said, said.at)


def test_a_merge_counts_there_and_undoing_it_restores_everything() -> None:
    grouping = grouped(*TWO)
    before = grouping.as_json()
    grouping.orders = grouping.orders.merged(2, into=1)

    assert grouping.match(a_complaint(TWO[1]), 0.0).issue == 1
    grouping.orders = grouping.orders.unmerged(2)
    assert grouping.as_json() == before
    assert grouping.match(a_complaint(TWO[1]), 0.0).issue == 2


def test_what_ops_split_is_never_merged_again() -> None:
    orders = grouped(*TWO).orders.split(1, 2).merged(3, into=2)

    assert not orders.may_meet(1, 3)
    with pytest.raises(CannotMerge, match="stay apart"):
        orders.merged(3, into=1)


def test_a_locked_issue_takes_nothing() -> None:
    grouping = grouped(*TWO)
    grouping.orders = type(grouping.orders)(locked=frozenset({1}))

    assert grouping.match(a_complaint(TWO[0]), 0.0).issue is None
