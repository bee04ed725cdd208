"""What is pushed takes the same road as what is polled; and what a source did not tell is told as that."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connectors.contract import Batch, Blind, TryLater
from connectors.feed import Feed
from connectors.reviews_page import ReviewsPage
from listener.pipeline.collect import Watched
from listener.store.delivery_lists import DeliveryFilter
from listener.store.mentions import MentionFilter
from tests.connectors.loopback import Answer, a_site
from tests.connectors.review_pages import a_page, a_product, a_review
from tests.doors import a_door
from tests.pipeline.road import NOW, SCRIPT, a_road, an_item


def told(road):
    return [row.message for row in road.store.deliveries.page(DeliveryFilter()) if row.action == "notice"]


def source(road):
    return road.store.sources.get("forum")


def test_what_is_pushed_is_judged_and_acted_on_like_what_is_polled(tmp_path):
    road = a_road(tmp_path)
    taken = road.collect.push("forum", [an_item("p1", posted_at=None)])
    road.judge.batch()

    assert (taken.items, taken.mentions) == (1, 1)
    assert [row.action for row in road.store.deliveries.page(DeliveryFilter())] == ["alert"]
    assert (source(road).items, source(road).mentions) == (1, 1)


def test_a_push_leaves_the_plan_and_the_cursor_of_the_next_poll_alone(tmp_path):
    road = a_road(tmp_path)
    SCRIPT.append(Batch(cursor="c7"))
    road.collect.poll("forum")
    planned = source(road).next_at
    road.clock.pass_by(minutes=5)
    road.collect.push("forum", [an_item()])

    assert (source(road).cursor, source(road).next_at) == ("c7", planned)
    assert source(road).last_ok_at == NOW + timedelta(minutes=5)


def test_an_own_reply_that_is_pushed_settles_what_was_to_be_done_by_hand(tmp_path):
    road = a_road(tmp_path)
    road.says(an_item("p1", "Acme Flow +"))
    (draft,) = road.store.deliveries.page(DeliveryFilter())
    road.store.deliveries.move(draft.id, ("waiting",), NOW, status="by_hand")
    road.collect.push("forum", [an_item("p2", "Acme Flow: thank you!", handle="acme_care", parent="p1")])

    assert road.store.deliveries.page(DeliveryFilter(id=draft.id))[0].status == "done"


def test_lines_that_could_not_be_used_are_told_as_that_and_not_as_a_stretch_of_time(tmp_path):
    road = a_road(tmp_path)
    for why in ("orders.csv:7: no text", "orders.csv:9: rating 'x' is no number"):
        road.says(blind=[Blind(NOW, NOW, why)])

    assert [message["title"] for message in told(road)] == ["Source forum: something there could not be used"] * 2
    assert {message["text"].splitlines()[0] for message in told(road)} == {
        "orders.csv:7: no text",
        "orders.csv:9: rating 'x' is no number",
    }


def test_blindness_begins_with_the_first_failure_and_is_counted_from_the_last_good_poll(tmp_path):
    road = a_road(tmp_path)
    for number in range(14):
        road.says(an_item(f"p{number}", text=f"Acme Flow {number}", posted_at=NOW - timedelta(days=number, minutes=1)))
    for _ in range(3):
        road.clock.pass_by(days=1)
        SCRIPT.append(TryLater("no route"))
        road.collect.poll("forum")

    (message,) = [message for message in told(road) if "cannot be read" in message["title"]]
    assert "since 2026-11-24 12:00" in message["title"]
    assert "last read at 2026-11-23 12:00 UTC; about 3 mentions missed so far" in message["text"]


@pytest.mark.parametrize("page", [a_page(), "<html><body>We moved</body></html>", a_page(a_product())])
def test_a_page_that_gives_no_reviews_any_more_is_blind_and_not_silent(tmp_path, page):
    road = a_road(tmp_path)
    with a_site() as site, a_door() as door:
        reviews = ReviewsPage(url=f"{site.url}/page")
        watched = Watched("forum", "reviews_page", reviews, ("Acme Flow",), True, "shop", "review")
        road.collect._watched, road.collect._door = {"forum": watched}, lambda _: door
        site.pages["*"] = Answer(a_page(a_product(a_review(reviewBody="Good"))), headers={"content-type": "text/html"})
        assert road.collect.poll("forum") == "ok"
        site.pages["*"] = Answer(page, headers={"content-type": "text/html"})
        assert [road.collect.poll("forum") for _ in range(3)] == ["failed"] * 3

    assert len(road.store.mentions.page(MentionFilter())) == 1
    assert source(road).state == "blind"
    assert any("no reviews any more" in message["text"] for message in told(road))


@pytest.mark.parametrize(
    ("status", "state"),
    [(401, "backing off"), (403, "backing off"), (404, "backing off"), (503, "backing off"), (410, "gone")],
)
def test_a_refusal_is_a_clear_state_with_its_reason(tmp_path, status, state):
    road = a_road(tmp_path)
    with a_site() as site, a_door() as door:
        site.pages["*"] = Answer("no", status)
        feed = Watched("forum", "feed", Feed(url=f"{site.url}/feed"), ("Acme Flow",), False, "forum", "discussion")
        road.collect._watched, road.collect._door = {"forum": feed}, lambda _: door
        road.collect.poll("forum")

    assert (source(road).state, str(status) in source(road).last_error) == (state, True)
