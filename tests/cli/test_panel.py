"""The panel by command: who was invited over which words, who joined, what came of it."""

from __future__ import annotations

import json
from pathlib import Path

from listener.store.delivery_lists import DeliveryFilter
from tests.contact.test_courtesies import a_kind_road
from tests.makers import a_customer, a_house
from tests.pipeline.road import an_item


def test_a_critic_joins_and_what_came_of_it_is_kept(tmp_path: Path) -> None:
    house = a_house(tmp_path)
    (tmp_path / "customers.csv").write_text("id,name\nc-1,Anna\nc-2,Bob\n")
    assert house.run("customers", "import", str(tmp_path / "customers.csv")).code == 0

    assert "c-1 is in the panel" in house.run("panel", "join", "c-1", "--panel", "beta").out
    assert "had joined before" in house.run("panel", "join", "c-1").out
    assert house.run("panel", "outcome", "c-1", "the export keeps umlauts").code == 0

    (row,) = map(json.loads, house.run("panel", "--json").out.splitlines())
    assert (row["customer"], row["panel"], row["outcome"]) == ("c-1", "beta", "the export keeps umlauts")
    assert "umlauts" in house.run("panel").out


def test_who_is_no_customer_or_no_member_is_told_the_way(tmp_path: Path) -> None:
    house = a_house(tmp_path)

    assert "`listener customers` lists them" in house.run("panel", "join", "c-9").err
    refused = house.run("panel", "outcome", "c-9", "x")
    assert (refused.code, "panel join c-9" in refused.err) == (1, True)


def test_an_invitation_is_shown_with_the_words_that_led_to_it(tmp_path: Path) -> None:
    road = a_kind_road(tmp_path, "{invite_panel: {panel: beta}}", **{"invite-panel.txt": "Join {{ panel.name }}?"})
    a_customer(road.store)
    road.says(an_item("p1", "Acme Flow +"))

    (row,) = road.store.panel.all(9)

    assert (row.customer, row.mention, row.score, row.joined_at) == ("c-17", 1, 0.8, None)
    assert road.store.panel.join("c-17", "beta", road.clock(), "kim")
    assert road.store.panel.all(9)[0].joined_at == road.clock()
    assert len(road.store.deliveries.page(DeliveryFilter())) >= 1
