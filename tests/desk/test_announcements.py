"""Who hears of a draft by mail, and with which link; what is taken back where it can be."""

from __future__ import annotations

import pytest

from connectors.contract import Receipt
from listener.actions.contract import Channel
from listener.pipeline.act import Act
from listener.pipeline.cards import Cards
from listener.pipeline.carrying import Ways
from listener.pipeline.links import Links
from listener.pipeline.upkeep import Retention, Upkeep
from listener.signing import Signer
from listener.store.delivery_lists import DeliveryFilter
from tests.pipeline.road import LOG, ClockDoor, a_road, an_item

SENT, CHANGED = [], []


class Mail(Channel):
    """Like mail: it writes to persons."""

    @property
    def readers(self):
        return ("kim@acme.example", "team@acme.example")

    def deliver(self, message, outside):
        SENT.append(message)
        return Receipt("mail", message.key)


class Board(Channel):
    """Like Slack with a token: what hangs there can be changed."""

    @property
    def amends(self):
        return True

    def deliver(self, message, outside):
        SENT.append(message)
        return Receipt("slack", f"C1:{len(SENT)}")

    def amend(self, sent, message, outside):
        CHANGED.append((sent.key, message.title, message.quote))
        return sent

    def redact(self, sent, outside):
        CHANGED.append((sent.key, "redacted", ""))
        return sent


class Office:
    def __init__(self, folder, channel, readers=("",), **road):
        SENT.clear(), CHANGED.clear()
        self.road = a_road(folder, **road)
        store, clock = self.road.store, self.road.clock
        self.links = Links(Signer(b"k" * 32), "https://l.example", {"kim@acme.example": "kim"}, clock)
        channels, door = {"ops": channel, "care": channel}, ClockDoor(clock)
        ways = Ways(channels, {}, door, lambda _: door, card=Cards(store, clock).of, link=self.links.decide)
        self.road.act = Act(store, ways, self.road.notices, clock, LOG)
        keep = Retention(clock() - clock(), clock() - clock())
        self.upkeep = Upkeep(store, self.road.notices, channels, keep, clock, LOG, readers)

    def beat(self):
        self.upkeep.tell(patient=False)
        while self.road.perform_all():
            self.upkeep.tell(patient=False)


def test_each_reader_gets_a_mail_and_only_approvers_a_link(tmp_path):
    office = Office(tmp_path, Mail(), Mail().readers)
    office.road.says(an_item(text="Acme Flow +"))
    office.beat()

    kim, team = SENT
    assert (kim.to, team.to, team.decide) == ("kim@acme.example", "team@acme.example", None)
    assert kim.decide.startswith("https://l.example/approve/")
    assert kim.decide in kim.plain()


def test_no_link_is_kept_in_the_store_or_given_to_the_fallback(tmp_path):
    office = Office(tmp_path, Mail(), Mail().readers)
    office.road.says(an_item(text="Acme Flow +"))
    office.beat()

    rows = office.road.store.deliveries.page(DeliveryFilter())
    assert not any("/approve/" in f"{row.text} {row.message} {row.options}" for row in rows)


def test_without_approvers_among_the_readers_all_get_one_mail(tmp_path):
    office = Office(tmp_path, Mail())
    office.road.says(an_item(text="Acme Flow +"))
    office.beat()

    assert [(message.to, message.decide) for message in SENT] == [(None, None)]


@pytest.mark.parametrize("hours", [1, 30])
def test_a_deleted_post_loses_its_words_on_the_board_early_and_late(tmp_path, hours):
    office = Office(tmp_path, Board())
    office.road.says(an_item())
    office.beat()
    office.road.clock.pass_by(hours=hours)
    office.beat()
    office.road.says(gone=("p1",))
    office.beat()

    assert ("C1:1", "redacted", "") in CHANGED
    assert not any("Acme Flow" in quote for _, _, quote in CHANGED)
    assert not any("Acme Flow -" in str(row.message) for row in office.road.store.deliveries.page(DeliveryFilter()))


def test_a_group_keeps_the_words_of_those_that_are_still_there(tmp_path):
    rules = """\
version: 1
rules:
  - {id: r, mode: live, when: {sentiment: negative}, then: [{alert: {channel: care, collect: 5m, by: [brand]}}]}
"""
    office = Office(tmp_path, Board(), rules=rules)
    office.road.says(an_item("p1", "Acme Flow - first"), an_item("p2", "Acme Flow - second", "berta"))
    office.beat()
    office.road.says(gone=("p1",))
    office.beat()

    assert CHANGED[0][1] == "redacted"
    _, _, quote = CHANGED[-1]
    assert "second" in quote
    assert "first" not in quote
