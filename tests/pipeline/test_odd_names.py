"""Names that no store can hold, as JSON that was cut off has them: one such item stops no source."""

from __future__ import annotations

import random

import pytest

from connectors.contract import Batch
from listener.store import Store
from listener.store.mentions import MentionFilter
from tests.pipeline.road import SCRIPT, a_road, an_item

HALF, NUL, LONG = "\ud83d", "a\0b", "x" * 5_000


@pytest.mark.parametrize("name", ["external_id", "url", "thread", "parent", "parent_author", "language", "title"])
@pytest.mark.parametrize("odd", [HALF, NUL, LONG, f"https://forum.example/?q={HALF}"])
def test_an_item_with_an_odd_name_is_kept_and_so_are_the_others(tmp_path, name, odd):
    road = a_road(tmp_path)
    odd_one = {"external_id": "odd", name: odd}

    road.says(an_item(text="Acme Flow - odd", **odd_one), an_item("p2"))

    assert {one.text for one in road.store.mentions.page(MentionFilter())} == {"Acme Flow - odd", "Acme Flow -"}


@pytest.mark.parametrize("odd", [HALF, NUL, LONG])
def test_on_both_stores_an_odd_name_is_known_again_and_gone_when_the_source_says_so(tmp_path, store: Store, odd):
    road = a_road(tmp_path, store=store)
    road.says(an_item(odd, thread=odd, parent=odd))
    road.says(an_item(odd, thread=odd, parent=odd))
    (kept,) = road.store.mentions.page(MentionFilter())

    SCRIPT.append(Batch(gone=(odd,)))
    assert road.collect.poll("forum") == "ok"

    (gone,) = road.store.mentions.page(MentionFilter())
    assert (kept.gone_at, gone.id) == (None, kept.id)
    assert gone.gone_at


@pytest.mark.parametrize("odd", [HALF, LONG])
def test_what_we_answered_to_an_odd_name_is_seen(tmp_path, odd):
    road = a_road(tmp_path)
    road.says(an_item(odd))

    road.says(an_item("reply", "We are on it", handle="acme_care", parent=odd))

    assert [note.what for note in road.store.tickets.notes(1)] == ["opened", "answered"]


def test_on_both_stores_an_address_that_no_index_holds_costs_no_item(tmp_path, store: Store):
    road = a_road(tmp_path, store=store)

    # noise: a repeated letter PostgreSQL would pack
    road.says(an_item(url=f"https://forum.example/{random.Random(1).randbytes(1_500).hex()}"), an_item("p2"))

    assert len(road.store.mentions.page(MentionFilter())) == 2
