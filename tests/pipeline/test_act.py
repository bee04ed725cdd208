"""Step 3: each delivery is performed once, tried again when that helps, never silently repeated."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from connectors.contract import Failed
from listener.actions.contract import InDoubt
from listener.actions.notices import trial
from listener.pipeline.notices import as_delivery
from listener.pipeline.recheck import Against
from listener.store.delivery_lists import DeliveryFilter
from tests.pipeline.road import TROUBLE, a_road, an_item


def statuses(road, action="alert"):
    return [row.status for row in road.store.deliveries.page(DeliveryFilter()) if row.action == action]


def the_alert(road):
    return next(row for row in road.store.deliveries.page(DeliveryFilter()) if row.action == "alert")


def a_road_with_an_alert(tmp_path, **channel):
    road = a_road(tmp_path, **channel)
    road.says(an_item())
    return road


def test_an_alert_goes_out_once(tmp_path):
    road = a_road_with_an_alert(tmp_path)

    assert road.perform_all() == ["done"]
    assert road.perform_all() == []
    assert len(road.sent) == 1


def test_trouble_that_may_pass_is_tried_again_later(tmp_path):
    road = a_road_with_an_alert(tmp_path)
    TROUBLE["next"] = Failed("busy")

    assert road.perform_all() == ["due"]
    assert road.perform_all() == []
    TROUBLE.clear()
    road.clock.pass_by(hours=1)
    assert road.perform_all() == ["done"]


def test_what_was_ordered_by_a_clock_that_was_set_back_since_goes_out_at_once(tmp_path):
    road = a_road_with_an_alert(tmp_path)
    road.clock.pass_by(hours=-1)
    assert road.perform_all() == []

    road.store.house.set_back(3_600, road.clock())
    assert road.perform_all() == ["done"]


def test_retry_after_is_honoured(tmp_path):
    road = a_road_with_an_alert(tmp_path)
    TROUBLE["next"] = Failed("slow down", after=timedelta(hours=2))
    road.perform_all()

    road.clock.pass_by(hours=1, minutes=59)
    assert road.store.deliveries.due(road.clock()) == []
    road.clock.pass_by(minutes=2)
    assert len(road.store.deliveries.due(road.clock())) == 1


def test_what_fails_for_good_is_told_and_waits_for_retry(tmp_path):
    road = a_road_with_an_alert(tmp_path)
    TROUBLE["next"] = Failed("no such channel", permanent=True)
    road.perform_all()

    assert statuses(road) == ["failed"]
    (notice,) = [row for row in road.store.deliveries.page(DeliveryFilter()) if row.action == "notice"]
    assert "listener retry" in notice.text


def test_a_channel_that_carries_nothing_is_told_once_a_day_with_how_many_failed(tmp_path):
    road, numbers = two_alerts(tmp_path)
    TROUBLE["next"] = Failed("no such channel", permanent=True)
    road.act.perform_all(numbers, lambda status: None)
    road.clock.pass_by(days=1)
    road.store.deliveries.add(as_delivery(trial("care", "k3"), "care", road.clock(), "alert"))
    third = [number for number, channel in road.store.deliveries.due(road.clock()) if channel == "care"]
    road.act.perform_all(third, lambda status: None)

    rows = road.store.deliveries.page(DeliveryFilter())
    first, second = [row.message["text"] for row in reversed(rows) if row.action == "notice"]
    assert "care are told once a day: `listener deliveries --status failed`" in first
    assert ("in a row" in first, "one of 3 in a row" in second) == (False, True)


def test_what_fails_for_good_goes_through_the_fallback(tmp_path):
    road = a_road_with_an_alert(tmp_path, fallback="mail")
    TROUBLE["next"] = Failed("no such channel", permanent=True)
    road.perform_all()
    TROUBLE.clear()

    assert road.perform_all() == ["done"]
    assert [row.channel for row in road.store.deliveries.page(DeliveryFilter()) if row.status == "done"] == ["mail"]


def test_transient_trouble_ends_after_a_day(tmp_path):
    road = a_road_with_an_alert(tmp_path)
    TROUBLE["next"] = Failed("busy")
    for _ in range(60):
        road.perform_all()
        road.clock.pass_by(hours=1)

    assert statuses(road) == ["failed"]


def test_nobody_knows_whether_it_arrived(tmp_path):
    road = a_road_with_an_alert(tmp_path)
    TROUBLE["next"] = InDoubt("no answer came")

    assert road.perform_all() == ["in_doubt"]
    TROUBLE.clear()
    road.clock.pass_by(hours=1)
    assert statuses(road) == ["in_doubt"]


@pytest.mark.parametrize(("action", "told"), [("alert", 1), ("notice", 0)])
def test_a_doubt_on_the_ops_channel_is_told_there_but_not_that_of_a_notice(tmp_path, action, told):
    road = a_road(tmp_path)
    trouble = as_delivery(trial("ops", "k1"), "ops", road.clock(), action)
    road.store.deliveries.add(trouble)
    TROUBLE["next"] = InDoubt("no answer came")
    road.perform_all()
    TROUBLE.clear()

    footers = [row.message["footer"] for row in road.store.deliveries.page(DeliveryFilter())]
    assert sum("listener settle 1 --sent" in footer for footer in footers) == told


def test_a_bug_in_a_channel_is_shown_and_stops_nobody(tmp_path):
    road = a_road_with_an_alert(tmp_path)
    TROUBLE["next"] = ZeroDivisionError("bug")

    assert road.perform_all() == ["in_doubt"]


def test_a_delivery_that_was_being_sent_at_the_crash_is_not_repeated(tmp_path):
    road = a_road_with_an_alert(tmp_path)
    road.store.deliveries.claim(the_alert(road).id, road.clock())
    road.clock.pass_by(seconds=1)
    road.act.settle_orphans(at_start=True)

    assert statuses(road) == ["in_doubt"]
    assert road.perform_all() == ["done"]  # the notice that tells people
    assert "listener settle" in road.sent[0].footer


def two_alerts(tmp_path):
    road = a_road(tmp_path)
    road.says(an_item("p1", text="Acme Flow 1 -", handle="anna"), an_item("p2", text="Acme Flow 2 -", handle="ben"))
    return road, [number for number, _ in road.store.deliveries.due(road.clock())]


def test_who_stops_between_two_has_kept_how_the_first_ended(tmp_path):
    road, numbers = two_alerts(tmp_path)
    ended = []
    road.act.perform_all(numbers, ended.append, lambda: bool(ended))

    assert ended == ["done"]
    assert sorted(statuses(road)) == ["done", "due"]


def test_the_second_is_begun_only_when_the_end_of_the_first_is_kept(tmp_path):
    road, numbers = two_alerts(tmp_path)
    seen = []
    road.act.perform_all(numbers, lambda status: seen.append(sorted(statuses(road))))

    assert seen == [["due", "sending"], ["done", "sending"]]
    assert statuses(road) == ["done", "done"]


def test_a_claim_that_fails_takes_nothing_from_what_went_out_before(tmp_path):
    road, numbers = two_alerts(tmp_path)
    broken = f"UPDATE ON delivery WHEN NEW.id = {numbers[1]} AND NEW.status = 'sending'"
    with road.store.database.write() as connection:
        connection.execute(text(f"CREATE TRIGGER broken BEFORE {broken} BEGIN SELECT RAISE(ABORT, 'broken'); END"))
    with pytest.raises(DBAPIError, match="broken"):
        road.act.perform_all(numbers, lambda status: None)

    assert sorted(statuses(road)) == ["done", "due"]


def test_beyond_its_share_a_channel_holds_alerts_back(tmp_path):
    road = a_road(tmp_path, max_per_hour=2)
    for number in range(5):
        road.says(an_item(f"p{number}", text=f"Acme Flow {number} -", handle=f"person{number}"))
    road.perform_all()

    assert sorted(statuses(road)) == ["done", "done", "held", "held", "held"]


def test_a_channel_that_is_gone_from_the_configuration_is_named(tmp_path):
    road = a_road(tmp_path)
    road.says(an_item())
    road.act._ways.channels.pop("care")
    road.perform_all()

    assert "'care'" in the_alert(road).last_error


@pytest.mark.parametrize("scope", ["all", "rule:recover", "channel:care"])
def test_a_stop_switch_holds_what_is_due(tmp_path, scope):
    road = a_road_with_an_alert(tmp_path)
    road.store.house.pause(scope, road.clock(), "anna")

    assert road.perform_all() == []
    road.store.house.resume(scope, road.clock(), "anna")
    assert road.perform_all() == ["done"]


def test_a_rule_that_was_switched_off_meanwhile_sends_nothing(tmp_path):
    road = a_road_with_an_alert(tmp_path)
    road.store.house.adopt_book("v2", {}, {"thank": "ask", "recover": "off"}, road.clock())

    assert road.perform_all() == [""]
    assert (statuses(road), the_alert(road).why) == (["cancelled"], "its rule was switched off meanwhile")


def test_somebody_who_opted_out_meanwhile_is_not_contacted(tmp_path):
    road = a_road(tmp_path)
    road.says(an_item(text="Acme Flow +"))
    (draft,) = road.store.deliveries.page(DeliveryFilter())
    road.store.deliveries.move(draft.id, ("waiting",), road.clock(), status="due", customer="c-17", decided_by="anna")
    road.store.customers.replace([{"id": "c-17", "do_not_contact": True}], [])

    assert road.perform_all() == [""]
    assert statuses(road, "thank") == ["cancelled"]


@pytest.mark.parametrize(
    ("against", "status", "notices", "judged_again"),
    [
        (Against("its rule no longer wants it"), "cancelled", 1, False),
        (Against("it is being judged again", passing=True), "due", 0, False),
        (Against("it is a customer's", anew=True), "cancelled", 1, True),
    ],
)
def test_a_draft_that_its_rule_no_longer_wants_does_not_go(tmp_path, against, status, notices, judged_again):
    road = a_road(tmp_path)
    road.says(an_item(text="Acme Flow +"))
    (draft,) = road.store.deliveries.page(DeliveryFilter())
    road.store.deliveries.move(draft.id, ("waiting",), road.clock(), status="due", decided_by="anna")
    road.act._against = lambda row: against

    assert road.act.perform(draft.id) == ""
    assert (statuses(road, "thank"), len(statuses(road, "notice"))) == ([status], notices)
    assert (road.store.mentions.get(draft.mention).decided_at is None) is judged_again
