"""Crowds that are none, clocks that are wrong, brands of which hardly anybody speaks: nothing pages falsely."""

from datetime import UTC, datetime, timedelta
from random import Random

from listener.pipeline.evidence_cards import EvidenceCards
from listener.pipeline.issue_check import IssueCheck
from listener.pipeline.joined import Reading
from listener.store.issues import IssueFilter
from tests.pipeline.road import NOW, a_road, an_item
from tests.pipeline.test_bursts_told import QUIET, WORDS, background, told, voices

MONTH_AGO = timedelta(days=30)


def widest(road):
    return max(road.store.issues.page(IssueFilter(limit=500)), key=lambda row: row.persons)


def test_a_brigade_of_strangers_does_not_page_and_the_card_says_what_it_does_not_know(tmp_path):
    road = a_road(tmp_path, QUIET)
    customer = dict.fromkeys(("name", "email", "segment", "plan", "region", "version", "timezone", "language"), "")
    customer |= {"owner": "", "owner_role": "", "products": [], "tags": [], "consents": [], "columns": {}}
    road.store.customers.replace([customer | {"id": "c-1", "renewal_at": "", "do_not_contact": False}], [])
    road.says(*background())
    road.says(*voices(40, minutes=0.3, start=timedelta(minutes=14)))

    assert [row for row in told(road) if row.text.startswith("Outbreak")] == []
    assert road.store.campaigns.page() == []
    with road.store.judging.look(NOW) as seen:
        card = EvidenceCards(IssueCheck(Reading)).card(seen, widest(road).id, NOW)
    assert card.evidence.rate.persons <= 6
    assert "whether any of these 52 persons is a customer: none is in the registry" in card.unknown
    assert "whether one person has several of these accounts" in card.unknown


def test_a_brand_with_three_mentions_a_week_pages_nobody(tmp_path):
    road = a_road(tmp_path, QUIET)
    chance = Random(3)
    hours = sorted(chance.uniform(0, 24 * 56) for _ in range(24))
    for n, hour in enumerate(hours):
        at = NOW - timedelta(days=56) + timedelta(hours=hour)
        road.clock.time = at + timedelta(minutes=1)
        road.says(an_item(f"w{n}", f"- Acme Flow sync error {chance.choice('abc')}", f"person{n}", posted_at=at))
        assert told(road) == []

    spreads = {row.spread for row in road.store.issues.page(IssueFilter(limit=500))}
    assert "outbreak" not in spreads


def test_a_month_that_is_imported_at_once_pages_nobody_and_is_the_usual_from_then_on(tmp_path):
    road = a_road(tmp_path, QUIET, patient=True)
    chance = Random(4)
    month = [
        an_item(
            f"m{n}", f"- sync error seventeen {' '.join(chance.sample(WORDS, 5))}: Acme Flow", f"old{n}", posted_at=at
        )
        for n, at in enumerate(NOW - MONTH_AGO * chance.uniform(0.02, 1) for _ in range(300))
    ]
    road.says(*month)
    assert told(road) == []

    # as many as on any other afternoon
    road.says(*voices(3, minutes=60))
    assert told(road) == []
    assert widest(road).usual_rate > 1


def test_clocks_that_are_wrong_make_no_history(tmp_path):
    road = a_road(tmp_path, QUIET)
    wrong = [datetime(1970, 1, 1, 0, n, tzinfo=UTC) for n in range(3)] + [NOW - timedelta(days=800)]
    road.says(*(an_item(f"x{n}", "- Acme Flow is slow", f"x{n}", posted_at=at) for n, at in enumerate(wrong)))
    late = [an_item(f"f{n}", "- Acme Flow", f"f{n}", posted_at=NOW + timedelta(days=9 * n)) for n in range(1, 4)]
    road.says(*late, *voices(12))

    assert told(road) == []
    assert all(row.last_seen <= NOW for row in road.store.issues.page(IssueFilter(limit=500)))
