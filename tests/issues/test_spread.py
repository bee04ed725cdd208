"""Alone, or one of many."""

from __future__ import annotations

import pytest

from listener.issues.spread import DAY, Circumstances, judged

HOURS = 7_200.0


@pytest.mark.parametrize(
    ("now", "spread"),
    [
        (Circumstances(others=0), "isolated"),
        (Circumstances(others=1), "possibly_shared"),
        (Circumstances(others=0, earlier=1), "possibly_shared"),
        (Circumstances(others=0, topic="page"), "possibly_shared"),
        (Circumstances(others=2), "shared"),
        (Circumstances(others=2, listened=HOURS), "shared"),
        (Circumstances(others=4, issue="watch"), "shared"),
        (Circumstances(others=4, issue="page"), "outbreak"),
        (Circumstances(others=1, topic="page"), "outbreak"),
        (Circumstances(others=0, has_author=False), "cannot_tell"),
        (Circumstances(others=2, has_author=False), "shared"),
        (Circumstances(others=0, listened=HOURS), "cannot_tell"),
    ],
)
def test_a_verdict_follows_from_the_circumstances(now: Circumstances, spread: str) -> None:
    assert judged(now).spread == spread


def test_a_verdict_says_why_and_what_would_change_it() -> None:
    found = judged(Circumstances(others=1, nameless=2))

    assert found.reasons == (
        "one other person with a similar complaint within 24 h",
        "2 more mentions have no known author and are not counted",
    )
    assert found.would_change == ("one more person with the same complaint within 24 h would make it shared",)


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        (Circumstances(0), "nobody else complained of the same within 7 days"),
        (Circumstances(0, listened=HOURS), "the brand has been listened to for less than a day"),
        (Circumstances(0, has_author=False), "no author is known, so persons cannot be told apart"),
        (Circumstances(0, earlier=1), "one other person complained of the same in the days before"),
        (Circumstances(0, earlier=3), "3 other persons complained of the same in the days before"),
        (Circumstances(0, topic="watch"), "more persons than usual complain about this topic now"),
        (Circumstances(2, 2), "2 other persons with a similar complaint within 24 h, in other issues"),
        (Circumstances(3, 1), "3 other persons with a similar complaint within 24 h, one of them in another issue"),
        (Circumstances(3, 2), "3 other persons with a similar complaint within 24 h, 2 of them in other issues"),
        (Circumstances(4, issue="page"), "many more persons than usual have this trouble now"),
        (Circumstances(4, topic="page"), "many more persons than usual complain about this topic now"),
    ],
)
def test_the_reason_says_who_else_has_it_and_where(now: Circumstances, reason: str) -> None:
    assert judged(now).reasons == (reason,)


@pytest.mark.parametrize(("days", "doubted"), [(0.99, False), (1, True), (2.99, True), (3, False)])
def test_before_three_days_of_listening_no_outbreak_can_be_told(days: float, doubted: bool) -> None:
    doubts = judged(Circumstances(2, listened=days * DAY)).reasons[1:]

    assert doubts == (("no outbreak can be told from the usual before 3 days of listening",) if doubted else ())


@pytest.mark.parametrize(
    ("now", "change"),
    [
        (Circumstances(0), "2 more persons with the same complaint within 24 h would make it shared"),
        (Circumstances(2), "an outbreak needs at least 5 persons and twice the usual within 6 h"),
        (Circumstances(4, issue="page"), "it ends when persons are near the usual for 6 h"),
    ],
)
def test_what_would_change_a_verdict_is_named(now: Circumstances, change: str) -> None:
    assert judged(now).would_change == (change,)
