"""Marks follow what ops merge and split, slowly."""

from __future__ import annotations

from listener.issues.grouping import Thresholds
from listener.issues.thresholds import Ruling, learned


def test_without_rulings_the_marks_stay() -> None:
    assert learned([]) == Thresholds()


def test_one_merge_changes_little() -> None:
    assert learned([Ruling(0.18, True)]) == Thresholds()


def test_many_merges_of_less_alike_issues_lower_the_mark() -> None:
    found = learned([Ruling(0.20 + one / 1_000, True) for one in range(30)])

    assert (found.attach, found.suggest) == (0.2, 0.15)


def test_many_splits_raise_it() -> None:
    assert learned([Ruling(0.30, False)] * 30).attach == 0.31
