"""Counts over stored mentions, as rules ask for them: of the same sort, in the window, of others than the one said."""

from datetime import timedelta

import pytest

from rules.terms import Count
from tests.makers import NOW, a_mention, judged

DAY = timedelta(days=1)


def found(store, number, **asked):
    question = Count(**{"same": "language", "within": DAY, "at_least": 2} | asked)
    with store.judging.turn(NOW) as turn:
        return turn.history(number).count(question, "en", asked.get("besides", "forum:anna"), NOW)


@pytest.fixture
def said(store):
    """Four complaints of English speakers, the last one just now; one of them by the same person, one too old."""
    for number, (who, ago) in enumerate([("ben", 2), ("cem", 5), ("anna", 3), ("old", 30), ("anna", 0)]):
        at = NOW - timedelta(hours=ago)
        last = a_mention(store, f"p{number}", author_handle=who, posted_at=at, language="en", kind="My_Wall")
        judged(store, last, person=f"forum:{who}")
    return last


def test_mentions_of_the_window_are_counted_without_the_one_at_hand(store, said):
    assert found(store, said) == 3
    assert found(store, said, within=timedelta(hours=3)) == 1  # one of exactly three hours ago is out
    assert found(store, said, within=timedelta(days=2)) == 4


def test_distinct_persons_are_counted_besides_the_one_at_hand(store, said):
    assert found(store, said, different="person.id") == 2


@pytest.mark.parametrize(
    ("where", "count"),
    [
        ((("sentiment", {"negative"}),), 3),
        ((("sentiment", {"positive", "neutral"}),), 0),
        ((("source.kind", {"my_wall"}),), 3),  # rules compare in any case
        ((("source.kind", {"feed"}),), 0),
        ((("brand", {"Acme Flow"}),), 3),
        ((("brand", {"Globex"}),), 0),
    ],
)
def test_only_mentions_of_the_sort_that_the_rule_names_are_counted(store, said, where, count):
    assert found(store, said, where=tuple((name, frozenset(allowed)) for name, allowed in where)) == count
