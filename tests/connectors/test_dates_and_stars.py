"""Times and ratings in the forms that sites write them."""

from __future__ import annotations

import pytest

from connectors.dates import read_time
from connectors.stars import stars


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-20", "2026-11-20T00:00:00+00:00"),
        ("2026-11-20T10:30:00Z", "2026-11-20T10:30:00+00:00"),
        ("2026-11-20T10:30:00+0200", "2026-11-20T08:30:00+00:00"),
        ("2026-11-20 10:30", "2026-11-20T10:30:00+00:00"),
        ("November 20, 2026", "2026-11-20T00:00:00+00:00"),
        ("20 Nov 2026", "2026-11-20T00:00:00+00:00"),
        ("Fri, 20 Nov 2026", "2026-11-20T00:00:00+00:00"),
        ("20.11.2026", "2026-11-20T00:00:00+00:00"),
        ("Fri, 20 Nov 2026 10:30:00 GMT", "2026-11-20T10:30:00+00:00"),
        ("November 20, 2026, 10:30 pm", "2026-11-20T22:30:00+00:00"),
        ("20 Nov 2026 at 12:30:05 a.m.", "2026-11-20T00:30:05+00:00"),
        ("20.11.2026 10:30", "2026-11-20T10:30:00+00:00"),
        ("Fri, 20 November 2026 10:30", "2026-11-20T10:30:00+00:00"),
        ("Fri Nov 20 10:30:00 +0200 2026", "2026-11-20T08:30:00+00:00"),
        (1795170600, "2026-11-20T10:30:00+00:00"),
        (1795170600000, "2026-11-20T10:30:00+00:00"),
        ("1795170600", "2026-11-20T10:30:00+00:00"),
    ],
)
def test_a_time_is_read_in_the_forms_that_sites_write(written: object, meant: str) -> None:
    found = read_time(written)

    assert found is not None
    assert found.isoformat() == meant


@pytest.mark.parametrize(
    "written",
    [
        "",
        "yesterday",
        "10:30",
        "03/04/2025",
        "20.11.2026 13:30 pm",
        None,
        True,
        0,
        "0001-01-01",
        1e300,
        float("nan"),
        [1],
    ],
)
def test_what_is_no_certain_time_is_none(written: object) -> None:
    assert read_time(written) is None


@pytest.mark.parametrize(
    ("value", "best", "worst", "meant"),
    [
        (4, None, None, 4.0),
        ("4,5", "5", "1", 4.5),
        (0, 5, 0, 0.0),
        (1, 5, 1, 1.0),
        (8, 10, 1, 4.0),
        (8, None, None, 4.0),
        (90, 100, 0, 4.5),
        ("80%", None, None, 4.0),
        ("4/5", None, None, 4.0),
        ("7 out of 10", None, None, 3.5),
        (1, 1, 6, 5.0),
        (6, 1, 6, 0.0),
        (0, 5, -5, 2.5),
    ],
)
def test_a_rating_on_any_scale_becomes_stars(value: object, best: object, worst: object, meant: float) -> None:
    assert stars(value, best, worst) == meant


@pytest.mark.parametrize(
    ("value", "best"),
    [("great", None), (None, None), (True, None), (8, 5), (-1, 5), (float("inf"), 5), (10**400, 5)],
)
def test_what_is_not_on_the_scale_has_no_stars(value: object, best: object) -> None:
    assert stars(value, best) is None
