"""A draft is looked at once more before it goes: what its rule would not order any more is not sent, and told."""

from zoneinfo import ZoneInfo

import pytest

from connectors.contract import Receipt
from listener.model.customer import Customer
from listener.pipeline.act import Act
from listener.pipeline.carrying import Ways
from listener.pipeline.linking import Linking
from listener.pipeline.people import NotPossible, Once, People, Person
from listener.pipeline.recheck import Recheck
from listener.store.delivery_lists import DeliveryFilter
from listener.store.engine import table
from rules import book
from tests.pipeline.road import LOG, ClockDoor, Remembering, Scripted, a_road, an_item

RULES = """\
version: 1
rules:
  - id: thank
    mode: ask
    when: {sentiment: positive, customer.open_ticket: false}
    then: [{thank: {template: thanks}}]
  - id: recover
    mode: live
    when: {sentiment: negative}
    then: [{open_ticket: {}}]
    tests: [{given: {sentiment: negative}, expect: [open_ticket]}, {given: {sentiment: neutral}, expect: nothing}]
"""


class Answering(Scripted):
    """A source that takes answers and remembers none."""

    @property
    def replies(self):
        return True

    def reply(self, reference, text, key, door):
        REPLIES.append(text)
        return Receipt("reply", reference)

    def find_reply(self, reference, key, door):
        return None


REPLIES: list[str] = []


@pytest.fixture
def road(tmp_path):
    return a_rechecked_road(tmp_path, RULES)


def a_rechecked_road(tmp_path, rules):
    REPLIES.clear()
    road = a_road(tmp_path, rules)
    road.says(an_item(text="Acme Flow +"))
    loaded = book.load(tmp_path / "rules.d")
    road.recheck = Recheck(road.store, lambda: loaded, ZoneInfo("UTC"))
    ways = Ways({"ops": Remembering()}, {"forum": Answering()}, ClockDoor(road.clock), lambda _: ClockDoor(road.clock))
    road.act = Act(road.store, ways, road.notices, road.clock, LOG, road.recheck)
    return road


def people(road, once=None):
    return People(road.store, lambda source: True, road.clock, Person("kim"), road.recheck, once)


def draft(road):
    return next(row for row in road.store.deliveries.page(DeliveryFilter()) if row.action == "thank")


def test_what_still_matches_goes_out_in_the_words_that_were_approved(road):
    people(road).approve(draft(road).id, "Thank you, Anna!")
    road.perform_all()

    row = draft(road)
    assert (row.status, row.decided_by, row.decided_at, REPLIES) == ("done", "kim", road.clock(), ["Thank you, Anna!"])


def test_a_person_with_a_ticket_meanwhile_is_not_thanked_and_the_approver_is_told(road):
    road.says(an_item("p2", text="Acme Flow -"))

    with pytest.raises(NotPossible, match=r"not sent: rule thank no longer matches: it needs customer.open_ticket"):
        people(road).approve(draft(road).id)

    assert (draft(road).status, draft(road).why[:10]) == ("cancelled", "rule thank")


def test_what_changes_between_approval_and_sending_stops_it_too(road):
    people(road).approve(draft(road).id)
    road.says(an_item("p2", text="Acme Flow -"))
    road.perform_all(), road.perform_all()

    assert (draft(road).status, REPLIES) == ("cancelled", [])
    assert road.sent[-1].title == f"Thank {draft(road).id} was not sent"


def test_an_edit_that_turns_the_post_round_stops_it(road):
    people(road).approve(draft(road).id)
    road.says(an_item(text="Acme Flow, I take it back -"))
    road.perform_all()

    assert (draft(road).status, REPLIES) == ("cancelled", [])


@pytest.mark.parametrize("then", [an_item(text="Acme Flow, I take it back -"), an_item("p2", text="Acme Flow -")])
def test_nobody_posts_by_hand_what_the_daemon_would_not_send(road, then):
    People(road.store, lambda source: False, road.clock, Person("kim"), road.recheck).approve(draft(road).id)
    road.act.look_again()
    assert draft(road).status == "by_hand"
    road.says(then)
    road.act.look_again()
    road.perform_all()

    assert draft(road).status == "cancelled"
    assert road.sent[-1].title == f"Thank {draft(road).id} was not sent"


FOR_CUSTOMERS = (
    RULES.replace("customer.open_ticket: false", "customer.known: false")
    + """\
  - id: thank-customer
    mode: ask
    when: {sentiment: positive, customer.known: true}
    then: [{thank: {template: thanks}}]
"""
)


def becomes_a_customer(road):
    with road.store.database.write() as connection:
        connection.execute(table(Customer).insert(), {"id": "C1"})
    Linking(road.store, road.clock, "care").link("forum:anna", "C1", "she called")


def thanks(road):
    while road.judge.batch():
        pass
    rows = sorted(road.store.deliveries.page(DeliveryFilter()), key=lambda row: row.id)
    return [(row.rule, row.person, row.status) for row in rows if row.action == "thank"]


def test_a_draft_for_a_stranger_who_became_a_customer_is_drafted_anew(tmp_path):
    road = a_rechecked_road(tmp_path, FOR_CUSTOMERS)
    becomes_a_customer(road)

    with pytest.raises(NotPossible, match=r"It is cancelled; its post is judged anew, as it is by C1"):
        people(road).approve(draft(road).id)

    assert thanks(road) == [("thank", "C1", "cancelled"), ("thank-customer", "C1", "waiting")]


def test_what_was_approved_for_a_stranger_is_drafted_anew_for_the_customer(tmp_path):
    road = a_rechecked_road(tmp_path, FOR_CUSTOMERS)
    people(road).approve(draft(road).id)
    becomes_a_customer(road)
    road.perform_all()

    assert thanks(road) == [("thank", "C1", "cancelled"), ("thank-customer", "C1", "waiting")]
    assert REPLIES == []


def test_a_post_that_is_being_judged_again_is_not_yet_sent(road):
    road.collect.push("forum", (an_item(text="Acme Flow ++"),))

    with pytest.raises(NotPossible, match="not sent yet"):
        people(road).approve(draft(road).id)
    assert draft(road).status == "waiting"


def test_a_deleted_post_is_not_answered(road):
    road.says(gone=("p1",))

    with pytest.raises(NotPossible, match="cancelled: the post was deleted at its source; approve is for"):
        people(road).approve(draft(road).id)


def test_a_ticket_that_the_mention_itself_opened_does_not_count_against_it(tmp_path):
    both = RULES.replace(
        "{sentiment: negative}\n    then: [{open_ticket: {}}]", "{source: forum}\n    then: [{open_ticket: {}}]"
    )
    road = a_road(tmp_path, both)
    road.says(an_item(text="Acme Flow +"))
    loaded = book.load(tmp_path / "rules.d")

    assert Recheck(road.store, lambda: loaded, ZoneInfo("UTC"))(draft(road)) is None


def test_the_second_of_two_who_decide_hears_who_was_first(road):
    people(road).approve(draft(road).id)

    with pytest.raises(NotPossible, match=r"is due, decided by kim at 2026-11-23 12:00 UTC; reject is for"):
        people(road).reject(draft(road).id, "too late")


def test_a_link_decides_once(road):
    road.says(an_item("p2", text="Acme Flow +", handle="berta"))
    first, second = (row.id for row in road.store.deliveries.page(DeliveryFilter()) if row.action == "thank")
    people(road, Once("approve:1")).approve(first)

    with pytest.raises(NotPossible):
        people(road, Once("approve:1")).approve(second)
