"""Whose an account is, on the road: history joins and is split, and nothing goes to the wrong person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from connectors.contract import Author
from listener.model.customer import Customer, Handle, Purchase
from listener.model.delivery import Contact
from listener.model.ticket import Ticket
from listener.pipeline.linking import Linking, suggestions
from listener.pipeline.people import NotPossible
from listener.store.delivery_lists import DeliveryFilter
from listener.store.engine import table
from listener.store.mentions import MentionFilter
from listener.store.tickets import TicketFilter
from tests.pipeline.road import NOW, RULES, a_road, an_item


def keep(road, model, *rows):
    with road.store.database.write() as connection:
        for row in rows:
            connection.execute(table(model).insert(), row)


def know(road, customer, *handles, **columns):
    keep(road, Customer, {"id": customer, **columns})
    keep(road, Handle, *({"platform": "forum", "handle": name, "customer": customer} for name in handles))


def linking(road):
    return Linking(road.store, road.clock, "care")


def mentions(road):
    return {row.external_id: row for row in road.store.mentions.page(MentionFilter())}


def persons(road):
    return {name: row.person for name, row in mentions(road).items()}


def tickets(road):
    return sorted((row.person, row.customer) for row in road.store.tickets.page(TicketFilter()))


def deliveries(road, action):
    return [row for row in road.store.deliveries.page(DeliveryFilter()) if row.action == action]


def test_linking_takes_the_history_along(tmp_path):
    road = a_road(tmp_path)
    know(road, "C1")
    road.says(an_item("p1"), an_item("p2", handle="bob"))

    (move,) = linking(road).link("forum:Anna", "C1", "she wrote from her work address")
    road.says(an_item("p3"))

    assert (move.was, move.person) == ("forum:anna", "C1")
    assert persons(road) == {"p1": "C1", "p2": "forum:bob", "p3": "C1"}
    assert tickets(road) == [("C1", "C1"), ("forum:bob", None)]


def owners(road):
    return [row.owner for row in sorted(road.store.tickets.page(TicketFilter()), key=lambda row: row.id)]


def test_a_ticket_that_nobody_took_goes_to_whoever_looks_after_the_customer(tmp_path):
    road = a_road(tmp_path)
    know(road, "C1", owner="kim")
    know(road, "C2", owner_role="customer success")
    road.says(*(an_item(f"p{n}", "Acme Flow -", handle) for n, handle in enumerate(("anna", "bob", "cat"))))
    with road.store.database.write() as connection:
        connection.execute(update(table(Ticket)).where(table(Ticket).c.person == "forum:bob").values(owner="lee"))

    for handle, customer in (("anna", "C1"), ("bob", "C1"), ("cat", "C2")):
        linking(road).link(f"forum:{handle}", customer, "known")

    assert owners(road) == ["kim", "lee", "customer success"]
    assert road.store.tickets.notes(1)[-1].text == "kim: looks after C1, whose ticket it is now"


def test_limits_go_along_with_the_history(tmp_path):
    road = a_road(tmp_path)
    know(road, "C1")
    road.says(an_item("p1", "Acme Flow +"))

    linking(road).link("forum:anna", "C1", "known")
    road.says(an_item("p2", "Acme Flow +"))

    assert [row.person for row in deliveries(road, "thank")] == ["C1"]


def thanked(road):
    return [row.person for row in deliveries(road, "thank") if row.status == "waiting"]


def test_what_a_complaint_blocks_goes_along_with_who_voiced_it(tmp_path):
    rules = RULES.replace(
        "  - id: recover\n", "  - id: recover\n    priority: 9\n    blocks: {rules: [thank], for: 7d}\n"
    )
    road = a_road(tmp_path, rules)
    know(road, "C1", "anna")
    know(road, "C2")
    road.says(an_item("p1", "Acme Flow -"))

    linking(road).unlink("forum:anna", "another Anna")
    linking(road).link("forum:anna", "C2", "she called")
    keep(road, Handle, {"platform": "forum", "handle": "ann", "customer": "C1"})
    road.says(an_item("p2", "Acme Flow +", handle="ann"), an_item("p3", "Acme Flow +"))

    assert persons(road) == {"p1": "C2", "p2": "C1", "p3": "C2"}
    assert thanked(road) == ["C1"]


def test_an_opt_out_of_an_account_counts_for_its_customer(tmp_path):
    road = a_road(tmp_path)
    know(road, "C1")
    linking(road).opt_out("forum:anna", "asked us to stop")

    road.says(an_item("p1", "Acme Flow"))
    linking(road).link("forum:anna", "C1", "known")

    assert road.store.customers.opted_out(["C1"]) == {"C1"}


def test_a_wrong_match_is_undone(tmp_path):
    road = a_road(tmp_path)
    know(road, "C1", "anna", "ann")
    road.says(an_item("p1", "Acme Flow +"), an_item("p2", "Acme Flow -"), an_item("p3", "Acme Flow -", handle="ann"))
    (draft,) = deliveries(road, "thank")
    keep(road, Contact, {"person": "C1", "customer": "C1", "purpose": "thanks", "delivery": draft.id, "at": NOW})

    (move,) = linking(road).unlink("forum:anna", "another Anna")
    while road.judge.batch():
        pass

    assert persons(road) == {"p1": "forum:anna", "p2": "forum:anna", "p3": "C1"}
    assert tickets(road) == [("C1", "C1"), ("forum:anna", None)]
    assert draft.id in move.cancelled
    assert [(row.person, row.status) for row in deliveries(road, "thank")] == [
        ("forum:anna", "waiting"),
        ("forum:anna", "cancelled"),
    ]
    assert [row.person for row in road.store.deliveries.contacts(9)] == ["forum:anna"]


def test_what_was_sent_to_the_wrong_person_is_listed(tmp_path):
    road = a_road(tmp_path)
    know(road, "C1", "anna")
    road.says(an_item("p1", "Acme Flow +"))
    (draft,) = deliveries(road, "thank")
    road.store.deliveries.move(draft.id, ("waiting",), NOW, status="done", done_at=NOW)

    (move,) = linking(road).unlink("forum:anna", "another Anna")

    assert move.sent == (draft.id,)
    assert [row.person for row in road.store.deliveries.contacts(9)] == ["forum:anna"]


STRANGERS = """\
version: 1
rules:
  - id: thank-stranger
    mode: ask
    when: {sentiment: positive, customer.known: false}
    then: [{thank: {template: thanks}}]
    limits: {thank: {per_person: 9 per 7d}}
