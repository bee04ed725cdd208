"""What cannot be done to a campaign or a fix: refused with what helps, and nothing goes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from listener.pipeline.outreach import Wish, suppressed
from listener.pipeline.people import NotPossible
from tests.campaigns.ground import Ground, a_ground, an_issue, an_outbreak, customers, registry, said
from tests.makers import a_store


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    store = a_store(tmp_path)
    registry(store)
    an_outbreak(store)
    yield a_ground(store, tmp_path)
    store.close()


Refused = list[tuple[Callable[[Ground], Any], str]]
WISHES: Refused = [
    (lambda g: g.outreach.draft(Wish("sync", stage="soon"), "kim"), "--stage is one of "),
    (
        lambda g: g.outreach.draft(Wish("sync", lists=("A", "X")), "kim"),
        "there is no list X: `listener issues affected`",
    ),
    (lambda g: g.outreach.draft(Wish("sync", template="none"), "kim"), "there is no template 'none'; there are "),
    (lambda g: g.outreach.get(9), "there is no campaign 9: `listener campaign list` shows them"),
]
DRAFTED: Refused = [
    (lambda g: g.outreach.resume(1, "kim"), "campaign 1 is not on hold"),
    (lambda g: g.outreach.stop(1, "kim", " "), "a stop has a reason: --why 'wrong segment'"),
]
FIXES: Refused = [
    (lambda g: g.closing.fixed("none", "a cable", "kim"), "there is no issue 'none': `listener issues` lists them"),
    (lambda g: g.closing.fixed("sync", " ", "kim"), "a fix names its root cause: --cause 'what went wrong'"),
]


def all_refused(ground: Ground, refusals: Refused) -> None:
    for refused, told in refusals:
        with pytest.raises(NotPossible) as caught:
            refused(ground)
        assert told in str(caught.value)


def test_a_wish_that_cannot_be_met_makes_no_draft(ground: Ground) -> None:
    all_refused(ground, WISHES)
    nowhere = replace(ground.outreach.words, room=replace(ground.outreach.words.room, channel=""))
    with pytest.raises(NotPossible, match="no letter can leave: name a channel of kind email or webhook"):
        replace(ground.outreach, words=nowhere).draft(Wish("sync"), "kim")
    assert ground.store.campaigns.page(["sync"]) == []


def test_a_draft_stays_a_draft_when_somebody_asks_for_what_it_is_not_ready_for(ground: Ground) -> None:
    ground.outreach.draft(Wish("sync"), "kim")
    all_refused(ground, DRAFTED)
    assert ground.outreach.get(1).status == "draft"


def test_a_campaign_that_ended_is_neither_held_nor_stopped_again(ground: Ground) -> None:
    ground.outreach.draft(Wish("sync"), "kim")
    ground.outreach.stop(1, "kim", "wrong segment")

    ended: Refused = [
        (lambda g: g.outreach.hold(1, "kim"), "campaign 1 has ended: stopped, wrong segment"),
        (lambda g: g.outreach.stop(1, "kim", "again"), "campaign 1 has ended: stopped, wrong segment"),
        (lambda g: g.outreach.approve(1, "kim"), "campaign 1 is stopped; a draft is approved"),
    ]
    all_refused(ground, ended)


def test_many_recipients_take_two_persons_who_may_approve(ground: Ground) -> None:
    registry(ground.store, 200)
    ground.outreach.draft(Wish("sync"), "kim")
    with pytest.raises(NotPossible, match="take two persons who may approve, and zoe is none of them"):
        ground.outreach.approve(1, "zoe")
    ground.outreach.approve(1, "kim")

    with pytest.raises(NotPossible, match=r"kim has approved campaign 1 already: .* recipients take another one"):
        ground.outreach.approve(1, "kim")
    assert ground.outreach.approve(1, "lee").status != "draft"


def test_a_campaign_for_nobody_is_not_approved(ground: Ground) -> None:
    customers(ground.store, {"id": "c0", "email": ""})
    issue = an_issue(ground.store, said(ground.store, ["c0"], tag="alone"), "alone")
    number = ground.outreach.draft(Wish(issue), "kim").id

    with pytest.raises(NotPossible, match=f"has no recipients: `listener campaign show {number}` says why"):
        ground.outreach.approve(number, "kim")


def test_a_fix_is_told_once_and_names_its_cause(ground: Ground) -> None:
    all_refused(ground, FIXES)
    ground.closing.fixed("sync", "a cable", "kim")

    with pytest.raises(NotPossible, match=r"issue sync is .* already: `listener issues report sync`"):
        ground.closing.fixed("sync", "a cable", "kim")


def test_who_is_kept_away_is_read_with_comments_and_in_any_case(tmp_path: Path) -> None:
    file = tmp_path / "suppressed.txt"
    file.write_text("\ufeffC-17  # a friend\n\n# all\nAnna@Customer.example\n", "utf-8")

    assert suppressed(file) == {"c-17", "anna@customer.example"}
    assert suppressed(tmp_path / "none.txt") == suppressed(None) == frozenset()
