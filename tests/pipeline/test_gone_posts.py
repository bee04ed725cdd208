"""Posts that are deleted, or say something else now: their issue stays whole, and who repeated them is still heard."""

from datetime import timedelta

import pytest

from listener.store.issues import IssueFilter
from listener.store.mentions import MentionFilter
from tests.customers.test_linking import deliveries, tickets
from tests.pipeline.road import NOW, a_road
from tests.pipeline.test_issue_check import ALIKE, saying

LONG = "Acme Flow crashes since the update of yesterday evening whenever I open the page of the calendar - every time"

BILLED = "Acme Flow charged me twice this month and nobody at billing answers my letters - what a shame"


def counts(road):
    return {row.id: (row.mentions, row.persons) for row in road.store.issues.page(IssueFilter())}


def copies(road):
    return {row.external_id: row.duplicate_of for row in road.store.mentions.page(MentionFilter())}


@pytest.fixture
def road(store, tmp_path):
    return a_road(tmp_path, store=store)


def test_an_issue_stays_whole_when_it_is_gone_over_again_without_its_first_post(road):
    for number, who in enumerate(["anna", "ben", "cleo"]):
        road.says(saying(number, ALIKE[number], who))
    (issue,) = counts(road)
    road.says(gone=["p0"])

    road.says(saying(1, f"{ALIKE[1]} once more", "ben"))
    road.watch.beat()

    assert counts(road) == {issue: (3, 2)}


def three_say_the_same(road):
    for number, who in enumerate(["anna", "ben", "cleo"]):
        road.says(saying(number, LONG + "." * number, who))
    assert [*counts(road).values()] == [(1, 1)]
    (issue,) = counts(road)
    return issue


def test_who_repeated_a_post_is_heard_once_it_says_something_else(road):
    issue = three_say_the_same(road)
    road.says(saying(0, "Acme Flow is lovely +", "anna"))
    road.watch.beat()

    assert counts(road) == {issue: (1, 1)}
    assert copies(road) == {"p0": None, "p1": None, "p2": 2}


def test_who_repeated_a_post_is_heard_once_it_is_deleted(road):
    issue = three_say_the_same(road)
    road.says(gone=["p0"])
    road.watch.beat()
    road.says(saying(3, LONG, "dan"))

    assert counts(road) == {issue: (2, 1)}
    assert copies(road) == {"p0": None, "p1": None, "p2": 2, "p3": 2}


def test_a_small_edit_leaves_its_copies_what_they_are(road):
    three_say_the_same(road)
    road.says(saying(0, f"{LONG} now", "anna"))

    assert copies(road) == {"p0": None, "p1": 1, "p2": 1}


def test_who_repeated_a_complaint_is_heard_once_it_is_praise_in_nearly_the_same_words(road):
    issue = three_say_the_same(road)
    road.says(saying(0, LONG.replace("-", "+"), "anna"))
    road.watch.beat()

    assert counts(road) == {issue: (1, 1)}
    assert copies(road) == {"p0": None, "p1": None, "p2": 2}


def test_a_copy_that_stays_in_another_issue_than_what_it_repeats_counts_there(road):
    road.says(saying(9, BILLED, "dan", posted_at=NOW - timedelta(hours=1)))
    road.says(saying(0, ALIKE[0], "anna"), saying(1, ALIKE[1], "ben"))
    road.says(gone=["p0"])
    road.says(saying(1, BILLED, "ben"))
    road.watch.beat()

    assert sorted(counts(road).values()) == [(1, 1), (2, 1)]


def test_nothing_names_a_stranger_whose_only_post_is_deleted(road):
    road.says(saying(1, "Acme Flow -", "anna"), saying(2, "Acme Flow -", "ben"))
    road.perform_all()
    road.says(gone=["p1"])

    assert tickets(road) == [("forum:ben", None), ("mention:1", None)]
    assert {row.mention: row.person for row in deliveries(road, "alert")} == {1: "mention:1", 2: "forum:ben"}


def test_a_ticket_keeps_its_person_while_another_post_of_theirs_is_kept(road):
    road.says(saying(1, "Acme Flow -", "anna"), saying(2, "Acme Flow again -", "anna"))
    road.says(gone=["p1"])

    assert tickets(road) == [("forum:anna", None)]


def test_who_deleted_their_account_counts_as_nobody_at_once(road):
    road.says(saying(1, "Acme Flow -", "anna"))
    road.says(saying(1, "Acme Flow -", None))

    assert (tickets(road), [*counts(road).values()]) == ([("mention:1", None)], [(1, 0)])
