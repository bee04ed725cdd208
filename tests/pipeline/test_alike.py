"""Complaints that went into other issues count where they are similar; what ops or the erased took back does not."""

from contextlib import closing
from datetime import timedelta
from random import Random

import pytest

from listener.issues.replay import Replay
from listener.issues.stream import Post
from listener.model.plan import Judgement
from listener.model.verdict import Verdict
from listener.pipeline.evidence_cards import EvidenceCards
from listener.pipeline.issue_check import IssueCheck
from listener.pipeline.issue_desk import IssueDesk
from listener.pipeline.joined import Reading
from listener.store.issues import IssueFilter
from listener.store.mentions import MentionFilter
from tests.customers.test_unlearning import READING, erase
from tests.fresh import a_store
from tests.makers import an_arrival
from tests.pipeline.road import NOW, a_road
from tests.pipeline.test_any_order import a_world
from tests.pipeline.test_issue_check import ALIKE, saying

PERSONS = ("ben", "cem", "dan")
THINGS = [
    "invoice",
    "garden",
    "kitchen",
    "train",
    "museum",
    "pepper",
    "winter",
    "doctor",
    "guitar",
    "carpet",
    "holiday",
    "soldier",
]


def a_full_issue(folder):
    """Three have a trouble; then ops lock their issue, and a fourth opens another with the same words."""
    road = a_road(folder, reading=lambda: READING)
    for n, thing in enumerate(THINGS):
        road.says(saying(20 + n, f"- Acme Flow {thing} {thing}s", f"p{n}", posted_at=NOW - timedelta(days=2)))
    for number, person in enumerate(PERSONS):
        road.says(saying(number, ALIKE[number], person, posted_at=NOW - timedelta(hours=3 - number)))
    row = road.store.issues.page(IssueFilter())[0]
    desk = IssueDesk(road.store, road.watch, road.clock, "kim")
    desk.lock(row.id)
    road.clock.pass_by(hours=1)
    road.says(saying(8, "- On my phone error 17 ends every Acme Flow sync", "anna", posted_at=NOW + timedelta(hours=1)))
    return road, desk, row.id


def of(road, handle):
    return next(row for row in road.store.mentions.page(MentionFilter()) if row.author_handle == handle)


def card(road, check=None):
    with road.store.judging.look(road.clock()) as seen:
        return EvidenceCards(check or IssueCheck(lambda: READING)).card(seen, of(road, "anna").issue, road.clock())


def test_who_complains_alike_in_another_issue_makes_it_shared_and_the_card_says_so(tmp_path):
    road, _, locked = a_full_issue(tmp_path)
    mine = road.store.issues.get(of(road, "anna").issue)

    assert (mine.id != locked, mine.persons, mine.spread) == (True, 1, "shared")
    shared = "shared: 3 other persons with a similar complaint within 24 h, in other issues"
    assert card(road).lines()[0].startswith(shared)


def test_who_speaks_in_both_issues_is_one_person(tmp_path):
    road, _, _ = a_full_issue(tmp_path)
    road.clock.pass_by(hours=1)
    later = NOW + timedelta(hours=1, minutes=30)
    road.says(saying(9, "- Since Monday Acme Flow sync ends with error 17 on my old phone", "ben", posted_at=later))
    again = later + timedelta(minutes=9)
    road.says(saying(10, "- Again error 17: my phone, Acme Flow sync ends", "anna", posted_at=again))

    assert of(road, "anna").issue == of(road, "ben").issue
    assert "3 other persons with a similar complaint within 24 h, 2 of them in other issues" in card(road).lines()[0]


def test_what_is_pinned_is_like_nothing_elsewhere(tmp_path):
    road, desk, locked = a_full_issue(tmp_path)
    for person in PERSONS:
        desk.pin(of(road, person).id, locked)

    assert card(road).evidence.verdict.spread == "isolated"


def test_issues_that_ops_split_are_not_similar(tmp_path):
    road, desk, locked = a_full_issue(tmp_path)
    desk.merge(locked, of(road, "anna").issue)
    assert card(road).evidence.verdict.reasons[0] == "3 other persons with a similar complaint within 24 h"

    desk.split(locked, [of(road, "anna").id])
    assert card(road).evidence.verdict.spread == "isolated"


def test_whoever_is_erased_is_similar_to_nobody_any_more(tmp_path):
    road, _, _ = a_full_issue(tmp_path)
    check = IssueCheck(lambda: READING)
    assert card(road, check).evidence.verdict.reasons[0].startswith("3 other persons")

    erase(road, tmp_path, "ben")
    assert card(road, check).evidence.verdict.reasons[0].startswith("2 other persons")

    erase(road, tmp_path, "cem")
    assert card(road, check).evidence.verdict.spread == "isolated"


def heard(store, check, number, text, who, at):
    """The spread that the daemon finds for a post as it comes."""
    store.arrivals.take("forum", [an_arrival(f"p{number}", text, author_handle=who, posted_at=at, seen_at=at)], at)
    (row,) = store.judging.waiting(10)
    judgement = Judgement(row.id, Verdict("negative", -0.5, 0.9, "v", language="en"), f"forum:{who}", None)
    with store.judging.turn(at) as turn:
        turn.claim([row.id], at)
        turn.keep_judgements([judgement])
        return check.check(turn, [row], {row.id: judgement}, at)[row.id].spread


@pytest.mark.parametrize("seed", range(3))
def test_a_replay_finds_the_spread_that_the_daemon_finds_also_when_it_starts_anew(tmp_path, seed):
    chance, replay, found = Random(seed), Replay(lambda post: "other"), []
    with closing(a_store(tmp_path)) as store:
        check = IssueCheck(Reading)
        said = sorted(a_world(chance, days=8, each_day=8), key=lambda one: one[2])
        for number, (text, who, at) in enumerate(said):
            check = IssueCheck(Reading) if chance.random() < 0.2 else check
            placed, _ = replay.take(Post(number, at.timestamp(), "Acme Flow", f"forum:{who}", text))
            found.append((heard(store, check, number, text, who, at), placed.spread))

    assert [one for one, _ in found] == [other for _, other in found]
    assert {"possibly_shared", "shared", "outbreak"} <= {one for one, _ in found}
