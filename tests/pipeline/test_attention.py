"""The daemon looks at tickets by itself: before a promise breaks, when it is broken, after a wait, after a close."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text as sql

from listener.model.handling import Handling
from listener.pipeline.attention import Attention, Readers
from listener.pipeline.people import NotPossible, People, Person
from listener.recovery.calendar import Calendar, Calendars, Opening
from listener.store import Store
from listener.store.delivery_lists import DeliveryFilter
from listener.store.tickets import TicketFilter
from tests.pipeline.road import LOG, NOW, Road, a_road, an_item

# a Monday at noon; work ends at 17:00
WORK = Calendars(Calendar(ZoneInfo("UTC"), dict.fromkeys(range(5), (Opening(540, 1020),))))
READERS = Readers("ops", ZoneInfo("UTC"), "mail", {"anna": "anna@acme.example"})


@pytest.fixture
def road(tmp_path: Path) -> Road:
    return troubled(tmp_path)


def troubled(folder: Path, store: Store | None = None) -> Road:
    """Somebody complained on Monday at noon: a first reply within 4 h, a solution within 72."""
    road = a_road(folder, store=store, handling=Handling(WORK))
    road.says(an_item())
    return road


def looked(road: Road, readers: Readers = READERS) -> list[str]:
    """What was told by a look: channel, recipient, title."""
    before = {row.id for row in road.store.deliveries.page(DeliveryFilter(limit=500))}
    Attention(road.store, readers, Handling(WORK), road.clock, LOG).look()
    new = [row for row in road.store.deliveries.page(DeliveryFilter(limit=500)) if row.id not in before]
    return [f"{row.channel} {row.message['to'] or '-'} {row.message['title']}" for row in reversed(new)]


def people(road: Road) -> People:
    return People(road.store, lambda source: False, road.clock, Person("anna"), handling=Handling(WORK))


def the_ticket(road: Road):  # type: ignore[no-untyped-def]  # a row
    (ticket,) = road.store.tickets.page(TicketFilter())
    return ticket


def test_on_both_stores_a_ticket_is_due_in_working_hours_told_once_and_looked_back_at(
    tmp_path: Path, store: Store
) -> None:
    road = troubled(tmp_path, store)
    road.clock.pass_by(days=30)
    assert (len(looked(road)), looked(road)) == (2, [])
    people(road).tickets.reached(1, "called her")
    people(road).tickets.wait(1, None, "the log")
    people(road).close(1, "a cable", "neutral")
    road.clock.pass_by(days=31)
    looked(road)
    assert the_ticket(road).win_back["verdict"] == "silent"


def test_a_ticket_is_due_in_working_hours(road: Road) -> None:
    ticket = the_ticket(road)

    assert ticket.first_reply_due == datetime(2026, 11, 23, 16, tzinfo=UTC)
    # 5 hours of Monday, eight days of 8, 3 hours more
    assert ticket.resolve_due == datetime(2026, 12, 4, 12, tzinfo=UTC)


def test_the_owner_is_warned_before_and_everybody_told_at_the_breach_once(road: Road) -> None:
    people(road).take(1)
    assert looked(road) == []
    road.clock.pass_by(hours=3)
    assert looked(road) == [
        "mail anna@acme.example Ticket 1 (care, normal) must have its first reply by Mon 2026-11-23 16:00 UTC"
    ]
    assert looked(road) == []
    road.clock.pass_by(hours=1)
    late = "Ticket 1 (care, normal) is late: its first reply was due Mon 2026-11-23 16:00 UTC"
    assert looked(road) == [f"mail anna@acme.example {late}", f"ops - {late}"]
    assert looked(road) == []


def test_a_ticket_that_nobody_has_is_told_to_the_channel_with_the_next_command(road: Road) -> None:
    road.clock.pass_by(hours=3)
    looked(road)
    (row,) = road.store.deliveries.page(DeliveryFilter(limit=1))
    assert (row.channel, row.options) == ("ops", {"ticket": 1})
    assert row.message["footer"].startswith("`listener ticket take 1`, then `listener ticket reply 1")


def test_a_daemon_that_slept_through_both_tells_the_breach_only(road: Road) -> None:
    road.clock.pass_by(days=1)
    assert [told.partition(": ")[0] for told in looked(road)] == ["ops - Ticket 1 (care, normal) is late"]


def test_a_ticket_that_was_answered_is_not_late_for_a_reply(road: Road) -> None:
    road.says(an_item("p9", text="We are on it", handle="acme_care", parent="p1"))
    road.clock.pass_by(hours=9)

    assert looked(road) == []
    assert the_ticket(road).replied_at == NOW
    assert [note.what for note in road.store.tickets.notes(1)] == ["opened", "answered"]


def test_an_answer_in_the_thread_of_somebody_else_is_no_first_reply(road: Road) -> None:
    road.says(an_item("p9", text="We are on it", handle="acme_care", parent="another"))
    assert the_ticket(road).replied_at is None


def test_a_person_who_was_reached_by_hand_is_a_contact_and_a_first_reply(road: Road) -> None:
    people(road).tickets.reached(1, "called her")
    assert the_ticket(road).replied_at == NOW
    assert [(row.purpose, row.channel) for row in road.store.deliveries.contacts(5)] == [("recovery", "by hand")]


def test_waiting_stops_the_clock_in_working_hours_until_the_person_writes(road: Road) -> None:
    people(road).tickets.reached(1, "asked for the log")
    people(road).tickets.wait(1, None, "the log")
    road.clock.pass_by(days=1)
    assert (the_ticket(road).status, looked(road)) == ("waiting", [])

    road.says(an_item("p2", text="Acme Flow - here is the log", posted_at=road.clock()))
    ticket = the_ticket(road)
    assert (ticket.status, ticket.waiting_since) == ("open", None)
    assert ticket.resolve_due == datetime(2026, 12, 7, 12, tzinfo=UTC)


def test_a_wait_ends_by_itself_and_its_owner_is_told(road: Road) -> None:
    people(road).take(1)
    people(road).tickets.reached(1, "asked for the log")
    people(road).tickets.wait(1, NOW + timedelta(hours=2), "the log")
    looked(road)
    road.clock.pass_by(hours=2)

    (told,) = looked(road)
    assert told == "mail anna@acme.example Ticket 1 (care) goes on: the time for the person's answer is over"
    assert the_ticket(road).status == "open"
    assert the_ticket(road).resolve_due == datetime(2026, 12, 4, 14, tzinfo=UTC)


def test_while_we_wait_a_missing_first_reply_is_still_late(road: Road) -> None:
    people(road).tickets.wait(1, None, "")
    road.clock.pass_by(hours=4)
    assert "is late: its first reply" in looked(road)[0]


def test_a_wait_cannot_end_in_the_past(road: Road) -> None:
    with pytest.raises(NotPossible, match="--until is past"):
        people(road).tickets.wait(1, NOW - timedelta(hours=1), "")


@pytest.mark.parametrize(("text", "verdict"), [("Acme Flow +", "improved"), ("", "silent"), ("Acme Flow -", "same")])
def test_after_a_month_it_is_kept_whether_the_person_speaks_better(tmp_path: Path, text: str, verdict: str) -> None:
    road = troubled(tmp_path)
    people(road).close(1, "a cable", "neutral")
    road.clock.pass_by(days=8)
    if text:
        road.says(an_item("p2", text=text, posted_at=road.clock() - timedelta(minutes=1)))
    road.clock.pass_by(days=31)
    looked(road)

    row = road.store.tickets.get(1)
    assert row is not None
    assert (row.status, row.look_at, row.win_back["verdict"]) == ("closed", None, verdict)


def test_somebody_who_got_unhappier_is_told_with_the_command_that_reopens(tmp_path: Path) -> None:
    road = a_road(tmp_path)
    road.says(an_item())
    people(road).close(1, "a cable", "neutral")
    with road.store.database.write() as connection:
        connection.execute(sql("UPDATE mention SET score = -0.3"))
    road.clock.pass_by(days=8)
    road.says(an_item("p2", posted_at=road.clock()))
    road.clock.pass_by(days=30)

    assert "ops - Ticket 1 was closed 38 days ago, and its person is unhappier than before" in looked(road)
    (row,) = road.store.deliveries.page(DeliveryFilter(limit=1))
    assert "listener ticket reopen 1" in row.message["footer"]


def test_an_open_ticket_cannot_be_reopened_nor_a_closed_one_closed_again(road: Road) -> None:
    with pytest.raises(NotPossible, match="ticket 1 is open"):
        people(road).reopen(1)
    people(road).close(1, "a cable", "neutral")
    with pytest.raises(NotPossible, match="closed already, neutral: a cable"):
        people(road).close(1, "another", "lost")


def test_a_complaint_after_the_close_begins_the_promises_anew(road: Road) -> None:
    people(road).tickets.reached(1, "called her")
    people(road).close(1, "a cable", "recovered")
    road.clock.pass_by(days=1)
    road.says(an_item("p2", text="Acme Flow - again", posted_at=road.clock()))

    ticket = the_ticket(road)
    assert (ticket.status, ticket.replied_at, ticket.closed_at) == ("open", None, None)
    assert ticket.first_reply_due == datetime(2026, 11, 24, 16, tzinfo=UTC)


def test_an_owner_who_reads_the_channel_gets_one_mail_of_a_breach(road: Road) -> None:
    people(road).take(1)
    road.clock.pass_by(hours=3)
    assert [told.split()[0] for told in looked(road)] == ["mail"]
    road.clock.pass_by(hours=1)

    told = looked(road, replace(READERS, reached=frozenset({"anna@acme.example"})))

    assert [one.split()[:2] for one in told] == [["ops", "-"]]


def test_nobody_is_named_by_what_was_told_of_the_ticket_of_a_stranger_whose_post_is_gone(
    tmp_path: Path, store: Store
) -> None:
    road = troubled(tmp_path, store)
    road.clock.pass_by(hours=30)
    assert looked(road)
    road.perform_all()
    assert "anna" in told_of_tickets(road)

    road.says(gone=["p1"])

    assert "anna" not in told_of_tickets(road)


def told_of_tickets(road: Road) -> str:
    rows = road.store.deliveries.page(DeliveryFilter(limit=500))
    return " ".join(f"{row.text} {row.message}" for row in rows if row.key.startswith("ticket:"))
