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
