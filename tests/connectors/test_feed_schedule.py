"""How long a feed is left alone: by its own rhythm, and never less than its publisher asks for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connectors.feed_schedule import every, freshness, pause
from tests.connectors.feed_pages import dated
from tests.doors import NOW

HOUR = 3_600


@pytest.mark.parametrize(
    ("hours", "seconds"),
    [
        ([], None),
        ([0], None),
        ([0, 2], HOUR),
        ([4, 0, 2], HOUR),  # in any order
        ([0, 1, 2, 3, 100], HOUR / 2),  # a long break is no rhythm
        ([0, 0, 0], 0),
        ([*range(0, 1_000, 50), *range(1_000, 1_020)], HOUR / 2),  # of old times only the last twenty count
    ],
)
def test_the_pause_is_half_the_usual_gap(hours: list[float], seconds: float | None) -> None:
    assert pause([NOW + timedelta(hours=hour) for hour in hours]) == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"cache-control": "public, max-age=600"}, 600),
        ({"cache-control": 'MAX-AGE = "600"'}, 600),
        ({"cache-control": "max-age=600", "age": "500"}, 100),
        ({"cache-control": "max-age=600", "age": "700"}, 0),
        ({"cache-control": "max-age=600", "age": "old"}, 600),
        ({"cache-control": "no-cache"}, 0),
        ({"cache-control": "s-maxage=600"}, 0),  # meant for shared caches
        ({"expires": dated(NOW + timedelta(hours=1))}, HOUR),
        ({"expires": dated(NOW - timedelta(hours=1))}, 0),
        ({"expires": "0"}, 0),
        ({"expires": "soon"}, 0),
        ({"cache-control": "max-age=60", "expires": dated(NOW + timedelta(hours=1))}, 60),
    ],
)
def test_an_answer_is_fresh_for_as_long_as_it_says(headers: dict[str, str], seconds: int) -> None:
    assert freshness(headers, NOW) == seconds


@pytest.mark.parametrize(
    ("rhythm", "floor", "headers", "hours"),
    [
        (None, 0, {}, None),
        (HOUR, 0, {}, 1),
        (1, 0, {}, 0.25),  # never sooner than after a quarter of an hour
        (90 * HOUR, 0, {}, 24),  # and never later than after a day
        (HOUR, 2 * HOUR, {}, 2),
        (HOUR, 0, {"cache-control": "max-age=10800"}, 3),
        (HOUR, 0, {"cache-control": "max-age=31536000"}, 24),
        (None, 60, {}, 0.25),
    ],
)
def test_the_next_poll_waits_for_the_longest_of_these(
    rhythm: int | None, floor: int, headers: dict[str, str], hours: float | None
) -> None:
    expected = None if hours is None else timedelta(hours=hours)

    assert every(rhythm, floor, headers, NOW) == expected
