"""What people cannot do to an issue, each with the command that helps; and that nothing was done then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from listener.pipeline.issue_desk import IssueDesk
from listener.pipeline.ticketing import NotPossible
from listener.store.issues import IssueFilter
from tests.pipeline.road import Road, a_road, an_item

LISTS = "`listener issues` lists them"
SYNC = "- Acme Flow sync fails on my phone", "- Acme Flow phone never ends its sync, it fails each morning"
MAIL = "- Acme Flow lost my invoice in the mail"


@pytest.fixture
def road(tmp_path: Path) -> Iterator[Road]:
    """Two issues: one of two persons, one of a single person."""
    road = a_road(tmp_path)
    road.says(an_item("p1", SYNC[0], "anna"), an_item("p2", SYNC[1], "bob"), an_item("p3", MAIL, "cara"))
    yield road
    road.store.close()


def a_desk(road: Road) -> tuple[IssueDesk, str, str]:
    """With the larger issue and the smaller one."""
    rows = sorted(road.store.issues.page(IssueFilter()), key=lambda row: -row.persons)
    assert [row.persons for row in rows] == [2, 1]
    return IssueDesk(road.store, road.watch, road.clock, "kim"), rows[0].id, rows[1].id


REFUSED: list[tuple[Callable[[IssueDesk, str, str], Any], str]] = [
    (lambda desk, one, other: desk.merge(one, "nowhere"), f"there is no issue 'nowhere': {LISTS}"),
    (lambda desk, one, other: desk.merge(one, one), "are one issue already: "),
    (lambda desk, one, other: desk.split(one, [99]), "mention 99 is not in issue "),
    (lambda desk, one, other: desk.split(one, [1, 2]), "nothing would be left of it"),
    (lambda desk, one, other: desk.pin(99, one), "there is no judged mention 99: `listener mentions` lists them"),
    (lambda desk, one, other: desk.rename(one, " "), "a title says something: listener issues rename ID"),
    (lambda desk, one, other: desk.name_topic(one, " "), "a topic has a name: listener issues topic ID billing"),
    (lambda desk, one, other: desk.topic_of(1, " "), "a topic has a name: listener issues topic-of MENTION billing"),
    (lambda desk, one, other: desk.topic_of(99, "x"), "there is no mention 99 in an issue"),
    (lambda desk, one, other: desk.mute(one, 0), "a mute ends with more persons: --until +10"),
    (lambda desk, one, other: desk.unmute(one), "is not muted"),
    (lambda desk, one, other: desk.move(one, "fixed"), "`listener issues fixed` tells everybody, too"),
    (lambda desk, one, other: desk.undo(), "there is nothing to undo: `listener issues acts` lists what people did"),
    (
        lambda desk, one, other: desk.reject("a", "b"),
        "a and b are no suggestion: `listener issues suggestions` lists them",
    ),
]


def test_what_cannot_be_done_to_an_issue_is_refused_in_words(road: Road) -> None:
    desk, one, other = a_desk(road)

    for refused, told in REFUSED:
        with pytest.raises(NotPossible) as caught:
            refused(desk, one, other)
        assert told in str(caught.value)
    assert road.store.issue_acts.last() is None


def test_an_issue_is_locked_once_and_undone_in_order(road: Road) -> None:
    desk, one, _ = a_desk(road)
    desk.lock(one)
    with pytest.raises(NotPossible, match=r"locked already; `listener issues undo` opens it again"):
        desk.lock(one)
    desk.rename(one, "Sync on phones")
    desk.rename(one, "Sync")

    with pytest.raises(NotPossible, match=r"\(rename .*\) came after it: undo that first"):
        desk.undo(2)
    assert desk.undo().what == "rename"
    assert road.store.issues.get(one).title == "Sync on phones"  # type: ignore[union-attr]


def test_a_mute_counts_from_the_persons_there_are_and_is_taken_back(road: Road) -> None:
    desk, one, _ = a_desk(road)

    assert (desk.mute(one, 20).muted_until, desk.unmute(one).muted_until) == (22, None)


def test_what_was_split_is_not_merged_before_the_split_is_undone(road: Road) -> None:
    desk, one, _ = a_desk(road)
    new = desk.split(one, [2]).id

    with pytest.raises(NotPossible, match=r"kim split .* on 2026-11-23: `listener issues undo` that split first"):
        desk.merge(one, new)
    desk.undo()
    assert road.store.issues.get(one).persons == 2  # type: ignore[union-attr]
