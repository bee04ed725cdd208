"""Whoever waits as long as a block says gets through in the end, and no block ends in the past."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from listener.advocacy.fatigue import Policy as Fatigue
from listener.advocacy.fatigue import Standing as Asked
from listener.advocacy.fatigue import against
from listener.customers.budget import Policy
from listener.model.contact import Entry, Standing
from rules.quantities import QuietHours

# around a night in which clocks go back
NOW = datetime(2026, 10, 24, 20, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
AGO = st.integers(0, 100 * 24 * 60).map(lambda minutes: NOW - timedelta(minutes=minutes))
PURPOSES = st.sampled_from(["thanks", "gift", "ask", "engage", "notice"])
TIMES = st.builds(time, st.integers(0, 23), st.sampled_from([0, 30]))


def entries(moments: list[tuple[datetime, str]]) -> tuple[Entry, ...]:
    """Newest first, as the store gives them."""
    return tuple(
        Entry(number, number, purpose, "slack", at)
        for number, (at, purpose) in enumerate(sorted(moments, reverse=True))
    )


@given(st.lists(st.tuples(AGO, PURPOSES), max_size=8), PURPOSES, TIMES, TIMES, st.integers(0, 600))
def test_a_block_ends_later_and_waiting_for_each_ends_all(
    moments: list[tuple[datetime, str]], purpose: str, begin: time, end: time, minutes: int
) -> None:
    hours = QuietHours(begin, end, BERLIN) if begin != end else None
    policy = Policy(quiet=hours)
    now = NOW + timedelta(minutes=minutes)
    standing = Standing(now, now, purpose, entries=entries(moments), private=True)

    for _ in range(12):
        block = policy.check(standing)
        if block is None or block.until is None:
            break
        assert block.until > standing.now, block.why
        standing = replace(standing, now=block.until)
    else:
        raise AssertionError(f"still waiting: {policy.check(standing)}")


@given(st.lists(AGO, max_size=6), st.none() | AGO, st.none() | AGO)
def test_a_customer_who_rested_until_the_last_reason_ends_may_be_asked(
    asks: list[datetime], complained: datetime | None, renewal: datetime | None
) -> None:
    standing = Asked("active", tuple(asks), complained, renewal_at=renewal)

    ends = [reason.until for reason in against(standing, Fatigue(), NOW)]

    assert all(end is not None and end > NOW for end in ends)
    later = max((end for end in ends if end), default=NOW)
    assert against(standing, Fatigue(), later) == ()
