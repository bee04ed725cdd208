"""All data of one person: told in full, taken out for good, and kept from coming back."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from listener.customers import Forgotten, Registry
from listener.customers.telling import Told
from listener.issues.reading import TERMS
from listener.model.customer import Purchase
from listener.model.delivery import Contact
from listener.pipeline.erasure import Erasure
from listener.pipeline.notices import BLANK
from listener.pipeline.people import NotPossible
from listener.signing import Signer
from listener.store.delivery_lists import DeliveryFilter
from listener.store.engine import Database
from listener.store.mentions import MentionFilter
from listener.store.personal import tables
from listener.store.tickets import TicketFilter
from listener.store.upgrading import backup, restore
from tests.customers.test_linking import keep, know
from tests.fresh import a_store
from tests.pipeline.road import LOG, NOW, a_road, an_item

GROUPED = {"kind": "group", "key": "alert:1", "url": None}


def erasure(road, folder):
    signer = Signer(road.store.house.signing_key())
    return Erasure(road.store, Forgotten(road.store, signer), folder / "listener.db.erased", road.clock)


def everything(store):
    """Whatever the store holds, as text."""
    with store.database.read() as connection:
        rows = [row for kept in SQLModel.metadata.sorted_tables for row in connection.execute(select(kept))]
    return json.dumps([list(row) for row in rows], default=str)


def anna_complains(tmp_path):
    road = a_road(tmp_path)
    know(road, "C-anna", "anna", name="Anna Schmidt", email="anna@firm.example")
    keep(road, Purchase, {"customer": "C-anna", "product": "Flow", "at": NOW})
    keep(road, Contact, {"person": "C-anna", "customer": "C-anna", "purpose": "thanks", "at": NOW})
    road.says(an_item("p1", "Acme Flow - my words"), an_item("p2", "Acme Flow + my praise"))
    road.perform_all()
    return road


def test_every_table_about_a_person_is_covered():
    covered = {kept.name for kept in tables()}
    about = {kept.name for kept in SQLModel.metadata.sorted_tables if {"person", "customer"} & set(kept.c.keys())}

    assert about <= covered
    assert {"version", "decision", "ticket_note", "attempt", "customer"} <= covered


def test_an_export_tells_everything(tmp_path):
    road = anna_complains(tmp_path)
    mine = erasure(road, tmp_path)

    kinds = {row["table"] for row in mine.rows(mine.whom(None, "forum:anna"))}

    assert {"customer", "handle", "purchase", "mention", "decision", "delivery", "ticket", "contact"} <= kinds


def test_an_erasure_leaves_figures_and_no_name(tmp_path):
    road = anna_complains(tmp_path)
    mine = erasure(road, tmp_path)

    gone = mine.erase(mine.whom("C-anna", None), "care", "she asked us to")

    assert gone.mentions == 2
    left = everything(road.store).lower()
    assert [word for word in ("anna", "my words", "my praise", "firm.example") if word in left] == []
    assert len(road.store.mentions.page(MentionFilter())) == 2
    assert len(road.store.tickets.page(TicketFilter())) == 1
    assert {row.status for row in road.store.deliveries.page(DeliveryFilter()) if row.mention} <= {"cancelled", "done"}


def test_what_our_people_were_told_of_their_tickets_names_them_no_more(tmp_path):
    road = anna_complains(tmp_path)
    (ticket,) = road.store.tickets.page(TicketFilter())
    told = {"action": "notice", "channel": "mail", "text": "Anna waits", "due_at": NOW, "created_at": NOW}
    told["options"] = {"ticket": ticket.id}
    road.store.deliveries.add({**BLANK, **told, "key": f"ticket:{ticket.id}:late", "status": "done", "done_at": NOW})
    road.store.deliveries.add({**BLANK, **told, "key": f"ticket:{ticket.id}:later", "status": "due"})
    other = {"key": f"ticket:{ticket.id}1:late", "status": "due", "text": "Ben waits"}
    road.store.deliveries.add({**BLANK, **told, **other, "options": {"ticket": ticket.id * 10 + 1}})
    forgotten = Forgotten(road.store, Signer(road.store.house.signing_key()))
    mine = Erasure(road.store, forgotten, tmp_path / "erased", road.clock, {"mail"})

    gone = mine.erase(mine.whom("C-anna", None), "care", "she asked us to")

    left = {row.key: (row.status, row.text) for row in road.store.deliveries.page(DeliveryFilter())}
    assert left[f"ticket:{ticket.id}:late"] == ("done", "")
    assert left[f"ticket:{ticket.id}:later"] == ("cancelled", "")
    assert left[f"ticket:{ticket.id}1:late"] == ("due", "Ben waits")
    assert gone.tasks == ("1 message by channel mail, sent 2026-11-23",)


def test_what_was_still_to_go_out_says_that_the_person_was_erased(tmp_path):
    road = a_road(tmp_path)
    road.says(an_item(text="Acme Flow +"))
    mine = erasure(road, tmp_path)
    mine.erase(mine.whom(None, "forum:anna"), "care", "she asked us to")

    (draft,) = road.store.deliveries.page(DeliveryFilter())
    assert (draft.status, draft.why) == ("cancelled", "the person was erased")


def test_no_poll_brings_an_erased_person_back(tmp_path):
    road = anna_complains(tmp_path)
    mine = erasure(road, tmp_path)
    mine.erase(mine.whom("C-anna", None), "care", "she asked us to")

    road.says(an_item("p1", "Acme Flow - my words, edited"), an_item("p3", "Acme Flow - my new words"))

    assert "my " not in "".join(row.text for row in road.store.mentions.page(MentionFilter()))


def test_an_older_backup_does_not_bring_them_back(tmp_path):
    road = anna_complains(tmp_path)
    mine = erasure(road, tmp_path)
    backup(road.store.database, tmp_path / "old.db")
    mine.erase(mine.whom("C-anna", None), "care", "she asked us to")
    road.store.close()
    with closing(Database(f"sqlite:///{tmp_path}/listener.db")) as database:
        restore(database, tmp_path / "old.db", NOW, "care")
    road.store = a_store(tmp_path)

    assert "my words" in everything(road.store)
    assert erasure(road, tmp_path).again() == 1
    assert "my words" not in everything(road.store)
    assert erasure(road, tmp_path).again() == 0
    road.store.close()


@pytest.mark.parametrize(
    ("customer", "handle", "told"),
    [
        (None, None, "say who"),
        ("C-anna", "forum:anna", "say who"),
        (None, "anna", "is no account"),
        ("C-nobody", None, "nothing is kept about C-nobody"),
    ],
)
def test_who_is_meant_must_be_clear(tmp_path, customer, handle, told):
    road = anna_complains(tmp_path)

    with pytest.raises(NotPossible, match=told):
        erasure(road, tmp_path).whom(customer, handle)


def test_an_erasure_has_a_reason(tmp_path):
    road = anna_complains(tmp_path)
    mine = erasure(road, tmp_path)

    with pytest.raises(NotPossible, match="say why"):
        mine.erase(mine.whom("C-anna", None), "care", " ")


def test_no_import_brings_an_erased_customer_back(tmp_path):
    road = anna_complains(tmp_path)
    mine = erasure(road, tmp_path)
    mine.erase(mine.whom("C-anna", None), "care", "she asked us to")
    forgotten = Forgotten(road.store, Signer(road.store.house.signing_key()))
    file = tmp_path / "customers.csv"
    file.write_text("id,name,email\nC-anna,Anna,\nC-new,Anna,Anna@firm.example\nC-bob,Bob,\n")

    reading = Registry(road.store, file, road.clock, LOG, forgotten).take(file)
    told = Told(road.store, forgotten).upsert([{"id": "C-anna"}], NOW)

    assert [line.partition(": ")[2] for line in reading.problems] == ["this customer was erased"] * 2
    assert (told.counts["added"], told.rejected[0].why) == (0, "this customer was erased")
    assert road.store.customers.count() == 1


def test_a_ticket_outside_is_left_to_people_as_a_task(tmp_path):
    road = anna_complains(tmp_path)
    (ticket,) = road.store.tickets.page(TicketFilter())
    outside = {"kind": "zendesk", "key": "Z-7", "url": "https://desk.example/Z-7"}
    road.store.tickets.change(ticket.id, NOW, "care", "noted", "Anna called", external=outside)
    mine = erasure(road, tmp_path)

    gone = mine.erase(mine.whom("C-anna", None), "care", "she asked us to")
    (task,) = road.store.personal.tasks()

    assert gone.tasks == ("ticket Z-7 in zendesk https://desk.example/Z-7",)
    assert road.store.personal.task_done(task.id, "care", NOW)
    assert road.store.personal.tasks() == []
    assert "Anna called" not in everything(road.store)


def test_messages_that_cannot_be_changed_are_left_to_people_as_a_task(tmp_path):
    road = anna_complains(tmp_path)
    row = {**BLANK, "action": "alert", "mention": 1, "due_at": NOW, "created_at": NOW, "text": "Anna", "status": "done"}
    for number, (channel, external) in enumerate([("mail", None), ("mail", None), ("mail", GROUPED), ("slack", None)]):
        one = {
            "key": f"sent{number}",
            "channel": channel,
            "done_at": NOW + timedelta(days=number),
            "external": external,
        }
        road.store.deliveries.add(row | one)
    forgotten = Forgotten(road.store, Signer(road.store.house.signing_key()))
    mine = Erasure(road.store, forgotten, tmp_path / "erased", road.clock, {"mail", "letters"})

    gone = mine.erase(mine.whom("C-anna", None), "care", "she asked us to")

    assert gone.tasks == ("2 messages by channel mail, sent 2026-11-23 to 2026-11-24",)


def test_a_source_forgets_by_its_own_retention(tmp_path):
    road = a_road(tmp_path)
    road.says(an_item("p1", "Acme Flow"), an_item("p2", "Acme Flow - in a ticket"))
    later = NOW + timedelta(days=31)

    forgotten = road.store.upkeep.forget_mentions(later - timedelta(days=30), TERMS, "forum")
    blanked = road.store.upkeep.blank_source("forum", later - timedelta(days=30), TERMS)

    assert (forgotten, blanked) == (1, 1)
    assert [row.text for row in road.store.mentions.page(MentionFilter())] == [""]
