"""The daemon learns from what ops do to issues, uses it where it wins, and forgets it when told to."""

from datetime import timedelta
from random import Random

import pytest

from connectors.contract import TryLater
from listener.issues.grouping import Thresholds
from listener.model.verdict import Verdict
from listener.pipeline.issue_desk import IssueDesk
from listener.pipeline.issue_lessons import IssueLessons
from listener.store.issues import IssueFilter
from tests.pipeline.road import LOG, NOW, a_road, an_item

# each trouble in words of its own
TROUBLES = ("sync phone seventeen", "login mail locked", "invoice card twice", "refund bank days", "tablet notes gone")
TROUBLES += ("printer jam paper", "courier parcel lost")
OTHERS = ("today", "again", "really", "monday", "office", "always", "never", "help", "please", "nothing", "quite")


def complaints(count=112, own=0):
    """Each with so many words that nobody else says."""
    return [
        an_item(
            f"p{n}",
            " ".join(
                ["- Acme Flow", TROUBLES[n % 7], *Random(n).sample(OTHERS, 4), *(f"w{n}x{k}" for k in range(own))]
            ),
            f"u{n}",
            posted_at=NOW - timedelta(minutes=count - n),
        )
        for n in range(count)
    ]


def lessons(road, aside=lambda fit, data: fit(data)):
    return IssueLessons(road.store, aside, lambda row: (), road.clock, LOG)


def a_desk(road):
    return IssueDesk(road.store, road.watch, road.clock, "kim")


def test_topics_that_people_name_are_learned_used_and_taken_back(tmp_path):
    pytest.importorskip("sklearn")
    road = a_road(tmp_path)
    road.says(*complaints())
    for row in road.store.issues.page(IssueFilter(limit=100)):
        a_desk(road).name_topic(row.id, "money" if {"card", "bank"} & set(row.keywords) else "things")
    taught = lessons(road)
    taught.learn()

    kept = road.store.learned.newest("topics")
    assert (kept.labels >= 100, kept.before) == (True, 0.0)  # some say the same and count once
    assert kept.adopted
    assert kept.after > kept.before
    verdict = Verdict("negative", -0.5, 0.9, "v")
    found = taught.named(verdict, "my card was charged, invoice twice")
    assert (found.topics, found.topic_by, found.fence) == (("money",), "learned", None)
    road.store.learned.roll_back(NOW, "kim", "topics")
    taught.learn()
    assert taught.named(verdict, "my card was charged, invoice twice") == verdict


def test_a_fit_that_fails_is_kept_as_tried_and_not_repeated(tmp_path):
    calls = []

    def broken(fit, data):
        calls.append(1)
        raise TryLater("the parser is gone")

    road = a_road(tmp_path)
    road.says(*complaints())
    for row in road.store.issues.page(IssueFilter(limit=100)):
        a_desk(road).name_topic(row.id, "things")
    for _ in range(2):
        lessons(road, broken).learn()

    assert len(calls) == 1
    assert not road.store.learned.newest("topics").adopted


def test_a_named_topic_stays_and_can_be_undone(tmp_path):
    road = a_road(tmp_path)
    road.says(*complaints(3))
    (one, *_) = road.store.issues.page(IssueFilter())
    a_desk(road).name_topic(one.id, "money")
    road.says(*(an_item(f"q{n}", item.text + " friend", f"w{n}") for n, item in enumerate(complaints(3))))
    assert road.store.issues.get(one.id).topic == "money"
    a_desk(road).undo()
    assert road.store.issues.get(one.id).topic == one.topic


def test_splits_raise_the_mark_of_likeness_and_it_holds_at_once(tmp_path):
    road = a_road(tmp_path)
    road.says(*complaints(60, own=4))
    for row in road.store.issues.page(IssueFilter(limit=100)):
        mine = road.store.issues.mentions(row.id)
        if len(mine) > 3:
            a_desk(road).split(row.id, [one.id for one in mine[2:]])
    taught = lessons(road)
    taught.learn()

    rulings = road.store.suggestions.rulings()
    assert len(rulings) > 20
    assert not any(together for _, together in rulings)
    assert taught.taught.thresholds.attach > Thresholds().attach
    assert road.store.learned.at_work("likeness").after > road.store.learned.at_work("likeness").before
    road.store.learned.roll_back(NOW, "kim", "likeness")
    assert taught.refresh().thresholds == Thresholds()
    taught.learn()
    assert taught.taught.thresholds == Thresholds()
