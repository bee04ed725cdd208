"""A source or a brand has another name in the configuration than what is kept of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.contract import Batch
from listener.store.mentions import MentionFilter
from rules.terms import Mute
from tests.customers.test_linking import deliveries
from tests.makers import a_house, a_mention, judged
from tests.pipeline.road import NOW, SCRIPT, a_road, an_item


@pytest.fixture
def road(store, tmp_path):
    return a_road(tmp_path, store=store)


def board_says(road, *items, **batch):
    """The source that was `forum`."""
    forum = road.collect._watched["forum"]
    road.collect._watched = {"forum": forum, "board": replace(forum, name="board")}
    SCRIPT.append(Batch(items=items, **batch))
    assert road.collect.poll("board") == "ok"
    while road.judge.batch():
        pass


def posts(road):
    return {row.external_id: (row.source, row.text) for row in road.store.mentions.page(MentionFilter())}


@pytest.mark.parametrize("url", [None, "https://forum.example/p1"])
def test_a_renamed_source_sees_edits_and_deletions_of_its_old_posts(road, url):
    road.says(an_item("p1", "Acme Flow -", url=url), an_item("p2", "Acme Flow too -", url=None))
    alerts = len(deliveries(road, "alert"))

    assert road.store.sources.enlist([("board", "feed", "{}")]) == {"board": "forum"}
    board_says(road, an_item("p1", "Acme Flow, still -", url=url), gone=["p2"])

    assert posts(road) == {"p1": ("board", "Acme Flow, still -"), "p2": ("board", "")}
    assert len(deliveries(road, "alert")) == alerts
    assert [row.name for row in road.store.sources.all()] == ["board"]


@pytest.mark.parametrize(
    "configured",
    [
        [("board", "feed", "{'url': 'elsewhere'}")],
        [("board", "feed", "{}"), ("forum", "feed", "{}")],
        [("board", "feed", "{}"), ("wall", "feed", "{}")],
        [("board", "webhook", "{}")],
    ],
)
def test_a_source_that_may_be_another_one_takes_nothing_over(road, configured):
    if configured[0][1] == "webhook":
        road.store.sources.enlist([("forum", "webhook", "{}")])
    road.says(an_item("p1", "Acme Flow -"))

    assert road.store.sources.enlist(configured) == {}
    assert posts(road) == {"p1": ("forum", "Acme Flow -")}


def test_a_source_takes_nothing_over_into_a_name_that_holds_something(road):
    road.says(an_item("p1", "Acme Flow -"))
    a_mention(road.store, "p2", source="board")

    assert road.store.sources.enlist([("board", "feed", "{}")]) == {}

    assert {row.source for row in road.store.mentions.page(MentionFilter())} == {"forum", "board"}


CONFIG = """\
[[brand]]
name = "{brand}"

[[source]]
name = "{source}"
kind = "file"
folder = "."
every = "1h"
"""


def test_a_start_says_what_has_another_name(tmp_path):
    house = a_house(tmp_path, CONFIG.format(brand="Acme Flow", source="drop"))
    assert house.run("run", "--once").code == 0
    with house.store() as store:
        judged(store, a_mention(store))
    house.config.write_text(CONFIG.format(brand="Acme Stream", source="inbox"), "utf-8")

    said = house.run("run", "--once").err

    assert "source.renamed" in said
    assert """cure='write platform = "drop" to keep its authors the persons that they were'""" in said
    assert "brand.not_configured" in said


def test_a_renamed_source_stays_silenced(road):
    until = NOW + timedelta(days=1)
    road.store.silences.begin(Mute("source", "forum", until, "noise", "kim"), NOW)
    road.store.sources.enlist([("board", "feed", "{}")])

    board_says(road, an_item("p1", "Acme Flow -"))

    assert deliveries(road, "alert") == []
