"""Step 1: polls are planned in the store, failures back off, recover by themselves and are told."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.contract import Batch, Blind, GiveUp, TryLater
from listener.pipeline.rhythm import tell_silent_sources
from listener.store.delivery_lists import DeliveryFilter
from listener.store.mentions import MentionFilter
from tests.pipeline.road import NOW, SCRIPT, a_road, an_item


def source(road):
    return road.store.sources.get("forum")


def poll(road, step):
    SCRIPT.append(step)
    return road.collect.poll("forum")


def notices(road):
    return [row.message["title"] for row in road.store.deliveries.page(DeliveryFilter()) if row.action == "notice"]


def test_polls_keep_their_distance_by_a_clock_that_was_set_back(tmp_path):
    road = a_road(tmp_path)
    planned = road.store.sources.get("forum").next_at
    back = planned - timedelta(hours=1)

    road.store.house.set_back(3_600, back - timedelta(minutes=10))

    assert road.store.sources.get("forum").next_at == back
    road.store.house.set_back(3_600, back)
    assert [row.name for row in road.store.sources.due(back)] == ["forum"]


def test_the_next_poll_is_planned_in_the_store(tmp_path):
    road = a_road(tmp_path)
    poll(road, Batch(cursor="c2"))

    assert (source(road).cursor, source(road).next_at) == ("c2", NOW + timedelta(minutes=10))
    assert road.store.sources.due(NOW) == []


def test_a_first_interval_is_shorter_to_spread_the_phases(tmp_path):
    road = a_road(tmp_path)  # has polled once

    assert NOW + timedelta(minutes=5) <= source(road).next_at <= NOW + timedelta(minutes=10)


def test_a_first_interval_is_never_shorter_than_what_the_source_asks_for(tmp_path):
    road = a_road(tmp_path)
    names = [f"news{number}" for number in range(9)]
    scripted = road.collect._watched["forum"]
    road.collect._watched = {name: replace(scripted, name=name, every=None) for name in names}
    road.store.sources.enlist([(name, "feed", "{}") for name in names])
    SCRIPT.extend(Batch(every=timedelta(hours=2)) for _ in names)

    assert {road.collect.poll(name) for name in names} == {"ok"}
    waits = {road.store.sources.get(name).next_at - NOW for name in names}
    assert timedelta(hours=2) <= min(waits) < max(waits) <= timedelta(hours=2.5)


def test_failures_back_off_and_are_never_tried_before_retry_after(tmp_path):
    road = a_road(tmp_path)
    poll(road, TryLater("429", after=timedelta(hours=3)))

    assert (source(road).state, source(road).failures) == ("backing off", 1)
    assert source(road).next_at >= NOW + timedelta(hours=3)


@pytest.mark.parametrize(("minutes", "told"), [(59, 0), (60, 1)])
def test_a_failure_after_which_it_waits_for_an_hour_is_told_at_once(tmp_path, minutes, told):
    road = a_road(tmp_path)
    poll(road, TryLater("404", after=timedelta(minutes=minutes)))
    assert (len(notices(road)), source(road).state) == (told, "backing off")

    poll(road, TryLater("404", after=timedelta(minutes=minutes)))
    assert len(notices(road)) == told
    poll(road, Batch())
    assert len(notices(road)) == 2 * told  # and of its return


def test_the_third_failure_in_a_row_is_told_once(tmp_path):
    road = a_road(tmp_path)
    for _ in range(5):
        poll(road, TryLater("no route"))

    assert source(road).state == "blind"
    assert len([title for title in notices(road) if "cannot be read" in title]) == 1


def test_a_blind_source_recovers_by_itself_and_that_is_told(tmp_path):
    road = a_road(tmp_path)
    for _ in range(3):
        poll(road, TryLater("no route"))
    road.clock.pass_by(hours=2)
    poll(road, Batch())

    assert (source(road).state, source(road).blind_since) == ("ok", None)
    assert any("read again" in title for title in notices(road))
    (spot,) = road.store.sources.blind_spots()
    assert (spot.since, spot.until) == (NOW, NOW + timedelta(hours=2))


def test_a_source_that_is_gone_is_not_polled_again_and_told(tmp_path):
    road = a_road(tmp_path)
    poll(road, GiveUp("410: the feed is gone; remove it or correct its address"))

    assert (source(road).state, source(road).next_at) == ("gone", None)
    assert road.store.sources.due(NOW + timedelta(days=9)) == []
    assert len(notices(road)) == 1


def test_a_restart_gives_a_gone_source_one_more_chance(tmp_path):
    road = a_road(tmp_path)
    poll(road, GiveUp("410"))
    road.store.sources.enlist([("forum", "feed", "{}")])

    assert [row.name for row in road.store.sources.due(NOW)] == ["forum"]


def test_a_bug_in_a_connector_is_a_failure_like_others(tmp_path):
    road = a_road(tmp_path)

    assert poll(road, ZeroDivisionError("bug")) == "failed"
    assert source(road).state == "backing off"


def test_a_stretch_that_went_by_unread_is_told(tmp_path):
    road = a_road(tmp_path)
    poll(road, Batch(blind=[Blind(NOW - timedelta(hours=2), NOW, "more than 1,000 posts between two polls")]))

    assert any("was not read" in title for title in notices(road))


def test_another_identity_is_another_first_poll(tmp_path):
    road = a_road(tmp_path)
    road.store.sources.enlist([("forum", "feed", '{"url": "https://elsewhere.example"}')])

    assert (source(road).cursor, source(road).first_ok_at) == ("", None)


def test_a_source_taken_out_of_the_configuration_is_off(tmp_path):
    road = a_road(tmp_path)
    road.store.sources.enlist([])

    assert source(road).state == "off"
    assert road.store.sources.due(NOW + timedelta(days=9)) == []


def test_day_one_is_quiet_but_for_fresh_posts(tmp_path):
    road = a_road(tmp_path)
    road.store.sources.enlist([("forum", "feed", "anew")])
    road.says(an_item("old", posted_at=NOW - timedelta(days=3)), an_item("undated", posted_at=None), an_item("new"))

    acted = {row.mention for row in road.store.deliveries.page(DeliveryFilter()) if row.action == "alert"}
    assert len(acted) == 1


def test_a_clock_in_the_future_says_nothing_of_age_on_day_one_and_counts_as_now_later(tmp_path):
    road = a_road(tmp_path)
    road.store.sources.enlist([("forum", "feed", "anew")])
    road.says(an_item("ahead", posted_at=NOW + timedelta(days=3)))
    assert [row.history for row in road.store.mentions.page(MentionFilter())] == [True]

    road.says(an_item("later", posted_at=NOW + timedelta(days=3)))
    assert [(row.history, row.posted_at) for row in road.store.mentions.page(MentionFilter(limit=1))] == [(False, NOW)]


def test_a_post_of_this_very_moment_or_of_a_clock_a_little_ahead_is_no_history(tmp_path):
    road = a_road(tmp_path)
    road.store.sources.enlist([("forum", "feed", "anew")])
    road.says(an_item("now", posted_at=NOW), an_item("ahead", posted_at=NOW + timedelta(minutes=4)))
    assert [row.history for row in road.store.mentions.page(MentionFilter())] == [False, False]


def test_blindness_is_told_with_its_last_good_poll_and_an_estimate(tmp_path):
    road = a_road(tmp_path)
    for number in range(14):
        road.says(an_item(f"p{number}", text=f"Acme Flow {number}", posted_at=NOW - timedelta(days=number, minutes=1)))
    road.clock.pass_by(days=3)
    for _ in range(3):
        poll(road, TryLater("no route"))

    (text,) = [row.text for row in road.store.deliveries.page(DeliveryFilter()) if "cannot be read" in row.text]
    assert "last read at 2026-11-23 12:00" in text
    assert "about 3 mentions missed" in text


def test_a_source_that_is_silent_far_longer_than_usual_is_told_once(tmp_path):
    road = a_road(tmp_path)
    for number in range(30):
        road.says(an_item(f"p{number}", text="nothing about us"))
        road.clock.pass_by(hours=1)
    tell_silent_sources(road.store, road.notices, road.clock())
    assert not any("is silent" in title for title in notices(road))

    road.clock.pass_by(days=12)
    tell_silent_sources(road.store, road.notices, road.clock())
    tell_silent_sources(road.store, road.notices, road.clock())
    assert len([title for title in notices(road) if "is silent" in title]) == 1
