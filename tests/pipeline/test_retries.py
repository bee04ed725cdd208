"""How long trouble is tried again, and how doubt is settled by what each channel can say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.contract import Failed, Receipt
from listener.actions.contract import InDoubt, Message
from listener.store.delivery_lists import DeliveryFilter
from tests.pipeline.road import SENT, TROUBLE, Remembering, Road, a_road, an_item


class Keyed(Remembering):
    """The far side knows the key."""

    @property
    def doubt(self) -> str:  # type: ignore[override]
        return "key"


class Searchable(Remembering):
    """The far side can be asked what it has."""

    @property
    def doubt(self) -> str:  # type: ignore[override]
        return "lookup"

    def find(self, message_key: str, since: object, outside: object) -> Receipt | None:
        if trouble := TROUBLE.get("find"):
            raise trouble
        return next((Receipt("found", sent.key) for sent in SENT if sent.key == message_key), None)


@pytest.fixture
def road(tmp_path: Path) -> Iterator[Road]:
    """An alert is due."""
    road = a_road(tmp_path)
    road.says(an_item())
    yield road
    TROUBLE.clear()
    road.store.close()


def the_alert(road: Road) -> Any:
    return next(row for row in road.store.deliveries.page(DeliveryFilter()) if row.action == "alert")


def fails(road: Road, error: Exception, **stretch: float) -> timedelta:
    """It is tried after this time, and fails; how long it waits then."""
    TROUBLE["next"] = error
    road.clock.pass_by(**stretch)
    assert road.act.perform(the_alert(road).id) == "due"
    return the_alert(road).due_at - road.clock()  # type: ignore[no-any-return]


def test_retries_come_after_half_a_minute_doubling_up_to_an_hour(road: Road) -> None:
    waits = [fails(road, Failed("busy"), hours=1) for _ in range(9)]

    longest = [timedelta(seconds=min(30 * 2**n, 3_600)) for n in range(9)]
    assert all(most / 2 <= wait <= most for wait, most in zip(waits, longest, strict=True))


def test_a_longer_retry_after_wins_and_a_shorter_one_does_not(road: Road) -> None:
    assert fails(road, Failed("busy", after=timedelta(hours=3))) == timedelta(hours=3)
    assert fails(road, Failed("busy", after=timedelta(seconds=1)), hours=3) >= timedelta(seconds=30)


def test_who_was_asked_to_wait_for_a_day_still_gets_four_tries(road: Road) -> None:
    for _ in range(3):
        fails(road, Failed("busy", after=timedelta(days=1)), hours=25)
    TROUBLE["next"] = Failed("busy")
    road.clock.pass_by(hours=25)

    assert road.act.perform(the_alert(road).id) == "failed"


def test_many_tries_within_a_day_are_not_the_end(road: Road) -> None:
    for _ in range(12):
        fails(road, Failed("busy"), hours=1.5)


def test_what_the_far_side_knows_by_its_key_is_sent_again(road: Road) -> None:
    road.act._ways.channels["care"] = Keyed()

    assert fails(road, InDoubt("no answer came")) >= timedelta(seconds=15)


def cut_off(road: Road, channel: Remembering, **stretch: float) -> str:
    """The daemon was killed while it sent the alert; what the next one makes of it."""
    road.act._ways.channels["care"] = channel
    road.store.deliveries.claim(the_alert(road).id, road.clock())
    road.clock.pass_by(**stretch)
    road.act.settle_orphans(at_start=True)
    return str(the_alert(road).status)


@pytest.mark.parametrize(
    ("channel", "seconds", "becomes"),
    [
        (Keyed(), 1, "due"),
        (Remembering(), 1, "in_doubt"),
        (Searchable(), 29, "sending"),  # a slow far side may still be about to do it
        (Searchable(), 30, "due"),
    ],
)
def test_what_was_cut_off_is_settled_as_its_channel_can(
    road: Road, channel: Remembering, seconds: int, becomes: str
) -> None:
    assert cut_off(road, channel, seconds=seconds) == becomes


def test_what_was_cut_off_and_had_arrived_is_done(road: Road) -> None:
    SENT.append(Message.model_validate(the_alert(road).message))

    assert cut_off(road, Searchable(), seconds=30) == "done"
    assert the_alert(road).external["kind"] == "found"


def test_where_the_far_side_cannot_be_asked_a_person_is(road: Road) -> None:
    TROUBLE["find"] = Failed("403")

    assert cut_off(road, Searchable(), seconds=30) == "in_doubt"
    assert the_alert(road).last_error.endswith("and it could not be looked up: 403")


def test_a_performer_that_may_still_be_alive_is_left_alone(road: Road) -> None:
    road.store.deliveries.claim(the_alert(road).id, road.clock())
    for seconds, status in ((29, "sending"), (2, "in_doubt")):
        road.clock.pass_by(seconds=seconds)
        road.act.settle_orphans()
        assert the_alert(road).status == status
