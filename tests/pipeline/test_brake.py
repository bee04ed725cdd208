"""The brake: a live rule that acts far more often than it was to be expected to asks from then on."""

from datetime import timedelta

from listener.pipeline.running import Running
from listener.store.delivery_lists import DeliveryFilter
from rules import book
from tests.pipeline.road import NOW, a_road, an_item

TOLD = "Rule recover was braked: it now asks before it acts"


def a_braking_road(folder, days, a_day):
    """Rules that were set live six hours ago; before that so many complaints a day, for some days."""
    road = a_road(folder)
    adopted(road, folder, NOW - timedelta(hours=6))
    road.clock.time = NOW - timedelta(hours=12)
    past = [(day, n) for day in range(days, 0, -1) for n in range(a_day)]
    road.says(
        *(
            an_item(f"old{day}-{n}", f"Acme Flow - {day} {n}", f"o{n}", posted_at=NOW - timedelta(days=day, hours=12))
            for day, n in past
        )
    )
    road.clock.time = NOW
    return road


def adopted(road, folder, since):
    """The book as the daemon adopts it at its start."""
    loaded = book.load(folder / "rules.d")
    modes = {rule.id: rule.mode for rule in loaded.rules}
    running = Running(loaded, road.store.house.adopt_book(loaded.version, loaded.sources, modes, since))
    road.judge._running = lambda: running


def a_flood(road, size, name="new"):
    now = road.clock()
    road.says(*(an_item(f"{name}{n}", f"Acme Flow - {name} {n}", f"p{name}{n}", posted_at=now) for n in range(size)))


def alerts(road, status):
    rows = road.store.deliveries.page(DeliveryFilter(limit=1_000))
    return sum((row.action, row.status) == ("alert", status) for row in rows)


def notices(road):
    rows = road.store.deliveries.page(DeliveryFilter(limit=1_000))
    return [row.message["title"] for row in rows if row.action == "notice"]


def test_a_live_rule_that_fires_more_than_five_times_its_simulated_rate_drops_to_ask_and_raises_an_alert(tmp_path):
    road = a_braking_road(tmp_path, days=10, a_day=6)
    a_flood(road, 60)

    # 60 in the ten and a quarter days before it went live: more than five times that is 30
    assert (alerts(road, "due"), alerts(road, "waiting")) == (30, 30)
    assert notices(road) == [TOLD]


def test_at_least_twenty_times_are_needed(tmp_path):
    road = a_braking_road(tmp_path, days=10, a_day=1)
    a_flood(road, 19)
    assert (alerts(road, "due"), notices(road)) == (19, [])

    a_flood(road, 3, "more")
    assert (alerts(road, "due"), alerts(road, "waiting")) == (20, 2)


def test_while_little_is_known_nothing_is_braked(tmp_path):
    road = a_braking_road(tmp_path, days=0, a_day=0)
    a_flood(road, 60)

    assert (alerts(road, "due"), notices(road)) == (60, [])


def test_the_brake_says_why_in_each_decision(tmp_path):
    road = a_braking_road(tmp_path, days=10, a_day=1)
    a_flood(road, 40)

    newest = next(row for row in road.store.deliveries.page(DeliveryFilter()) if row.status == "waiting")
    settled = road.store.mentions.decisions([newest.mention])[newest.mention][0].settled
    assert "the brake holds this rule" in settled[0]["reason"]


def test_the_brake_survives_a_restart_and_ends_when_the_mode_is_set_again(tmp_path):
    road = a_braking_road(tmp_path, days=10, a_day=1)
    a_flood(road, 40)
    held = alerts(road, "waiting")
    adopted(road, tmp_path, NOW)
    a_flood(road, 1, "restarted")
    assert [row.rule for row in road.store.rates.braked()] == ["recover"]
    assert alerts(road, "waiting") == held + 1

    road.store.house.adopt_book("asking", {}, {"recover": "ask", "thank": "ask"}, NOW)
    adopted(road, tmp_path, NOW)
    assert road.store.rates.braked() == []
    before = alerts(road, "due")
    road.clock.pass_by(days=2)
    a_flood(road, 1, "later")
    assert alerts(road, "due") == before + 1
    assert notices(road) == [TOLD]