"""


def test_what_was_kept_from_a_wrong_customer_is_judged_for_the_right_person(tmp_path):
    road = a_road(tmp_path, STRANGERS)
    know(road, "C1", "anna")
    old = {"posted_at": NOW - timedelta(days=20)}
    road.says(an_item("p1", "Acme Flow +"), an_item("p2", "Acme Flow ++", **old))
    assert thanked(road) == []

    linking(road).unlink("forum:anna", "another Anna")
    assert [name for name, row in mentions(road).items() if row.decided_at is None] == ["p1"]
    while road.judge.batch():
        pass

    assert thanked(road) == ["forum:anna"]


def test_what_was_answered_is_not_judged_for_another_person(tmp_path):
    customers = STRANGERS.partition("rules:\n")[2].replace("thank-stranger", "thank-customer")
    road = a_road(tmp_path, STRANGERS + customers.replace("known: false", "known: true"))
    know(road, "C1", "anna")
    road.says(an_item("p1", "Acme Flow +"))
    (draft,) = deliveries(road, "thank")
    road.store.deliveries.move(draft.id, ("waiting",), NOW, status="done", done_at=NOW)

    linking(road).unlink("forum:anna", "another Anna")
    while road.judge.batch():
        pass

    assert [(row.rule, row.status) for row in deliveries(road, "thank")] == [("thank-customer", "done")]


def test_a_person_who_said_no_is_not_asked_again(tmp_path):
    road = a_road(tmp_path, order_number="AC-[0-9]{6}")
    know(road, "C1", "anna")
    keep(road, Purchase, {"customer": "C1", "product": "Flow", "at": NOW, "number": "AC-123456"})
    road.says(an_item("p1", "Acme Flow - AC-123456", handle="anna2"))
    waiting = list(suggestions(road.store, NOW, 9))

    linking(road).unlink("forum:anna2", "she only quoted it")
    road.says(an_item("p2", "Acme Flow - AC-123456", handle="anna2"))

    assert [(one.account, one.customer) for one in waiting] == [("forum:anna2", "C1")]
    assert list(suggestions(road.store, NOW, 9)) == []
    assert persons(road) == {"p1": "forum:anna2", "p2": "forum:anna2"}


def test_an_order_number_tells_who_spoke_and_whose_the_account_is(tmp_path):
    road = a_road(tmp_path, order_number="AC-[0-9]{6}")
    know(road, "C1")
    keep(road, Purchase, {"customer": "C1", "product": "Flow", "at": NOW, "number": "AC-123456"})
    road.says(an_item("p1"))

    road.says(an_item("p2", "Acme Flow - my order AC-123456"), an_item("p3"))

    assert persons(road) == {"p1": "C1", "p2": "C1", "p3": "C1"}
    assert road.store.identities.of_mention(mentions(road)["p2"].id).evidence == "the text names their order AC-123456"


def test_full_name_and_site_are_suggested_and_a_first_name_is_not(tmp_path):
    road = a_road(tmp_path)
    know(road, "C1", name="Anna Schmidt", email="anna@firm.example")
    know(road, "C2", name="Anna", email="anna@firm.example")
    for number, name in enumerate(("Anna Schmidt", "Anna", "Anonymous")):
        item = an_item(f"p{number}")
        page = Author(f"a{number}", name, "https://firm.example/team")
        road.says(type(item)(item.external_id, item.text, author=page, url=item.url, posted_at=item.posted_at))

    assert [(one.account, one.customer) for one in suggestions(road.store, NOW, 9)] == [("forum:a0", "C1")]
    assert set(persons(road).values()) == {"forum:a0", "forum:a1", "forum:a2"}


@pytest.mark.parametrize(
    ("account", "customer", "why", "told"),
    [
        ("anna", "C1", "known", "is no account: write platform:name"),
        ("forum:anna", "C9", "known", "there is no customer 'C9'"),
        ("forum:anna", "C1", " ", "say why"),
    ],
)
def test_a_link_that_cannot_be_made_is_told(tmp_path, account, customer, why, told):
    road = a_road(tmp_path)
    know(road, "C1")

    with pytest.raises(NotPossible, match=told):
        linking(road).link(account, customer, why)
