"""Marks follow what ops merge and split, slowly."""

from __future__ import annotations

from listener.issues.grouping import Thresholds
from listener.issues.thresholds import HIGHEST, LOWEST, Ruling, beliefs, learned


def test_without_rulings_the_marks_stay() -> None:
    assert learned([]) == Thresholds()


def test_one_merge_changes_little() -> None:
    assert learned([Ruling(0.18, True)]) == Thresholds()


def test_many_merges_of_less_alike_issues_lower_the_mark() -> None:
    found = learned([Ruling(0.20 + one / 1_000, True) for one in range(30)])

    assert (found.attach, found.suggest) == (0.2, 0.15)


def test_many_splits_raise_it() -> None:
    assert learned([Ruling(0.30, False)] * 30).attach == 0.31


def test_the_marks_stay_within_their_bounds() -> None:
    assert learned([Ruling(0.44, False)] * 99).attach == HIGHEST
    assert learned([Ruling(0.15, True)] * 99).attach == LOWEST
    # no mark within the bounds would have gone with these
    assert learned([Ruling(0.9, False), Ruling(0.1, True)] * 99) == Thresholds()


def test_ten_rulings_a_hundredth_away_outweigh_the_shipped_mark_and_one_does_not() -> None:
    shipped = Thresholds()
    below = Ruling(shipped.attach - 0.01, True)

    assert learned([below]).attach == shipped.attach
    assert learned([below] * 10).attach == round(shipped.attach - 0.01, 2)


def test_the_shipped_mark_counts_as_twenty_rulings_round_it() -> None:
    said = beliefs(0.3)

    assert [one.score for one in said if one.together] == [round(0.3 + n / 100, 2) for n in range(10)]
    assert [one.score for one in said if not one.together] == [round(0.29 - n / 100, 2) for n in range(10)]
