"""The demo's third and fourth act, without its daemon: kind words that come back, and one trouble of 14 customers."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from listener.cli.demo_courtesies import EXPORT, FOUNDER, HOME, REGULAR, told_of_courtesies
from listener.cli.demo_outreach import told_of_the_fix, told_of_the_trouble, widest
from listener.demo.servers import World
from listener.demo.visitor import answer
from listener.once import prepare as prepare_for_work
from listener.once import take_over
from listener.store.issues import IssueFilter
from listener.web import serve
from listener.web.answers import GiftPage, SurveyPage
from listener.wiring import Parts
from listener.wiring.now import clock
from tests.demo.stage import on_stage


@pytest.fixture
def heard(tmp_path: Path) -> Iterator[tuple[Parts, World]]:
    """The demo's world, heard in two rounds."""
    with on_stage(tmp_path, datetime.now(UTC)) as (parts, world):
        take_over(parts)
        prepare_for_work(parts)
        hear(parts)
        world.next_round()
        hear(parts)
        yield parts, world


def hear(parts: Parts) -> None:
    for source in parts.config.sources:
        assert parts.collect.poll(source.name) == "ok"
    while parts.judge.batch():
        pass
    parts.issue_watch.beat()


def working(parts: Parts) -> Callable[[Callable[[], bool]], None]:
    """What the daemon does while the demo waits for something: letters leave, mentions are judged."""

    def work(is_settled: Callable[[], bool]) -> None:
        with parts.act.performing() as performer:
            performer.perform_all([number for number, _ in parts.store.deliveries.due(clock())], lambda status: None)
        while parts.judge.batch():
            pass
        assert is_settled()

    return work


def test_the_week_is_answered_and_its_one_trouble_is_told_to_everybody(
    heard: tuple[Parts, World], tmp_path: Path
) -> None:
    # one test, because to hear the week is what takes the time
    parts, world = heard
    kind_words_come_back(parts, world, tmp_path)
    one_trouble_of_14_customers_is_one_issue_and_everybody_hears_of_it(parts)


def kind_words_come_back(parts: Parts, world: World, folder: Path) -> None:
    pages = {"/survey/": SurveyPage(parts.surveys, parts.log), "/gift/": GiftPage(parts.presents, parts.log)}
    with serve(parts.config.web.listen, pages, parts.log):
        scene = told_of_courtesies(parts, world, folder, working(parts))
        address = parts.store.customers.email(REGULAR)
        again = answer(world.received.mails, address, "gift", {"name": "Eve", "address": "elsewhere"})

    thing, said, became, present = [note.what for note in scene.courtesies]
    assert thing == "got Forty milk drinks, from cortado to rooibos latte, posted by hand"
    assert said.startswith("3 of 10 for Service, Ease of use: The lid is too stiff")
    assert became.startswith("a mention of kind survey, ")
    assert became.endswith(" is open")
    assert present.endswith(f"1 exported to {EXPORT}")
    assert "We have your address already" in again
    (row,) = csv.DictReader((folder / EXPORT).read_text("utf-8").splitlines())
    assert (row["item"], row["name"], row["address"]) == ("tea-tin", HOME["name"], HOME["address"])
    purposes = {(row.person, row.purpose) for row in parts.store.deliveries.contacts(100)}
    assert {("c-146", "engage"), (FOUNDER, "ask"), (REGULAR, "gift")} <= purposes


def one_trouble_of_14_customers_is_one_issue_and_everybody_hears_of_it(parts: Parts) -> None:
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
