"""Whose an account is changes: the issues of what it said are counted at once, and judged anew at the next look."""

from datetime import timedelta

import pytest

from listener.model.customer import Purchase
from listener.store.issues import IssueFilter
from tests.customers.test_linking import keep, know, linking
from tests.pipeline.road import NOW, a_road
from tests.pipeline.test_issue_check import ALIKE, saying


def a_shared_trouble(folder, *persons, **parts):
    """One issue that these persons speak of, on a road that remembers their voices."""
    road = a_road(folder, **parts)
    know(road, "C1")
    for number, person in enumerate(persons):
        road.says(saying(number, ALIKE[number], person))
    road.watch.beat()
    return road


def counts(road):
    (row,) = road.store.issues.page(IssueFilter())
    return row.mentions, row.persons, row.customers


def spread(road):
    (row,) = road.store.issues.page(IssueFilter())
    return row.spread, row.persons_now


def test_a_link_and_its_undoing_count_the_issue_anew_at_once(store, tmp_path):
    road = a_shared_trouble(tmp_path, "anna", "anna2", "ben", store=store)
    assert (counts(road), spread(road)) == ((3, 3, 0), ("shared", 3))

    linking(road).link("forum:anna", "C1", "known")
    linking(road).link("forum:anna2", "C1", "known")
    assert counts(road) == (3, 2, 1)
    linking(road).unlink("forum:anna2", "another Anna")
    assert counts(road) == (3, 3, 1)


def test_the_next_look_judges_the_issue_anew(store, tmp_path):
    road = a_shared_trouble(tmp_path, "anna", "anna2", "ben", store=store)
    for account in ("forum:anna", "forum:anna2"):
        linking(road).link(account, "C1", "one Anna")

    road.watch.beat()
    assert spread(road) == ("possibly_shared", 2)
    assert not road.store.issues.moved(1)

    linking(road).unlink("forum:anna2", "another Anna")
    road.watch.catch_up()
    assert spread(road) == ("shared", 3)


def test_the_next_complaint_hears_of_it_before_any_look(tmp_path):
    road = a_shared_trouble(tmp_path, "anna", "anna2")
    for account in ("forum:anna", "forum:anna2"):
        linking(road).link(account, "C1", "one Anna")

    road.says(saying(2, ALIKE[2], "ben"))

    assert (counts(road), spread(road)) == ((3, 2, 1), ("possibly_shared", 2))


def test_a_mention_that_is_taken_back_alone_counts_at_once(tmp_path):
    road = a_road(tmp_path, order_number="AC-[0-9]{6}")
    know(road, "C1", "anna")
    keep(road, Purchase, {"customer": "C1", "product": "Flow", "at": NOW, "number": "AC-123456"})
    road.says(saying(0, ALIKE[0], "ben"), saying(1, f"{ALIKE[1]} AC-123456", None))
    assert counts(road) == (2, 2, 1)

    assert linking(road).unlink("#2", "she only quoted it")

    assert counts(road) == (2, 1, 0)


@pytest.mark.parametrize("days", [0, 300])
def test_also_what_was_said_long_ago_is_counted_anew(tmp_path, days):
    road = a_road(tmp_path)
    know(road, "C1")
    old = NOW - timedelta(days=days, minutes=5)
    road.says(*(saying(n, ALIKE[n], f"anna{n}", posted_at=old) for n in range(3)))

    for number in range(3):
        linking(road).link(f"forum:anna{number}", "C1", "known")

    assert counts(road) == (3, 1, 1)
