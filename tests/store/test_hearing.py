"""Who spoke of what when, as bursts are counted on it."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from listener.model.mention import Mention
from listener.store.engine import table
from listener.store.hearing import Hearing
from tests.makers import NOW, a_mention, judged

mention = table(Mention)
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


def test_the_newest_complaints_of_a_ground_are_read_in_the_order_of_time_without_copies(store):
    ages = {"old": 30, "copy": 5, "first": 4, "fenced": 3, "none": 2, "last": 1, "until": 0}
    numbers = {name: a_mention(store, name, posted_at=NOW - timedelta(hours=age)) for name, age in ages.items()}
    for name, number in numbers.items():
        judged(store, number, person=f"forum:{name}")
    with store.database.write() as connection:
        theirs = {name: {"issue": "sync"} for name in numbers.keys() - {"none"}}
        theirs["copy"]["duplicate_of"], theirs["fenced"]["fence"] = numbers["old"], "recall"
        for name, new in theirs.items():
            connection.execute(update(mention).where(mention.c.id == numbers[name]).values(new))

    def read(fence, most=10):
        with store.database.read() as connection:
            found = Hearing(connection).complaints("Acme Flow", fence, NOW - timedelta(days=1), NOW, most)
        return [(row.person, row.at) for row in found]

    first, last = (("forum:first", (NOW - timedelta(hours=4)).timestamp()), ("forum:last", NOW.timestamp() - 3_600))
    assert read(None) == [first, last]
    assert read(None, most=1) == [last]
    assert [person for person, _ in read("recall")] == ["forum:fenced"]
