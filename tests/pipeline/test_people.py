"""What people decide: the exact text they approve goes out, and who decided is kept."""

import pytest

from listener.pipeline.people import NotPossible, People, Person
from listener.store.delivery_lists import DeliveryFilter
from listener.store.tickets import TicketFilter
from tests.pipeline.road import a_road, an_item


@pytest.fixture
def road(tmp_path):
    road = a_road(tmp_path)
    road.says(an_item(text="Acme Flow +"))
    return road


def people(road, answers=False):
    return People(road.store, lambda source: answers, road.clock, Person("anna"))


def the_draft(road):
    return next(row for row in road.store.deliveries.page(DeliveryFilter()) if row.action == "thank")


def test_an_approved_thank_you_is_done_by_hand_where_the_source_takes_no_reply(road):
    row = people(road).approve(the_draft(road).id)

    assert (row.status, row.decided_by) == ("by_hand", "anna")
    assert row.text


def test_the_text_that_a_person_wrote_is_what_goes_out(road):
    row = people(road, answers=True).approve(the_draft(road).id, "Thank you, Anna!")

    assert (row.status, row.text) == ("due", "Thank you, Anna!")


def test_an_empty_text_is_refused(road):
    with pytest.raises(NotPossible, match="--text-file"):
        people(road).approve(the_draft(road).id, "  ")


def test_done_by_hand_is_a_contact(road):
    people(road).approve(the_draft(road).id)
    people(road).done(the_draft(road).id, "https://forum.example/reply")

    assert [(c.person, c.purpose) for c in road.store.deliveries.contacts(5)] == [("forum:anna", "thanks")]
    assert the_draft(road).external["url"] == "https://forum.example/reply"


def test_what_is_done_cannot_be_approved_again(road):
    people(road).approve(the_draft(road).id)
    people(road).done(the_draft(road).id)

    with pytest.raises(NotPossible, match="is done"):
        people(road).approve(the_draft(road).id)


def test_a_rejected_draft_gives_its_limit_back(road):
    people(road).reject(the_draft(road).id, "not our tone")
    road.says(an_item("p2", text="Acme Flow once more +"))

    assert sorted(row.status for row in road.store.deliveries.page(DeliveryFilter())) == ["rejected", "waiting"]


def test_what_is_due_is_rejected_by_command_alone(road):
    people(road, answers=True).approve(the_draft(road).id)
    with pytest.raises(NotPossible, match="is due, decided by anna"):
        people(road).reject(the_draft(road).id, "a second press in Slack")

    people(road).reject(the_draft(road).id, "it went out before the restore", due=True)
    assert the_draft(road).status == "rejected"


def test_skipping_is_not_a_contact(road):
    people(road).approve(the_draft(road).id)
    people(road).skip(the_draft(road).id)

    assert the_draft(road).status == "cancelled"
    assert road.store.deliveries.contacts(5) == []


def test_our_own_answer_seen_at_the_source_settles_what_was_to_be_done_by_hand(road):
    people(road).approve(the_draft(road).id)
    road.says(an_item("p9", text="You are welcome!", handle="acme_care", parent="p1"))

    assert (the_draft(road).status, the_draft(road).external["url"]) == ("done", "https://forum.example/p9")
    assert len(road.store.deliveries.contacts(5)) == 1


def test_an_unknown_delivery_names_the_list(road):
    with pytest.raises(NotPossible, match="listener deliveries"):
        people(road).approve(999)


@pytest.fixture
def troubled(tmp_path):
    road = a_road(tmp_path)
    road.says(an_item())
    return road


def the_ticket(road):
    (ticket,) = road.store.tickets.page(TicketFilter())
    return ticket


def test_a_ticket_is_taken_noted_closed_and_reopened(troubled):
    desk = people(troubled)
    desk.take(1)
    desk.note(1, "called her")
    desk.close(1, "a broken cable", "recovered")
    assert (the_ticket(troubled).owner, the_ticket(troubled).status) == ("anna", "closed")

    desk.reopen(1)
    assert [note.what for note in troubled.store.tickets.notes(1)] == [
        "opened", "assigned", "noted", "closed", "reopened",
    ]  # fmt: skip


def test_a_ticket_closes_with_a_root_cause_and_an_outcome(troubled):
    with pytest.raises(NotPossible, match="root cause"):
        people(troubled).close(1, " ", "recovered")
    with pytest.raises(NotPossible, match="recovered, neutral, lost"):
        people(troubled).close(1, "cable", "fixed")


def test_an_unknown_ticket_names_the_list(troubled):
    with pytest.raises(NotPossible, match="listener tickets"):
        people(troubled).take(99)
