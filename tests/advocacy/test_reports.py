"""What shops report of newcomers: read as they write it, refused with what to write instead."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from listener.advocacy.reports import Unusable, read
from tests.makers import NOW

BOUGHT = {"event": "e-1", "what": "purchased", "newcomer": "n-1", "code": "ABC", "at": "2026-11-20T10:00+01:00"}


def test_a_report_is_read_as_it_is_written() -> None:
    found = read({**BOUGHT, "worth": "9.50", "customer": " c-17 "}, NOW)

    assert (found.event, found.what, found.newcomer, found.code, found.customer) == (
        *("e-1", "purchased", "n-1"),
        *("abc", "c-17"),
    )
    assert (found.at, found.worth) == (datetime.fromisoformat("2026-11-20T09:00+00:00"), 950)


def test_what_is_left_out_is_nothing_and_now() -> None:
    found = read({"what": "signed_up", "newcomer": 4711}, NOW)

    assert (found.newcomer, found.at, found.worth, found.code, found.customer) == ("4711", NOW, 0, None, None)


def test_the_same_row_without_an_event_is_the_same_event() -> None:
    row = {name: value for name, value in BOUGHT.items() if name != "event"}

    assert read(row, NOW).event == read(dict(row), NOW + timedelta(days=1)).event
    assert read(row, NOW).event != read({**row, "newcomer": "n-2"}, NOW).event


def test_nothing_was_bought_in_the_future() -> None:
    assert read({**BOUGHT, "at": "2031-01-01"}, NOW).at == NOW


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"what": "bought"}, "what is bought: write one of signed_up, purchased, refunded"),
        ({"what": None}, "what is missing: write one of"),
        ({"newcomer": ""}, "newcomer is missing: write the newcomer's id"),
        ({"newcomer": True}, "newcomer is missing"),
        ({"newcomer": "n\0"}, "newcomer is no name: at most 200 printable characters"),
        ({"code": "x" * 201}, "code is no name"),
        ({"at": "20.11.2026"}, "at is no time: '20.11.2026'; write 2026-11-23T10:00+01:00"),
        ({"at": "0001-01-01T00:00+14:00"}, "at is no time"),
        ({"worth": "9,50"}, "worth is no number: '9,50'"),
        ({"worth": True}, "worth is no number: 'True'"),
        ({"worth": []}, "worth is no number: '[]'"),
        ({"worth": float("nan")}, "worth is no number: 'nan'"),
        ({"worth": float("inf")}, "worth is no number: 'inf'"),
        ({"worth": -1}, "worth is out of range"),
        ({"worth": 10**10}, "worth is out of range"),
    ],
)
def test_what_cannot_be_used_is_told_with_what_to_write(change: dict[str, Any], told: str) -> None:
    with pytest.raises(Unusable) as caught:
        read({**BOUGHT, **change}, NOW)

    assert told in str(caught.value)


@pytest.mark.parametrize("entry", [None, "purchased", ["purchased"], 3])
def test_what_is_no_object_is_no_report(entry: object) -> None:
    with pytest.raises(Unusable, match="is no object"):
        read(entry, NOW)
