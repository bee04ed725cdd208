"""The panel by command: who was invited over which words, who joined, what came of it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from listener.model.mention import Mention
from listener.pipeline.running import Running
from listener.store.delivery_lists import DeliveryFilter
from listener.store.engine import table
from rules.book import load
from tests.contact.test_courtesies import a_kind_road
from tests.fresh import a_store
from tests.makers import House, a_customer, a_house, a_mention, the_time
from tests.pipeline.road import NOW, Road, an_item

said_as = table(Mention).c.external_id


SAID = """\
text,author,source,posted_at
Acme Flow is terrible and I hate it,anna,forum,2026-11-01
I love Acme Flow it is great,bob,forum,2026-11-02
"""


def a_house_with_a_critic(folder: Path) -> House:
    """c-1 complained, c-2 praised."""
    house = a_house(folder)
    (folder / "customers.csv").write_text("id,name,handles\nc-1,Anna,forum:anna\nc-2,Bob,forum:bob\n")
    (folder / "said.csv").write_text(SAID)
    assert house.run("customers", "import", str(folder / "customers.csv")).code == 0
    assert house.run("import", str(folder / "said.csv")).code == 0
    return house


def test_a_critic_joins_and_what_came_of_it_is_kept(tmp_path: Path) -> None:
    house = a_house_with_a_critic(tmp_path)

    assert "c-1 is in the panel" in house.run("panel", "join", "c-1", "--panel", "beta").out
    assert "had joined before" in house.run("panel", "join", "c-1").out
    assert house.run("panel", "outcome", "c-1", "the export keeps umlauts").code == 0
    later = (the_time() + timedelta(minutes=1)).isoformat()
    (tmp_path / "later.csv").write_text(f"text,author,source,posted_at\nI love Acme Flow now,anna,forum,{later}\n")
    assert house.run("import", str(tmp_path / "later.csv")).code == 0

    (row,) = map(json.loads, house.run("panel", "--json").out.splitlines())
    assert (row["customer"], row["panel"], row["outcome"]) == ("c-1", "beta", "the export keeps umlauts")
    assert (row["detractor"], row["before"]["complaints"], row["after"]["complaints"]) == (True, 1, 0)
    assert row["since_then"].startswith("1 mention, 0 complaints, score +")
    assert "umlauts" in house.run("panel").out


def test_who_never_complained_joins_only_when_that_is_meant(tmp_path: Path) -> None:
    house = a_house_with_a_critic(tmp_path)

    refused = house.run("panel", "join", "c-2")
    assert (refused.code, "c-2 is no detractor" in refused.err) == (1, True)
    assert house.run("panel", "join", "c-2", "--anyway").code == 0
    (row,) = map(json.loads, house.run("panel", "--json").out.splitlines())
    assert (row["detractor"], row["since_then"]) == (False, "silent")


def test_who_is_no_customer_or_no_member_is_told_the_way(tmp_path: Path) -> None:
    house = a_house(tmp_path)

    assert "`listener customers` lists them" in house.run("panel", "join", "c-9").err
    refused = house.run("panel", "outcome", "c-9", "x")
    assert (refused.code, "panel join c-9" in refused.err) == (1, True)


def a_critics_road(folder: Path) -> Road:
    """A road whose rule invites everybody to the panel."""
    road = a_kind_road(folder, "{invite_panel: {panel: beta}}", **{"invite-panel.txt": "Join {{ panel.name }}?"})
    book = (
        (folder / "rules.d" / "all.yaml").read_text().replace("when: {sentiment: positive}", "when: {brand: Acme Flow}")
    )
    (folder / "rules.d" / "all.yaml").write_text(book)
    loaded = load(folder / "rules.d")
    road.judge._running = lambda: Running(loaded, {rule.id: NOW - timedelta(days=1) for rule in loaded.rules})
    return road


def test_an_invitation_is_shown_with_the_words_that_led_to_it(tmp_path: Path) -> None:
    road = a_critics_road(tmp_path)
    a_customer(road.store)
    road.says(an_item("p1", "Acme Flow -"))

    (row,) = road.store.panel.all(9, NOW - timedelta(days=365))
    assert row.panel == "beta"
    road.store.panel.join("c-17", "", NOW, "kim")
    assert road.store.panel.all(9, NOW - timedelta(days=365))[0].panel == "beta"

    assert (row.customer, row.mention, row.score, row.joined_at) == ("c-17", 1, -0.8, None)
    assert (row.before_hurt, row.before_mentions) == (1, 1)


@pytest.mark.parametrize("known", [True, False])
def test_who_is_happy_is_not_invited_and_it_says_so(tmp_path: Path, known: bool) -> None:
    road = a_critics_road(tmp_path)
    if known:
        a_customer(road.store)

    road.says(an_item("p1", "Acme Flow +"))

    (row,) = road.store.deliveries.page(DeliveryFilter())
    assert (row.status, row.action) == ("cancelled", "invite_panel")
    assert "the panel is for critics" in (row.why or row.last_error)


def test_a_low_score_makes_a_detractor_too(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    for number, (kind, score) in enumerate([("survey", 7), ("survey", 6), ("feed", "6 of 10")]):
        a_mention(store, f"p{number}", kind=kind, attributes={"score": score})
        with store.database.write() as connection:
            connection.execute(update(table(Mention)).values(customer=f"c-{number}").where(said_as == f"p{number}"))

    assert [store.panel.detractor(f"c-{number}", NOW - timedelta(days=1)) for number in range(3)] == [
        False,
        True,
        False,
    ]
