"""Whether a fix held: late reports say nothing, three who have it again do, and silence needs time."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listener.issues.quiet import Watch, judged, peak_of, upper_bound

FIXED = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def heard(*hours: float, usual: float = 0.0, peak: float = 14.0) -> Watch:
    """One person each, so many hours after the fix."""
    posts = [(FIXED + timedelta(hours=hour), f"p{number}") for number, hour in enumerate(hours)]
    return Watch(FIXED, posts, usual, peak)


def after(hours: float) -> datetime:
    return FIXED + timedelta(hours=hours)


# the chi-square tables: half the 95 % quantile with 2n + 2 degrees of freedom
@pytest.mark.parametrize(("count", "bound"), [(0, 2.9957), (1, 4.7439), (2, 6.2958), (10, 16.9622)])
def test_the_upper_bound_is_that_of_the_tables(count: int, bound: float) -> None:
    assert upper_bound(count) == pytest.approx(bound, abs=1e-3)


def test_nobody_for_long_enough_is_resolved() -> None:
    # 3 in T windows below 20 % of 14 persons: more than 1.07 windows
    assert judged(heard(), after(12)).state == "watching"
    assert judged(heard(), after(13)).state == "resolved"


def test_a_usual_background_is_quiet_too() -> None:
    assert judged(heard(10, 20, usual=2.0, peak=10.0), after(30)).state == "resolved"


def test_late_reports_of_the_time_before_the_fix_do_not_count() -> None:
    assert judged(heard(-5, -3, -1, 1, 2, 5), after(13)).state == "resolved"


def test_three_persons_after_six_hours_have_it_again() -> None:
    found = judged(heard(7, 8, 9), after(10))

    assert (found.state, found.why) == ("regressed", "3 persons have it again, 6 h or more after the fix")


def test_one_loud_person_is_not_three() -> None:
    loud = Watch(FIXED, [(after(hour), "p") for hour in (7, 8, 9, 10)], 0.0, 14.0)

    assert judged(loud, after(11)).state == "watching"


def test_a_clock_that_is_ahead_counts_when_its_time_has_come() -> None:
    assert judged(heard(90, 91, 92), after(13)).state == "resolved"


@given(st.lists(st.tuples(st.integers(0, 48 * 60), st.integers(0, 9)), max_size=60))
def test_the_peak_is_the_most_persons_of_any_six_hours(said: list[tuple[int, int]]) -> None:
    posts = [(FIXED + timedelta(minutes=minute), f"p{who}") for minute, who in sorted(said)]

    within = [{who for at, who in posts if end - timedelta(hours=6) < at <= end} for end, _ in posts]
    assert peak_of(posts) == max(map(len, within), default=0)


def test_the_peak_of_a_hundred_thousand_posts_takes_a_moment() -> None:
    posts = [(FIXED + timedelta(seconds=number / 10), f"p{number}") for number in range(100_000)]
    began = time.process_time()

    assert peak_of(posts) == 100_000
    assert time.process_time() - began < 5
