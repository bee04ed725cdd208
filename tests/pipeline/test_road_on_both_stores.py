"""The whole road behaves the same on SQLite and on PostgreSQL."""

from datetime import timedelta

from listener.issues.reading import TERMS
from listener.store.delivery_lists import DeliveryFilter
from listener.store.mentions import MentionFilter
from listener.store.tickets import TicketFilter
from tests.pipeline.road import NOW, a_road, an_item


def test_complaints_and_praise_end_in_tickets_alerts_and_drafts_once(store, tmp_path):
    road = a_road(tmp_path, store=store)
    said = [
        an_item("p1"),
        an_item("p2", text="Acme Flow +", handle="bob"),
        an_item("p3", text="Acme Flow again -"),
        an_item("p4", text="Acme Flow", handle="eve"),
    ]
    road.says(*said)
    road.says(*said)
    assert road.perform_all() == ["done", "done"]

    rows = road.store.deliveries.page(DeliveryFilter())
    assert sorted((row.action, row.status) for row in rows) == [
        ("alert", "done"),
        ("alert", "done"),
        ("thank", "waiting"),
    ]
    (ticket,) = road.store.tickets.page(TicketFilter())
    assert len(road.store.tickets.mentions_of([ticket.id])[ticket.id]) == 2
    assert len(road.store.mentions.page(MentionFilter())) == 4


def test_an_edit_is_a_version_and_a_second_decision(store, tmp_path):
    road = a_road(tmp_path, store=store)
    road.says(an_item())
    road.clock.pass_by(minutes=1)
    road.says(an_item(text="Acme Flow +"))

    (row,) = road.store.mentions.page(MentionFilter())
    assert (row.label, row.edited_at) == ("positive", NOW + timedelta(minutes=1))
    assert len(road.store.mentions.decisions([row.id])[row.id]) == 2


def test_retention_forgets_old_mentions_and_keeps_their_tombstones(store, tmp_path):
    road = a_road(tmp_path, store=store)
    road.says(an_item("old", text="Acme Flow +", posted_at=NOW - timedelta(hours=1)), an_item("new", text="Acme Flow"))
    forgotten = road.store.upkeep.forget_mentions(NOW - timedelta(minutes=30), TERMS)

    assert forgotten == 1
    road.says(an_item("old", text="Acme Flow +"))
    assert [row.external_id for row in road.store.mentions.page(MentionFilter())] == ["new"]


def test_texts_of_strangers_are_emptied_and_counted_on(store, tmp_path):
    road = a_road(tmp_path, store=store)
    road.says(an_item(text="Acme Flow +"))

    assert road.store.upkeep.blank_strangers(NOW + timedelta(days=1), TERMS) == 1
    (row,) = road.store.mentions.page(MentionFilter())
    assert (row.text, row.label) == ("", "positive")
