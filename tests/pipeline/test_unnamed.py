"""A post about two brands is edited and names only one of them."""

import pytest

from listener.store.delivery_lists import DeliveryFilter
from listener.store.issues import IssueFilter
from listener.store.mentions import MentionFilter
from listener.store.verdicts import Given
from tests.customers.test_linking import tickets
from tests.pipeline.road import a_road
from tests.pipeline.test_gone_posts import LONG
from tests.pipeline.test_issue_check import saying

BOTH = "Acme Flow and Globex fail -"


@pytest.fixture
def road(store, tmp_path):
    return a_road(tmp_path, store=store, also=("Globex",))


def the_mention(road, brand="Globex"):
    return next(row for row in road.store.mentions.page(MentionFilter(brand=brand)) if row.external_id == "p1")


def said(road, *texts, who="anna"):
    for text in texts:
        road.says(saying(1, text, who))


def counted(road):
    return {row.brand: row.persons for row in road.store.issues.page(IssueFilter())}


def test_it_counts_no_more_for_the_other(road):
    said(road, BOTH, "Acme Flow fails -")

    row = the_mention(road)
    assert (row.label, row.issue, row.text) == ("neutral", None, "Acme Flow fails -")
    assert counted(road) == {"Acme Flow": 1}
    assert [one.text for one in road.store.mentions.versions(row.id)] == [BOTH]


def test_its_draft_about_the_other_is_withdrawn_and_leaves_room_for_another(road):
    said(road, "Globex +", "Acme Flow +")

    drafts = [row for row in road.store.deliveries.page(DeliveryFilter()) if row.action == "thank"]
    assert {row.mention: (row.status, row.why) for row in drafts} == {
        the_mention(road, "Acme Flow").id: ("waiting", None),
        the_mention(road).id: ("cancelled", "the post no longer names Globex"),
    }


def test_its_ticket_stays_and_says_so(road):
    said(road, "Globex fails -", "Acme Flow +")

    assert tickets(road) == [("forum:anna", None)]
    (*_, note) = road.store.tickets.notes(1)
    assert (note.what, note.text) == ("edited", "mention 1: the post no longer names Globex")


@pytest.mark.parametrize("between", [["Acme Flow fails -"], ["Acme Flow fails -", "it fails -"]])
def test_it_counts_again_once_it_names_it_again(road, between):
    said(road, BOTH, *between)
    assert counted(road) == {"Acme Flow": 1}

    said(road, "Globex fails, too -")

    assert (the_mention(road).label, counted(road)) == ("negative", {"Globex": 1})


def test_who_repeated_it_is_heard_for_the_other(road):
    said(road, f"{LONG} Globex")
    road.says(saying(2, f"{LONG} Globex", "ben"))
    said(road, LONG)
    road.watch.beat()

    assert counted(road) == {"Acme Flow": 1, "Globex": 1}


def test_an_answer_to_us_stays_ours_when_it_names_another_brand_too(road):
    road.says(saying(1, "it fails -", "anna", parent="x", parent_author="acme_care"))
    road.says(saying(1, "it fails, Globex -", "anna", parent="x", parent_author="acme_care"))

    assert the_mention(road, "Acme Flow").label == "negative"


def test_a_person_has_the_last_word_on_it(road):
    said(road, BOTH, "Acme Flow fails -")
    road.store.verdicts.keep(Given(the_mention(road).id, "negative", "kim"), road.clock())
    while road.judge.batch():
        pass

    assert the_mention(road).label == "negative"
