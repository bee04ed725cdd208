"""The demo's third act, without its daemon: one trouble of 14 customers, found by itself, told of and fixed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from listener.cli.demo_outreach import parts_for, told_of_the_fix, told_of_the_trouble, widest
from listener.config.first import Answers
from listener.config.init import init
from listener.demo.scenario import prepare
from listener.demo.servers import World
from listener.once import prepare as prepare_for_work
from listener.store.issues import IssueFilter
from listener.store.upkeep import migrate
from listener.wiring import Parts


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    """The demo's world, heard in two rounds."""
    now = datetime.now(UTC)
    world = World(now)
    config = prepare(tmp_path, world.start(), now)
    init(tmp_path, Answers())
    try:
        with parts_for(config) as parts:
            migrate(parts.store.database, now)
            prepare_for_work(parts)
            hear(parts)
            world.next_round()
            hear(parts)
            yield parts
    finally:
        world.stop()


def hear(parts: Parts) -> None:
    for source in parts.config.sources:
        assert parts.collect.poll(source.name) == "ok"
    while parts.judge.batch():
        pass
    parts.issue_watch.beat()


def test_one_trouble_of_14_customers_is_one_issue_and_everybody_hears_of_it(parts: Parts) -> None:
    issue = widest(parts)
    assert (issue.customers, issue.spread) == (14, "outbreak")
    others = [row for row in parts.store.issues.page(IssueFilter(limit=1_000)) if "e7" in row.keywords]
    assert [row.id for row in others] == [issue.id]

    told = told_of_the_trouble(parts, lambda settled: None)
    assert [note.what for note in told.affected[:2]] == [
        "14 customers: reported it, and are in the registry",
        "73 customers: version=4.2, who have Kettle Pro",
    ]
    assert [note.who for note in told.campaign] == ["drafted", "approved", "sent"]

    fixed = told_of_the_fix(parts, lambda settled: None)
    assert parts.store.issues.root(issue.id).state == "fixed"
    assert [note.who for note in fixed.campaign[:2]] == ["fixed", "sent"]
