"""`listener campaign`: what a person reads has a header, what a script reads has the times of the contract."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from rich.cells import cell_len

from listener.model.campaign import CampaignRecipient
from listener.model.delivery import Contact, Delivery
from listener.pipeline.notices import BLANK
from listener.store.engine import table
from listener.views import tables
from tests.campaigns.ground import an_outbreak, registry
from tests.fresh import a_store
from tests.makers import CONFIG, a_house, the_time

MORE = '\n[contact]\nchannel = "post"\n[[channel]]\nname = "post"\nkind = "webhook"\nurl = "https://post.example/"\n'
MORE += '[[person]]\nname = "kim"\nemail = "kim@acme.example"\nmay_approve = true\n'


@pytest.fixture
def house(tmp_path):
    store = a_store(tmp_path)
    registry(store)
    an_outbreak(store)
    store.close()
    house = a_house(tmp_path, CONFIG + MORE)
    drafted = house.run("campaign", "draft", "sync", "--as", "kim")
    assert drafted.code == 0, drafted.err
    return house


def test_the_receipts_have_a_header_and_the_reason_of_each(house):
    header, first, *others = house.run("campaign", "report", "1").out.splitlines()

    assert header.split() == ["customer", "list", "outcome", "at", "delivery", "receipt", "why"]
    assert first.split()[1:] == ["A", "not", "yet"]
    assert len(others) == 19


def test_it_says_how_those_are_reached_who_heard_from_us_lately(house):
    assert "heard from us" not in house.run("campaign", "show", "1").out
    with house.store() as store, store.database.write() as connection:
        line = {"person": "c0", "customer": "c0", "purpose": "thanks", "channel": "post", "at": the_time()}
        connection.execute(table(Contact).insert().values(line))

    shown = house.run("campaign", "draft", "sync", "--as", "kim").out
    assert "1 do not: heard from us in the last 24 h" in shown
    assert "who heard from us lately is not told later: draft it anew" in shown


def test_it_says_what_it_waits_for_where_one_is_refused_for_now(house):
    def shown():
        return house.run("campaign", "show", "1").out

    assert house.run("campaign", "approve", "1", "--as", "kim").code == 0
    with house.store() as store, store.database.write() as connection:
        now = the_time()
        about = {"key": "k", "action": "notify", "customer": "c0", "status": "due", "due_at": now, "created_at": now}
        new = table(Delivery).insert().values(BLANK | about | {"attempts": 0}).returning(table(Delivery).c.id)
        number = connection.execute(new).scalar_one()
        mine = table(CampaignRecipient).c.customer == "c0"
        connection.execute(table(CampaignRecipient).update().where(mine).values(made_at=now, delivery=number))
    assert "tried again" not in shown()

    with house.store() as store, store.database.write() as connection:
        connection.execute(table(Delivery).update().values(attempts=1, last_error="450 mailbox full"))
    assert f"1 tried again from {now:%H:%M} UTC on, and the others wait for that: 450 mailbox full" in shown()


def test_it_says_until_when_those_wait_who_heard_from_us_lately(house):
    assert house.run("campaign", "approve", "1", "--as", "kim").code == 0
    with house.store() as store, store.database.write() as connection:
        now = the_time()
        about = {"key": "k", "action": "notify", "customer": "c0", "status": "held", "due_at": now, "created_at": now}
        number = connection.execute(
            table(Delivery).insert().values(BLANK | about | {"attempts": 0}).returning(table(Delivery).c.id)
        ).scalar_one()
        mine = table(CampaignRecipient).c.customer == "c0"
        connection.execute(table(CampaignRecipient).update().where(mine).values(made_at=now, delivery=number))

    until = f"{now:%Y-%m-%d %H:%M} UTC, and the others wait for that"
    assert f"1 heard from us lately; the first may hear again {until}" in house.run("campaign", "show", "1").out


def test_the_list_has_a_header(house):
    header, row = house.run("campaign", "list").out.splitlines()

    assert header.split()[:5] == ["id", "status", "stage", "audience", "issue"]
    assert row.split()[:5] == ["1", "draft", "trouble", "20", "sync"]


def test_scripts_read_one_object_a_line(house):
    receipts = [json.loads(line) for line in house.run("campaign", "report", "1", "--json").out.splitlines()]
    (kept,) = [json.loads(line) for line in house.run("campaign", "list", "--json").out.splitlines()]

    assert len(receipts) == 20
    assert list(receipts[0]) == ["customer", "list", "outcome", "at", "delivery", "receipt", "why"]
    assert kept["drafted_at"][10] == "T"
    assert datetime.fromisoformat(kept["drafted_at"]).tzinfo is not None


def test_a_long_table_has_its_columns_in_line_and_cuts_what_does_not_fit(capsys):
    blank = dict.fromkeys(("outcome", "at", "delivery", "receipt"))
    rows = [blank | {"customer": "顧客", "list": "B", "why": f"{n} " + "long " * 60} for n in range(600)]
    tables.show("receipts", rows)

    header, *rows = capsys.readouterr().out.splitlines()
    assert len(rows) == 600
    assert {cell_len(row[: row.index("B")]) for row in rows} == {header.index("list")}
    assert {(cell_len(row) <= tables.PIPE_WIDTH, row[-1]) for row in rows} == {(True, "…")}


def test_it_is_held_resumed_and_stopped_for_good(house):
    said = [
        house.run("campaign", *words, "--as", "kim")
        for words in (("hold", "1"), ("resume", "1"), ("stop", "1", "--why", "wrong segment"), ("resume", "1"))
    ]

    assert [one.out for one in said[:3]] == [
        "campaign 1 is on hold; `listener campaign resume 1` lets it go on\n",
        "campaign 1 goes on\n",
        "campaign 1 is stopped; a new draft reaches those who were not told\n",
    ]
    assert (said[3].code, "campaign 1 has ended: stopped, wrong segment" in said[3].err) == (1, True)
