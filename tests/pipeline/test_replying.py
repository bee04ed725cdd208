"""Answers to a ticket's person: a private letter, an answer under the post, or words for somebody's hands."""

from zoneinfo import ZoneInfo

import pytest

from connectors.contract import Receipt
from listener.pipeline.act import Act
from listener.pipeline.carrying import Ways
from listener.pipeline.letters import Mailroom
from listener.pipeline.people import NotPossible
from listener.pipeline.recheck import Recheck
from listener.pipeline.replying import Replies
from listener.signing import Signer
from rules import book
from tests.pipeline.road import LOG, SENT, ClockDoor, Remembering, Scripted, a_road, an_item

CUSTOMER = dict.fromkeys(
    ("name", "segment", "plan", "region", "version", "timezone", "language", "owner_role", "renewal_at"), ""
) | {"products": [], "tags": [], "consents": [], "do_not_contact": False, "columns": {}}
ANNA = CUSTOMER | {"id": "c-1", "email": "anna@mail.example", "owner": "kim"}


class Answering(Scripted):
    """A source that takes answers."""

    @property
    def replies(self):
        return True

    def reply(self, reference, text, key, door):
        REPLIES.append((reference, text))
        return Receipt("reply", reference, f"https://forum.example/{reference}#answer")

    def find_reply(self, reference, key, door):
        return None


REPLIES: list[tuple[str, str]] = []


@pytest.fixture
def road(tmp_path):
    REPLIES.clear()
    road = a_road(tmp_path)
    road.store.customers.replace([ANNA], [{"platform": "forum", "handle": "anna", "customer": "c-1"}])
    road.says(an_item(), an_item("p2", handle="zoe"))
    door = ClockDoor(road.clock)
    ways = Ways({"letters": Remembering(), "ops": Remembering()}, {"forum": Answering()}, door, lambda _: door)
    loaded = book.load(tmp_path / "rules.d")
    recheck = Recheck(road.store, lambda: loaded, ZoneInfo("UTC"))
    road.act = Act(road.store, ways, road.notices, road.clock, LOG, recheck)
    SENT.clear()
    return road


def replies(road, channel="letters", answers=True):
    room = Mailroom(channel, "https://listener.example", Signer(b"key"))
    return Replies(road.store, room, lambda source: answers, road.clock, "kim")


def perform(road, row):
    return road.act.perform(row.id)


def test_the_customers_owner_has_the_ticket_by_relationship(road):
    assert [row.owner for row in (road.store.tickets.get(1), road.store.tickets.get(2))] == ["kim", None]


def test_a_customer_gets_a_private_letter_that_is_the_first_reply(road):
    row = replies(road).write(1, "Sorry, Anna.")
    assert (row.action, row.channel, row.purpose, row.decided_by) == ("notify", "letters", "recovery", "kim")
    assert perform(road, row) == "done"

    (message,) = SENT
    assert (message.to, message.text, message.title) == ("anna@mail.example", "Sorry, Anna.", "About what you told us")
    assert message.unsubscribe
    assert road.store.tickets.get(1).replied_at == road.clock()
    assert [(row.person, row.purpose) for row in road.store.deliveries.contacts(5)] == [("c-1", "recovery")]


def test_a_stranger_is_answered_under_the_latest_post(road):
    row = replies(road).write(2, "Sorry, Zoe.")
    assert (row.action, row.status) == ("reply", "due")
    assert perform(road, row) == "done"
    assert REPLIES == [("p2", "Sorry, Zoe.")]
    assert road.store.tickets.get(2).replied_at == road.clock()


def test_a_customer_can_be_answered_in_public_too(road):
    row = replies(road).write(1, "Sorry, Anna.", public=True)
    assert perform(road, row) == "done"
    assert (REPLIES, SENT) == ([("p1", "Sorry, Anna.")], [])


def test_without_a_channel_or_a_source_that_answers_it_is_done_by_hand(road):
    row = replies(road, channel="", answers=False).write(1, "Sorry, Anna.")
    assert (row.status, row.action) == ("by_hand", "reply")


def test_the_same_words_are_sent_once(road):
    replies(road).write(1, "Sorry, Anna.")
    with pytest.raises(NotPossible, match="is delivery"):
        replies(road).write(1, " Sorry, Anna.\n")
    replies(road).write(1, "Once more: sorry.")


def test_who_does_not_want_to_hear_from_us_gets_no_letter(road):
    row = replies(road).write(1, "Sorry, Anna.")
    quiet = ANNA | {"do_not_contact": True}
    road.store.customers.replace([quiet], [{"platform": "forum", "handle": "anna", "customer": "c-1"}])
    assert perform(road, row) == ""
    assert SENT == []
