"""Silent buyers are asked for their honest opinion, whatever they feel; nobody twice, nobody who wants no letters."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import structlog

from listener.actions.templates import Templates
from listener.model.registry import Bought
from listener.pipeline.letters import Mailroom
from listener.pipeline.sharing import Sharing, Wait
from listener.signing import Signer
from listener.store.delivery_lists import DeliveryFilter
from tests.doors import NOW, Clock
from tests.fresh import a_store
from tests.makers import a_mention, judged
from tests.pipeline.test_references_at_work import a_customer

WORDS = "Subject: Your honest opinion\n\nDear {{ customer.name }}, what do you think of {{ brand }}, good or bad?"
FORTNIGHT, QUARTER = timedelta(days=14), timedelta(days=90)


class Shop:
    """A store with three buyers of 20 days ago, and the duty that asks them."""

    def __init__(self, folder: Path, after: timedelta | None = FORTNIGHT, per_day: int = 20) -> None:
        (folder / "ask-to-share.txt").write_text(WORDS)
        self.store, self.clock = a_store(folder), Clock()
        people = [a_customer(id=f"c-{n}", name=f"Buyer {n}", email=f"b{n}@x.example") for n in range(3)]
        self.store.customers.replace(people, [])
        self.store.purchases.keep([Bought(f"c-{n}", "Flow", NOW - timedelta(days=20 - n)) for n in range(3)])
        room, wait = Mailroom("mail", "https://listener.example", Signer(b"key")), Wait(after, per_day, QUARTER)
        log = structlog.get_logger("listener")
        self.sharing = Sharing(self.store, Templates(folder), room, "Acme Flow", wait, self.clock, log)

    def asked(self) -> list[tuple[str, str]]:
        self.sharing.ask()
        return sorted((row.customer, row.status) for row in self.store.deliveries.page(DeliveryFilter()))


def test_buyers_who_said_nothing_are_asked_once_and_a_person_approves(tmp_path: Path) -> None:
    shop = Shop(tmp_path)

    assert shop.asked() == [("c-0", "waiting"), ("c-1", "waiting"), ("c-2", "waiting")]
    shop.clock.pass_by(days=1)
    assert len(shop.asked()) == 3
    row = shop.store.deliveries.page(DeliveryFilter(limit=1))[0]
    assert (row.action, row.purpose, row.message["title"]) == ("ask_to_share", "ask", "Your honest opinion")
    assert "good or bad" in row.text


@pytest.mark.parametrize("label", ["positive", "negative"])
def test_who_spoke_is_not_asked_whatever_they_said(tmp_path: Path, label: str) -> None:
    shop = Shop(tmp_path)
    number = a_mention(shop.store)
    judged(shop.store, number, label, "c-0")
    with shop.store.database.write() as connection:
        connection.exec_driver_sql("UPDATE mention SET customer = 'c-0'")

    assert [customer for customer, _ in shop.asked()] == ["c-1", "c-2"]


def test_a_day_has_its_share_and_the_longest_silent_come_first(tmp_path: Path) -> None:
    shop = Shop(tmp_path, per_day=2)

    assert [customer for customer, _ in shop.asked()] == ["c-0", "c-1"]
    assert len(shop.asked()) == 2
    shop.clock.pass_by(days=1, minutes=1)
    assert len(shop.asked()) == 3


def test_who_opted_out_or_bought_lately_is_left_alone(tmp_path: Path) -> None:
    shop = Shop(tmp_path, after=timedelta(days=19))
    shop.store.contacts.opt_out("c-0", NOW, "a letter")

    assert shop.asked() == []  # c-1 bought 19 days ago to the second
    shop.clock.pass_by(minutes=1)
    assert [customer for customer, _ in shop.asked()] == ["c-1"]


def test_without_the_setting_nobody_is_asked(tmp_path: Path) -> None:
    assert Shop(tmp_path, after=None).asked() == []
