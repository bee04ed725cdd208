"""Alerts that people can live with: told together, again only when they changed, never lost and never doubled."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from listener.pipeline.alerting import tell_groups, tell_silences
from listener.pipeline.cards import Cards
from listener.pipeline.grouping import Grouping, group_of
from listener.pipeline.people import NotPossible, People, Person
from listener.store.delivery_lists import DeliveryFilter
from rules.terms import Facts, Mute, Settled
from tests.pipeline.road import NOW, a_road, an_item

GROUPED = """\
version: 1
rules:
  - id: recover
    mode: live
    when: {sentiment: negative}
    then: [{alert: {channel: care, collect: 5m, by: [brand, source]}}]
    tests: [{given: {sentiment: negative}, expect: [alert]}, {given: {sentiment: neutral}, expect: nothing}]
"""


@pytest.fixture
def road(tmp_path):
    return a_road(tmp_path, GROUPED)


def complain(road, *numbers):
    road.says(*(an_item(f"p{n}", f"Acme Flow - {n}", f"person{n}") for n in numbers))


def tell(road, **patience):
    tell_groups(road.store, Cards(road.store, road.clock), road.clock(), **patience)
    road.perform_all()


def titles(road):
    return [message.title for message in road.sent]


def test_what_comes_within_the_collect_time_is_one_message(road):
    complain(road, 1, 2, 3)
    tell(road)
    assert titles(road) == []

    road.clock.pass_by(minutes=5)
    tell(road)
    tell(road)
    assert titles(road) == ["3 mentions: brand Acme Flow, source forum"]
    assert "Acme Flow - 2" in road.sent[0].quote


def test_what_waits_for_its_group_says_which_and_its_ticket_is_named(tmp_path):
    ticket = "then: [{open_ticket: {queue: care}}, "
    road = a_road(tmp_path, GROUPED.replace("then: [", ticket).replace("expect: [", "expect: [open_ticket, "))
    complain(road, 1)
    (held,) = road.store.deliveries.page(DeliveryFilter(status=("held",)))
    assert held.last_error == "told with others as alert 1: `listener alerts --id 1` says when"

    tell(road, patient=False)

    (done,) = road.store.deliveries.page(DeliveryFilter(id=held.id))
    assert (done.status, done.last_error) == ("done", None)
    assert road.sent[0].quote.startswith("• negative on forum, ticket 1: ")


def test_one_round_has_no_collect_time(road):
    complain(road, 1)
    tell(road, patient=False)

    assert titles(road) == ["1 mention: brand Acme Flow, source forum"]


def test_a_group_is_told_again_only_when_it_has_doubled(road):
    complain(road, 1, 2)
    tell(road, patient=False)
    complain(road, 3)
    road.clock.pass_by(minutes=6)
    tell(road)
    assert len(road.sent) == 1

    complain(road, 4)
    road.clock.pass_by(minutes=6)
    tell(road)
    assert titles(road)[1:] == ["4 mentions, 2 of them told before: brand Acme Flow, source forum"]


def test_growth_needs_a_new_acknowledgement(road):
    complain(road, 1)
    tell(road, patient=False)
    desk = People(road.store, lambda source: False, road.clock, Person("kim"))
    assert desk.acknowledge(1).acked_by == "kim"
    with pytest.raises(NotPossible, match="acknowledged by kim at 2026-11-23 12:00"):
        desk.acknowledge(1)

    complain(road, 2)
    tell(road, patient=False)
    assert road.store.alerts.get(1).acked_by is None


def test_after_a_quiet_day_the_next_one_begins_another(road):
    complain(road, 1, 2)
    tell(road, patient=False)
    complain(road, 3)
    road.clock.pass_by(hours=25)
    tell(road)
    road.says(an_item("p4", "Acme Flow - 4", "d", posted_at=road.clock()))
    tell(road, patient=False)

    assert titles(road) == [f"{count}: brand Acme Flow, source forum" for count in ("2 mentions", "1 mention")]
    assert {row.status for row in road.store.deliveries.page(DeliveryFilter())} == {"done"}


def test_a_crash_between_the_steps_neither_loses_nor_doubles(road):
    complain(road, 1, 2)
    road.clock.pass_by(minutes=5)
    alert = road.store.alerts.to_tell(road.clock())[0]
    tell_groups(road.store, Cards(road.store, road.clock), road.clock())
    # another daemon that read the same state before the crash
    assert not road.store.alerts.tell(alert, road.clock(), {"key": "alert:1:1"})
    tell(road)

    assert len(road.sent) == 1


def test_members_of_a_group_use_up_no_share_of_the_channel(road):
    complain(road, *range(1, 30))
    tell(road, patient=False)

    assert road.store.deliveries.sent_since("care", road.clock() - timedelta(hours=1)) == 1


def test_two_rules_that_alert_of_one_mention_count_it_once(tmp_path):
    other = GROUPED.split("rules:\n")[1].replace("recover", "again")
    road = a_road(tmp_path, GROUPED + other)
    complain(road, 1)
    tell(road, patient=False)

    assert titles(road) == ["1 mention: brand Acme Flow, source forum"]


def test_a_group_works_on_both_stores(store, tmp_path):
    road = a_road(tmp_path, GROUPED, store=store)
    complain(road, 1)
    complain(road, 2)
    tell(road, patient=False)

    assert titles(road) == ["2 mentions: brand Acme Flow, source forum"]


def settled(**options):
    return Settled("r", "alert", options, "care", "internal", False, "live", 0, 1, "due")


BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = datetime(2026, 11, 23, 3, 30, tzinfo=BERLIN)  # a Monday
TWICE = datetime(2026, 10, 25, 0, 50, tzinfo=UTC)  # 2:50 for the first of two times


@pytest.mark.parametrize(
    ("digest", "at", "tells"),
    [
        ("hour", NIGHT, "2026-11-23T04:00:00+01:00"),
        ("hour", TWICE, "2026-10-25T02:00:00+01:00"),
        ("hour", TWICE + timedelta(minutes=20), "2026-10-25T03:00:00+01:00"),
        ("day", NIGHT, "2026-11-23T08:00:00+01:00"),
        ("day", NIGHT + timedelta(hours=6), "2026-11-24T08:00:00+01:00"),
        ("week", NIGHT, "2026-11-23T08:00:00+01:00"),
        ("week", NIGHT + timedelta(hours=6), "2026-11-30T08:00:00+01:00"),
    ],
)
def test_a_digest_comes_at_the_end_of_its_period(digest, at, tells):
    assert group_of(settled(digest=digest), Grouping(), Facts({}), at, BERLIN)["tell_at"] == tells


def test_the_rules_options_win_over_the_channels():
    usual = Grouping(timedelta(minutes=5), ("brand",))
    assert group_of(settled(), usual, Facts({"brand": "A"}), NOW, BERLIN)["about"] == {"brand": "A"}
    assert group_of(settled(by=("topic",)), usual, Facts({"topics": ("outage",)}), NOW, BERLIN)["about"] == {
        "topic": "outage"
    }
    assert group_of(settled(), Grouping(), Facts({}), NOW, BERLIN) is None


def test_a_mention_without_an_issue_is_put_with_no_others():
    assert group_of(settled(by=("issue",)), Grouping(), Facts({}), NOW, BERLIN) is None


def test_the_end_of_a_silence_is_told_with_what_it_suppressed(road):
    road.store.silences.begin(Mute("source", "forum", NOW + timedelta(hours=1), "a known outage", "kim"), NOW)
    complain(road, 1, 2)
    tell_silences(road.store, road.notices, road.clock())
    road.clock.pass_by(hours=2)
    for _ in range(2):
        tell_silences(road.store, road.notices, road.clock())
    road.perform_all()

    (said,) = road.sent
    assert said.title == "The silence on source forum has ended"
    assert "2 actions were not ordered" in said.text


def test_a_digest_of_alerts_that_share_nothing_has_a_plain_title(tmp_path):
    road = a_road(tmp_path, GROUPED.replace("collect: 5m, by: [brand, source]", "collect: 5m"))
    complain(road, 1, 2)
    tell(road, patient=False)

    assert titles(road) == ["2 mentions in one message"]


def test_a_digest_of_one_alert_has_a_title_that_fits(tmp_path):
    road = a_road(tmp_path, GROUPED.replace("collect: 5m, by: [brand, source]", "collect: 5m"))
    complain(road, 1)
    tell(road, patient=False)

    assert titles(road) == ["1 mention that needs you"]
