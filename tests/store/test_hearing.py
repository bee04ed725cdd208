"""Who spoke of what when, as bursts are counted on it."""

from datetime import UTC, datetime, timedelta

from listener.store.hearing import Hearing
from tests.makers import NOW, a_mention, judged

LAST = datetime(2026, 11, 1, 23, 59, 59, 999_999, UTC)


def test_times_are_told_to_the_millionth_of_a_second(store):
    times = [NOW, NOW - timedelta(microseconds=1), LAST]
    for number, at in enumerate(times):
        judged(store, a_mention(store, f"p{number}", posted_at=at), person=f"forum:{number}")

    with store.database.read() as connection:
        said = Hearing(connection).of_topic("Acme Flow", "outage", min(times) - timedelta(days=1))
        assert sorted(said) == [(f"forum:{number}", at.timestamp()) for number, at in enumerate(times)]


def test_a_brand_is_heard_of_since_its_first_mention_also_of_one_that_waits_for_its_verdict(store):
    ages = [400, 30, 10, 5]
    first, *_ = [a_mention(store, f"p{days}", posted_at=NOW - timedelta(days=days)) for days in ages]
    judged(store, first + 2)
    since = NOW - timedelta(days=40)

    with store.database.read() as connection:
        assert Hearing(connection).began("Acme Flow", since) == tuple(NOW - timedelta(days=days) for days in (400, 30))
    for number in (first, first + 1):
        judged(store, number)
    with store.database.read() as connection:
        assert Hearing(connection).began("Acme Flow", since) == tuple(NOW - timedelta(days=days) for days in (400, 30))
        assert Hearing(connection).began("Other", since) == (None, None)
