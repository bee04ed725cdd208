"""One post that several sources tell of, or that its author edits: the mention follows whoever knows it best."""

from dataclasses import replace

import pytest

from connectors.contract import Batch
from listener.store.delivery_lists import DeliveryFilter
from listener.store.issues import IssueFilter
from listener.store.mentions import MentionFilter
from listener.store.tickets import TicketFilter
from listener.store.verdicts import Given
from tests.customers.test_linking import know, tickets
from tests.pipeline.road import SCRIPT, a_road, an_item


@pytest.fixture
def road(store, tmp_path):
    """A road with a second source, `network`, whose accounts are those of `forum`."""
    made = a_road(tmp_path, store=store)
    forum = made.collect._watched["forum"]
    network = replace(forum, name="network", kind="reddit")
    made.collect._watched = {"forum": forum, "network": network}
    store.sources.enlist([("network", "reddit", "{}")])
    network_says(made)
    return made


def network_says(road, *items, **batch):
    SCRIPT.append(Batch(items=items, **batch))
    assert road.collect.poll("network") == "ok"
    while road.judge.batch():
        pass


def the_mention(road):
    (row,) = road.store.mentions.page(MentionFilter())
    return row


def passed_on(handle=None, text="Acme Flow is down -"):
    return an_item("a1", text, handle, url="https://network.example/1")


def at_home(handle="anna", text="Acme Flow is down -"):
    return an_item("n1", text, handle, url="https://network.example/1")


def test_our_own_post_is_nobodys_complaint_though_an_aggregator_told_of_it_first(road):
    road.says(passed_on())
    assert [row.mentions for row in road.store.issues.page(IssueFilter())] == [1]

    network_says(road, at_home("acme_care"))

    row = the_mention(road)
    assert (row.own, row.source, row.issue) == (True, "network", None)
    decision = road.store.mentions.decisions([row.id])[row.id][-1]
    assert decision.nothing_because == "written by one of our own accounts"


def test_a_ticket_for_our_own_post_is_over_once_that_is_known(road):
    road.says(passed_on("a.n."), an_item("p2", "Acme Flow is slow -", "a.n."))
    network_says(road, at_home("acme_care"))

    assert [(row.status, row.root_cause) for row in road.store.tickets.page(TicketFilter())] == [
        ("closed", "one of our own accounts wrote it"),
        ("open", None),
    ]


@pytest.mark.parametrize("first", [passed_on(), passed_on("a.n.")])
def test_a_customer_is_known_once_their_own_network_tells_who_wrote_it(road, first):
    know(road, "C1", "anna")
    road.says(first)

    network_says(road, at_home())

    row = the_mention(road)
    assert (row.person, row.customer, row.author_handle) == ("C1", "C1", "anna")
    assert tickets(road) == [("C1", "C1")]
    assert [row.persons for row in road.store.issues.page(IssueFilter())] == [1]


def test_nothing_is_ordered_twice_when_a_mention_is_taken_over(road):
    road.says(passed_on())
    road.perform_all()
    before = [row.action for row in road.store.deliveries.page(DeliveryFilter())]

    network_says(road, at_home())

    assert [row.action for row in road.store.deliveries.page(DeliveryFilter())] == before


def test_a_draft_for_nobody_becomes_one_for_who_wrote_it(road):
    road.says(passed_on(text="Acme Flow +"))
    network_says(road, at_home(text="Acme Flow +"))

    drafts = [row for row in road.store.deliveries.page(DeliveryFilter()) if row.action == "thank"]
    assert [(row.status, row.person) for row in drafts] == [("waiting", "forum:anna"), ("cancelled", "forum:anna")]


def test_a_post_deleted_at_home_loses_its_words_though_an_aggregator_told_of_it_first(road):
    road.says(passed_on())
    network_says(road, at_home())

    network_says(road, gone=["n1"])

    assert (the_mention(road).text, the_mention(road).author_handle) == ("", None)


def test_an_aggregator_that_comes_later_takes_nothing(road):
    network_says(road, at_home())
    road.says(passed_on("a.n.", "Acme Flow is down, they say -"))

    row = the_mention(road)
    assert (row.source, row.author_handle, row.text) == ("network", "anna", "Acme Flow is down -")


def test_other_words_at_home_are_an_edit(road):
    road.says(passed_on())
    network_says(road, at_home(text="Acme Flow is up again +"))

    row = the_mention(road)
    assert (row.text, row.label) == ("Acme Flow is up again +", "positive")
    assert [version.text for version in road.store.mentions.versions(row.id)] == ["Acme Flow is down -"]


def test_an_edit_that_no_longer_names_the_brand_is_still_an_edit(road):
    road.says(an_item("p1", "Acme Flow is down -"), an_item("p2", "nothing about anybody"))
    road.says(an_item("p1", "never mind, it works +"), an_item("p2", "still nothing"))

    row = the_mention(road)
    assert (row.text, row.label, row.issue) == ("never mind, it works +", "positive", None)
    assert [version.text for version in road.store.mentions.versions(row.id)] == ["Acme Flow is down -"]


def test_a_post_whose_brand_is_no_longer_watched_is_no_bug_of_its_source(road):
    road.says(an_item("p1", "Acme Flow is down -"))
    forum = road.collect._watched["forum"]
    road.collect._watched = {"forum": replace(forum, brands=())}

    road.says(an_item("p1", "Acme Flow is up +"))

    assert the_mention(road).text == "Acme Flow is up +"


def test_a_label_teaches_no_words_that_it_was_not_given_to(road):
    road.says(an_item("p1", "Acme Flow is fine +"))
    road.store.verdicts.keep(Given(1, "positive", "kim", drawn=True), road.clock())
    road.clock.pass_by(minutes=1)
    assert [row.given for row in road.store.verdicts.drawn()] == ["positive"]

    road.says(an_item("p1", "Acme Flow is down -"))

    assert road.store.verdicts.drawn() == []
