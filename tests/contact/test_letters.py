"""Letters to one customer: to the address of today, in the approved words, with a way out."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from listener.actions.email import Email
from listener.pipeline.letters import UNSUBSCRIBE, Mailroom, letter
from listener.signing import Signer
from listener.store.delivery_lists import DeliveryFilter
from tests.actions.far_sides import DOOR
from tests.actions.mail_sink import mail_sink
from tests.makers import NOW, a_customer
from tests.pipeline.road import SENT, Road, a_road

ROOM = Mailroom("mail", "https://listener.example", Signer(b"key"))


@pytest.fixture
def road(tmp_path: Path) -> Road:
    road = a_road(tmp_path)
    a_customer(road.store)
    return road


def sent(road: Road, **columns: object) -> list[str]:
    row = letter(ROOM, "k1", "notice", "c-17", "About the outage", "It is fixed.", NOW, **columns)
    road.store.deliveries.add(row)
    return road.perform_all()


def test_a_letter_goes_to_the_customers_address_and_is_a_contact(road: Road) -> None:
    assert sent(road) == ["done"]

    assert (SENT[0].to, SENT[0].text, SENT[0].title) == ("anna@customer.example", "It is fixed.", "About the outage")
    (contact,) = road.store.deliveries.contacts(5)
    assert (contact.person, contact.purpose, contact.channel) == ("c-17", "notice", "mail")


def test_it_carries_a_link_that_opts_its_customer_out(road: Road) -> None:
    sent(road)

    link = SENT[0].unsubscribe or ""
    assert link.startswith("https://listener.example/u/")
    assert link in SENT[0].footer
    assert ROOM.signer.read(UNSUBSCRIBE, link.rpartition("/")[2], NOW) == {"person": "c-17"}


def test_no_address_is_kept_with_it_and_the_newest_is_used(road: Road) -> None:
    road.store.deliveries.add(letter(ROOM, "k1", "notice", "c-17", "News", "It is fixed.", NOW))
    assert "anna@" not in str(road.store.deliveries.page(DeliveryFilter())[0])

    a_customer(road.store, email="new@customer.example")
    road.perform_all()
    assert SENT[0].to == "new@customer.example"


def test_a_customer_without_an_address_fails_and_nobody_else_gets_it(road: Road) -> None:
    a_customer(road.store, email="")

    assert sent(road) == ["failed"]
    assert [message for message in SENT if message.text == "It is fixed."] == []


def test_whoever_opted_out_gets_nothing_whatever_was_queued(road: Road) -> None:
    row = letter(ROOM, "k1", "recovery", "c-17", "News", "It is fixed.", NOW)
    waiting = letter(ROOM, "k2", "gift", "c-17", "News", "Flowers.", NOW, status="waiting", action="send_gift")
    road.store.deliveries.add(row, waiting)
    assert road.store.contacts.opt_out("c-17", NOW, "the link in a message")
    assert not road.store.contacts.opt_out("c-17", NOW, "the link in a message")

    assert {row.status for row in road.store.deliveries.page(DeliveryFilter())} == {"cancelled"}
    road.store.deliveries.add(letter(ROOM, "k3", "notice", "c-17", "News", "Once more.", NOW))
    assert road.perform_all() == [""]
    assert "does not want to be contacted" in road.store.deliveries.page(DeliveryFilter())[0].why


def test_a_letter_that_may_go_once_only_is_left_to_a_person_in_doubt(road: Road) -> None:
    row = letter(ROOM, "k1", "notice", "c-17", "About the outage", "It is fixed.", NOW, options={"once": True})
    road.store.deliveries.add(row)
    number = road.store.deliveries.page(DeliveryFilter(limit=1))[0].id
    road.store.deliveries.claim(number, NOW - timedelta(seconds=1))

    road.act.settle_orphans(at_start=True)

    (kept,) = road.store.deliveries.page(DeliveryFilter(id=number))
    assert (kept.status, kept.last_error) == (
        "in_doubt",
        "it was being sent when the daemon stopped, or could not keep how that ended",
    )


def test_mail_programs_can_read_the_link_and_people_can_click_it(road: Road) -> None:
    sent(road)
    link = f"{SENT[0].unsubscribe}{'x' * 90}"
    with mail_sink() as sink:
        options = {"host": "127.0.0.1", "port": sink.port, "security": "none", "from": "Care <care@acme.example>"}
        mail = Email.model_validate({**options, "to": ["desk@acme.example"]})
        mail.deliver(SENT[0].model_copy(update={"unsubscribe": link, "footer": f"One click: {link}."}), DOOR)

        page = sink.mails[0].get_body(("html",))
        assert f"List-Unsubscribe: <{link}>\r\n".encode() in sink.raw[0]
    assert page is not None
    assert f'<a href="{link}">' in page.get_content()
