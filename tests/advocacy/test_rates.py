"""Rates and forecasts: right in known cases, and honest about how little is known."""

from __future__ import annotations

import random

import pytest

from listener.advocacy.rates import forecast, rate


def test_a_known_interval() -> None:
    found = rate(15, 50)  # Wilson, from published tables: 0.191 to 0.438

    assert (found.share, round(found.low or 0, 3), round(found.high or 0, 3)) == (0.3, 0.191, 0.438)


@pytest.mark.parametrize(("count", "of"), [(0, 1), (0, 20), (1, 1), (20, 20), (3, 1_000_000)])
def test_a_share_lies_within_its_interval_and_the_interval_within_0_and_1(count: int, of: int) -> None:
    found = rate(count, of)

    assert 0 <= (found.low or 0) <= count / of <= (found.high or 0) <= 1
    assert (found.high or 0) - (found.low or 0) > 0


def test_nothing_counted_is_no_rate() -> None:
    assert rate(0, 0).share is None
    assert str(rate(0, 0)) == "0 of 0"


def test_more_than_all_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="3 of 2"):
        rate(3, 2)


def test_too_little_history_gives_no_forecast() -> None:
    assert forecast([4, 5]) is None


def test_a_history_of_zeros_promises_little_and_not_nothing() -> None:
    found = forecast([0] * 12)

    assert found is not None
    assert (found.expected, found.low) == (0, 0)
    assert 0 < found.high < 2


def test_about_95_of_100_forecasts_hold() -> None:
    draw = random.Random(7)
    poisson = lambda mean: sum(draw.random() < mean / 1_000 for _ in range(1_000))  # noqa: E731
    held = 0
    for _ in range(200):
        found = forecast([poisson(8) for _ in range(12)])
        assert found is not None
        held += found.low <= sum(poisson(8) for _ in range(3)) <= found.high

    assert held >= 180
