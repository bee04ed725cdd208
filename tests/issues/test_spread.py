"""Alone, or one of many."""

from __future__ import annotations

import pytest

from listener.issues.spread import Circumstances, judged

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
