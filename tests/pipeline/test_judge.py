"""Step 2: one decision for each mention, with tickets, drafts and alerts in the same transaction."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.contract import Item
from listener.model.verdict import Verdict
from listener.store.delivery_lists import DeliveryFilter
from listener.store.mentions import MentionFilter
from listener.store.tickets import TicketFilter
from tests.pipeline.road import NOW, RULES, a_road, an_item


def deliveries(road):
    return sorted((row.action, row.status) for row in road.store.deliveries.page(DeliveryFilter()))


def tickets(road):
    return road.store.tickets.page(TicketFilter())


def the_mention(road):
    (row,) = road.store.mentions.page(MentionFilter())
    return row


def test_a_complaint_opens_a_ticket_and_alerts(tmp_path):
    road = a_road(tmp_path)
    road.says(an_item())

    (ticket,) = tickets(road)
    assert (ticket.person, ticket.status, ticket.first_reply_due) == ("forum:anna", "open", NOW + timedelta(hours=4))
    assert deliveries(road) == [("alert", "due")]


def test_the_alert_names_the_ticket(tmp_path):
    road = a_road(tmp_path)
    road.says(an_item())
    road.perform_all()

    assert "Ticket 1" in road.sent[0].text


def test_praise_becomes_a_draft_that_waits(tmp_path):
    road = a_road(tmp_path)
    road.says(an_item(text="Acme Flow +"))

    (row,) = road.store.deliveries.page(DeliveryFilter())
    assert (row.action, row.status, row.person) == ("thank", "waiting", "forum:anna")
    assert row.text


def test_a_mention_for_which_nothing_fires_keeps_the_reason(tmp_path):
    road = a_road(tmp_path)
    road.says(an_item(text="Acme Flow"))

    (decision,) = road.store.mentions.decisions([the_mention(road).id])[the_mention(road).id]
    assert decision.fired == []
    assert "sentiment" in decision.nothing_because


ASSIGNED = RULES.replace(
    "      - alert: {channel: care}\n", "      - alert: {channel: care}\n      - assign: {owner: lena}\n"
).replace("expect: [open_ticket, alert]", "expect: [open_ticket, alert, assign]")


def test_assign_gives_the_ticket_its_owner(tmp_path):
    road = a_road(tmp_path, rules=ASSIGNED)
    road.says(an_item())

    assert tickets(road)[0].owner == "lena"
    assert [note.what for note in road.store.tickets.notes(1)] == ["opened", "assigned"]


def test_a_further_complaint_joins_the_persons_ticket(tmp_path):
    road = a_road(tmp_path)
    road.says(an_item("p1"), an_item("p2", text="Acme Flow again -"))

    (ticket,) = tickets(road)
    assert len(road.store.tickets.mentions_of([ticket.id])[ticket.id]) == 2


def test_a_further_complaint_reopens_a_closed_ticket_within_its_limit(tmp_path):
    road = a_road(tmp_path)
    road.says(an_item("p1"))
    road.store.tickets.change(1, NOW, "care", "closed", status="closed", closed_at=NOW)
    road.says(an_item("p2", text="Acme Flow still -"))

    (ticket,) = tickets(road)
    assert ticket.status == "open"


def test_strangers_without_a_name_are_each_a_person_of_their_own(tmp_path):
    road = a_road(tmp_path)
    road.says(an_item("p1", handle=None), an_item("p2", text="Acme Flow other -", handle="Anonymous"))

    assert len({ticket.person for ticket in tickets(road)}) == 2


def test_a_customer_is_known_by_handle(tmp_path):
    road = a_road(tmp_path)
    road.store.customers.replace([{"id": "c-17"}], [{"platform": "forum", "handle": "anna", "customer": "c-17"}])
    road.says(an_item(handle="@Anna"))

    assert (the_mention(road).customer, tickets(road)[0].person) == ("c-17", "c-17")


def test_one_mention_that_cannot_be_judged_stops_nobody(tmp_path):
    road = a_road(tmp_path)
    road.says(an_item("p1"), an_item("bad", text="Acme Flow !"), an_item("p3", text="Acme Flow too -", handle="bob"))

    labels = {row.external_id: row.label for row in road.store.mentions.page(MentionFilter())}
    assert labels == {"p1": "negative", "bad": "unsure", "p3": "negative"}
    assert len(tickets(road)) == 2


def test_an_edit_is_judged_again_and_orders_nothing_twice(tmp_path):
    road = a_road(tmp_path)
    road.says(an_item())
    road.clock.pass_by(minutes=1)
    road.says(an_item(text="Acme Flow - - still"))

    assert deliveries(road) == [("alert", "due")]
    assert len(tickets(road)) == 1
    assert len(road.store.mentions.decisions([1])[1]) == 2


def test_an_edit_that_turns_praise_into_complaint_opens_a_ticket(tmp_path):
    road = a_road(tmp_path)
    road.says(an_item(text="Acme Flow +"))
    road.clock.pass_by(minutes=1)
    road.says(an_item(text="Acme Flow -"))

    assert deliveries(road) == [("alert", "due"), ("thank", "waiting")]
    assert len(tickets(road)) == 1


def test_our_own_posts_never_match(tmp_path):
    road = a_road(tmp_path)
    road.says(an_item(handle="acme_care"))

    assert deliveries(road) == []
    assert the_mention(road).own is True


def test_old_posts_are_history_and_nothing_happens(tmp_path):
    road = a_road(tmp_path)
    road.says(an_item(posted_at=NOW - timedelta(days=20)))

    assert the_mention(road).history is True
    assert deliveries(road) == []
    assert tickets(road) == []


def test_a_post_dated_in_the_future_is_taken_for_now(tmp_path):
    road = a_road(tmp_path)
    road.says(an_item(posted_at=NOW + timedelta(days=400)))

    assert the_mention(road).posted_at == NOW


@pytest.mark.parametrize("year", [1, 1900, 1970])
def test_a_date_from_before_the_web_is_none(tmp_path, year):
    road = a_road(tmp_path)
    road.says(an_item(posted_at=datetime(year, 1, 1, tzinfo=UTC)))

    assert the_mention(road).posted_at == NOW
    assert len(tickets(road)) == 1


def test_a_repost_is_linked_to_the_first(tmp_path):
    text = "Acme Flow lost all of our invoices on Monday and nobody answers the phone -"
    road = a_road(tmp_path)
    road.says(an_item("p1", text=text))
    road.says(an_item("p2", text=text + " via @someone", handle="bob"))

    rows = {row.external_id: row for row in road.store.mentions.page(MentionFilter())}
    assert rows["p2"].duplicate_of == rows["p1"].id
    assert rows["p1"].duplicate_of is None


def test_hostile_text_is_kept_and_judged(tmp_path):
    road = a_road(tmp_path)
    road.says(
        Item("p1", "Acme Flow - \x00 \ud800 <script>alert(1)</script> \u202e", url="javascript:alert(1)", html=True)
    )

    row = the_mention(road)
    assert row.url is None
    assert "script" not in row.text


def test_a_post_deleted_at_its_source_takes_its_draft_and_its_words_along(tmp_path):
    road = a_road(tmp_path)
    road.says(an_item("p1", text="Acme Flow +"), an_item("p2", text="Acme Flow -", handle="bob"))
    road.perform_all()
    road.says(gone=("p1", "p2"))

    rows = {row.action: row for row in road.store.deliveries.page(DeliveryFilter())}
    assert rows["thank"].status == "cancelled"
    assert (rows["alert"].status, rows["alert"].text, rows["alert"].message) == ("done", "", {})


def test_a_rule_that_fails_at_run_time_is_skipped_counted_and_the_others_go_on(tmp_path):
    road = a_road(tmp_path, rules=RULES.replace("when: {sentiment: positive}", "when: {language: de}"))
    strange = Verdict("negative", -0.8, 0.9, "mood", 5)  # type: ignore[arg-type]
    road.judge._understanding.judge = lambda utterance: strange
    road.says(an_item())

    assert road.store.house.get("skipped") == {"thank": 1}
    assert len(tickets(road)) == 1


@pytest.mark.parametrize(
    "template",
    ["{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}", "{{ 'x' * 10**9 }}"],
    ids=["loop", "power"],
)
def test_a_template_that_never_ends_costs_its_draft_and_nothing_else(tmp_path, template):
    (tmp_path / "thanks.txt").write_text(template)
    road = a_road(tmp_path)
    road.says(an_item("p1", "Acme Flow +"), an_item("p2", "Acme Flow -", "zed"))

    draft, alert = road.store.deliveries.page(DeliveryFilter())[::-1]
    assert (draft.status, draft.text, alert.action) == ("waiting", "", "alert")
    assert draft.last_error
