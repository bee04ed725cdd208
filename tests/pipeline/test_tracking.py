"""Tickets and their counterparts, both ways: opened once, complaints appended, closed here and there, deleted there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from listener.issues.reading import TERMS
from listener.model.handling import Handling
from listener.pipeline.act import Act
from listener.pipeline.attention import Readers
from listener.pipeline.carrying import Ways
from listener.pipeline.people import People, Person
from listener.pipeline.ticketing import NotPossible
from listener.pipeline.tracking import Followed, Tracking
from listener.store import Store
from listener.store.delivery_lists import DeliveryFilter
from listener.trackers.contract import News, Said, State, Tracker
from listener.trackers.github import GitHub
from listener.trackers.webhook import Webhook
from listener.trackers.zendesk import Zendesk
from tests.doors import RealDoor, a_door
from tests.pipeline.road import LOG, Remembering, Road, a_road, an_item
from tests.trackers import desks

HANDLING = Handling(trackers={"": "desk"}, house="ab12")


@dataclass
class Town:
    """A road whose tickets are followed by a desk."""

    road: Road
    desk: desks.Desk
    tracking: Tracking
    act: Act
    people: People = field(init=False)

    def __post_init__(self) -> None:
        self.people = People(self.road.store, lambda source: False, self.road.clock, Person("anna"), handling=HANDLING)

    def work(self) -> list[str]:
        """Perform what is due; how each ended."""
        due = self.road.store.deliveries.due(self.road.clock())
        return [self.act.perform(number) for number, channel in due if channel == "desk"]

    def pull(self) -> int:
        """Some minutes later the tracker is asked."""
        self.road.clock.pass_by(minutes=6)
        return self.tracking.pull("desk")

    def ticket(self):  # type: ignore[no-untyped-def]  # a row
        row = self.road.store.tickets.get(1)
        assert row is not None
        return row

    def told(self) -> list[str]:
        """The titles of what people were told, newest first."""
        rows = self.road.store.deliveries.page(DeliveryFilter(limit=100))
        return [row.message["title"] for row in rows if row.action == "notice" and row.channel == "ops"]


def a_town(folder: Path, desk: desks.Desk, door: RealDoor, tracker: Tracker, store: Store | None = None) -> Town:
    road = a_road(folder, store=store, handling=HANDLING)
    readers = Readers("ops", ZoneInfo("UTC"))
    followed = {"desk": Followed("desk", tracker, timedelta(minutes=5), {})}
    tracking = Tracking(road.store, followed, door, readers, HANDLING, road.clock, LOG)
    ways = Ways({"ops": Remembering()}, {}, door, lambda source: door, HANDLING, tracking)
    return Town(road, desk, tracking, Act(road.store, ways, road.notices, road.clock, LOG))


def zendesk(url: str) -> Zendesk:
    return Zendesk.model_validate({"url": url, "user": "kim@acme.example", "token": "s3cret-token", "cause_field": 36})


@contextmanager
def living(folder: Path, store: Store | None = None) -> Iterator[Town]:
    """A town in which somebody has complained."""
    with desks.serving(desks.ZendeskDesk()) as desk, a_door() as door:
        town = a_town(folder, desk, door, zendesk(desk.url), store)
        town.road.says(an_item())
        yield town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with living(tmp_path) as town:
        yield town


def test_on_both_stores_a_ticket_is_opened_commented_closed_and_lost(tmp_path: Path, store: Store) -> None:
    with living(tmp_path, store) as town:
        town.road.says(an_item("p2", text="Acme Flow - still down"))
        assert town.work() == ["done", "done"]
        town.desk.things[1].status = "solved"
        town.pull()
        assert town.ticket().status == "closed"
        town.people.reopen(1)
        assert town.work() == ["done"]
        assert town.tracking.take("desk", News("1"))
        town.desk.things.clear()
        town.pull()
        assert town.ticket().external is None


def test_a_ticket_is_opened_there_once_and_shows_its_key(town: Town) -> None:
    assert town.work() == ["done"]

    external = town.ticket().external
    assert external == {"kind": "desk", "key": "1", "url": f"{town.desk.url}/agent/tickets/1"}
    assert town.desk.things[1].mark.startswith("listener-ab12-1-")
    assert "A complaint about Acme Flow on forum" in town.desk.things[1].title
    assert "> Acme Flow -" in town.desk.things[1].body


def test_a_crash_between_making_it_and_writing_it_down_makes_no_second_one(town: Town) -> None:
    (number,) = (number for number, channel in town.road.store.deliveries.due(town.road.clock()) if channel == "desk")
    row = town.road.store.deliveries.claim(number, town.road.clock())
    assert row is not None
    town.tracking.perform(row)  # and the daemon dies here
    town.road.clock.pass_by(seconds=20)
    town.act.settle_orphans(at_start=True)
    assert town.work() == []  # a slow far side may still be about to do it

    town.road.clock.pass_by(seconds=20)
    town.act.settle_orphans()
    assert town.work() == ["done"]
    assert (len(town.desk.things), town.ticket().external["key"]) == (1, "1")


def test_a_lost_answer_makes_no_second_one(town: Town) -> None:
    with_answer = type(town.desk).route

    def lost(desk: desks.Desk, asked: desks.Asked) -> desks.Told:
        told = with_answer(desk, asked)
        return (502, "<html>") if asked.method == "POST" else told

    town.desk.route = lost.__get__(town.desk)  # type: ignore[method-assign]
    assert town.work() == ["due"]
    del town.desk.route  # type: ignore[attr-defined]
    town.road.clock.pass_by(minutes=2)
    assert town.work() == ["done"]
    assert len(town.desk.things) == 1


def test_further_complaints_are_appended_once_each_and_nothing_of_a_deleted_post(town: Town) -> None:
    town.work()
    town.road.says(an_item("p2", text="Acme Flow - still down"), an_item("p3", text="Acme Flow - gone"))
    town.road.says(gone=["p3"])

    assert town.work() == ["done", "cancelled"]
    assert len(town.desk.things[1].comments) == 1
    assert "still down" in town.desk.things[1].comments[0]


def test_a_complaint_waits_for_the_ticket_to_be_there(town: Town) -> None:
    town.desk.troubles = [(503, "")]
    town.road.says(an_item("p2", text="Acme Flow - still down"))
    assert town.work() == ["due", "due"]
    for _ in range(3):
        town.road.clock.pass_by(minutes=3)
        town.work()
    assert (len(town.desk.things), len(town.desk.things[1].comments)) == (1, 1)


def test_closing_here_closes_there_and_is_not_heard_as_news(town: Town) -> None:
    town.work()
    town.people.close(1, "update 4.2", "recovered")
    assert town.work() == ["done"]

    assert (town.desk.things[1].status, town.desk.things[1].fields) == ("solved", {36: "update 4.2"})
    town.pull()
    assert [note.what for note in town.road.store.tickets.notes(1)] == ["opened", "closed"]
    town.people.reopen(1)
    town.work()
    assert town.desk.things[1].status == "open"


def test_what_was_done_last_here_counts_there_whatever_arrives_first(town: Town) -> None:
    town.work()
    town.desk.troubles = [(503, "")]
    town.people.close(1, "update 4.2", "recovered")
    assert town.work() == ["due"]
    town.people.reopen(1)
    assert town.work() == ["done"]

    town.road.clock.pass_by(minutes=2)
    assert town.work() == ["cancelled"]
    assert (town.desk.things[1].status, town.ticket().status) == ("open", "open")


def test_what_is_on_its_way_there_is_not_taken_back_by_what_it_will_change(town: Town) -> None:
    town.work()
    town.people.close(1, "update 4.2", "recovered")
    town.desk.things[1].status = "pending"
    town.pull()
    assert town.ticket().status == "closed"
    town.work()
    town.pull()
    assert (town.desk.things[1].status, town.ticket().status) == ("solved", "closed")


def test_closing_there_closes_here_with_the_root_cause_that_stands_there(town: Town) -> None:
    town.work()
    town.desk.things[1].status, town.desk.things[1].fields = "solved", {36: "a cable"}
    town.pull()

    ticket = town.ticket()
    assert (ticket.status, ticket.root_cause, ticket.outcome) == ("closed", "a cable", None)
    assert town.told()[0] == "Ticket 1 was closed in desk: how did it end?"
    assert town.work() == []  # it is closed there already


def test_a_root_cause_that_is_missing_there_is_asked_for_and_can_be_given_afterwards(town: Town) -> None:
    town.work()
    town.desk.things[1].status = "solved"
    town.pull()
    assert town.told()[0] == "Ticket 1 was closed in desk: why did it end?"

    town.people.close(1, "a cable", "recovered")
    assert (town.ticket().status, town.ticket().root_cause, town.ticket().outcome) == ("closed", "a cable", "recovered")
    assert town.work() == []
    town.pull()
    assert len(town.told()) == 1


def test_waiting_and_reopening_there_are_taken_over(town: Town) -> None:
    town.work()
    for there, here in (("pending", "waiting"), ("open", "open"), ("solved", "closed"), ("open", "open")):
        town.desk.things[1].status = there
        town.pull()
        assert town.ticket().status == here


def test_a_ticket_that_was_deleted_there_is_told_and_goes_on_here(town: Town) -> None:
    town.work()
    town.desk.things.clear()
    town.pull()

    assert (town.ticket().status, town.ticket().external) == ("open", None)
    assert town.told()[0] == "Ticket 1: 1 was deleted in desk"
    town.road.says(an_item("p2", text="Acme Flow - still down"))
    assert town.work() == []
    assert town.people.tickets.track(1) == "desk"
    town.road.clock.pass_by(seconds=1)
    assert town.work() == ["done"]
    assert town.ticket().external["key"] == "1"


def test_a_deletion_is_noticed_by_a_comment_too(town: Town) -> None:
    town.work()
    town.desk.things.clear()
    town.road.says(an_item("p2", text="Acme Flow - still down"))
    assert town.work() == ["cancelled"]
    assert town.told() == ["Ticket 1: 1 was deleted in desk"]
    town.pull()
    assert len(town.told()) == 1


def test_a_ticket_that_is_followed_is_not_opened_twice(town: Town) -> None:
    town.work()
    with pytest.raises(NotPossible, match="in desk already"):
        town.people.tickets.track(1)


def test_what_a_webhook_names_is_asked_for_at_once(town: Town) -> None:
    town.work()
    town.desk.things[1].status = "solved"
    assert town.tracking.pull("desk") == 0  # it was asked for just now
    assert town.tracking.take("desk", News("1"))
    assert not town.tracking.take("desk", News("77"))
    assert town.tracking.pull("desk") == 1
    assert town.ticket().status == "closed"


def test_a_tracker_that_cannot_be_read_is_told_at_the_third_time_and_asked_again(town: Town) -> None:
    town.work()
    town.desk.troubles = [(500, "")] * 3
    for _ in range(3):
        town.road.clock.pass_by(hours=2)
        assert town.tracking.pull("desk") == 0
    assert town.told() == ["Tracker desk cannot be read"]
    town.road.clock.pass_by(hours=2)
    assert town.tracking.pull("desk") == 1


def test_what_cannot_be_understood_is_blindness_too(town: Town) -> None:
    town.work()
    town.desk.troubles = [(200, {}), (200, {"tickets": ["?"]}), (200, "<html>"), (200, {"tickets": None})]
    asked = [town.pull() for _ in range(12)]

    assert 0 < sum(asked) < 12
    assert "Tracker desk cannot be read" in town.told()
    assert town.ticket().external is not None


def test_an_erased_person_is_heard_of_no_more(town: Town) -> None:
    town.work()
    town.desk.things[1].says("Anna Schmidt here, still broken", by="person")
    town.desk.things[1].status = "solved"
    town.pull()
    assert "forum:anna" in str(town.road.store.deliveries.page(DeliveryFilter())[0].message)
    assert erase(town) == (f"ticket 1 in desk {town.desk.url}/agent/tickets/1",)
    town.desk.things[1].says("Anna Schmidt again", by="person")
    town.pull()

    notes = [(one.who, one.text) for one in town.road.store.tickets.notes(1)]
    assert notes == [("recover", ""), ("somebody", ""), ("desk", "")]
    assert "anna" not in str(town.road.store.deliveries.page(DeliveryFilter()))
    assert town.desk.writes() == 1


@pytest.mark.parametrize(("tried", "left"), [(True, ("ticket marked {mark}, if it was made, in desk",)), (False, ())])
def test_an_erased_person_leaves_a_task_only_where_something_may_be(
    town: Town, tried: bool, left: tuple[str, ...]
) -> None:
    town.desk.troubles = [(503, "")] * tried
    assert not tried or town.work() == ["due"]
    current = town.road.store.tracks.current(1)
    assert current is not None
    assert erase(town) == tuple(task.format(mark=current.mark) for task in left)


def erase(town: Town) -> tuple[str, ...]:
    whom = town.road.store.personal.by_account(("forum", "anna"))
    assert whom is not None
    return town.road.store.personal.erase(whom, ["0" * 64], "care", "asked", town.road.clock(), TERMS).tasks


def test_wrong_credentials_fail_the_delivery_and_are_told(town: Town) -> None:
    town.desk.password = "another"
    assert town.work() == ["failed"]
    (row,) = (row for row in town.road.store.deliveries.page(DeliveryFilter()) if row.action == "track")
    assert "wants other credentials" in row.last_error
    assert town.told()[0].startswith("track ")

    town.desk.password = "s3cret-token"
    town.people.retry(row.id)
    assert town.work() == ["done"]


def test_the_stop_switch_holds_a_tracker_too(town: Town) -> None:
    town.road.store.house.pause("channel:desk", town.road.clock(), "anna")
    assert town.work() == []


def test_a_receiver_of_webhooks_closes_here_with_cause_and_outcome(tmp_path: Path) -> None:
    with desks.serving(desks.ReceiverDesk()) as desk, a_door() as door:
        town = a_town(tmp_path, desk, door, Webhook.model_validate({"url": desk.url}))
        town.road.says(an_item())
        assert town.work() == ["done"]
        assert town.tracking.names == ()
        state = State("closed", "a cable", "recovered")
        assert town.tracking.take("desk", News(desk.things[1].mark, state))

        ticket = town.ticket()
        assert (ticket.status, ticket.root_cause, ticket.outcome) == ("closed", "a cable", "recovered")
        assert town.told() == []


def notes(town: Town) -> list[tuple[str, str, str]]:
    return [(note.who, note.what, note.text) for note in town.road.store.tickets.notes(1)]


def test_a_reply_there_is_the_first_reply_and_a_contact_and_stands_in_the_history_once(town: Town) -> None:
    town.work()
    town.desk.things[1].says("Dear Anna, we are on it")
    town.desk.things[1].says("who knows about this?", inside=True)
    for _ in range(4):
        town.pull()

    assert notes(town)[1:] == [
        ("Kim in desk", "answered", "Dear Anna, we are on it"),
        ("Kim in desk", "noted", "who knows about this?"),
    ]
    assert town.ticket().replied_at is not None
    with town.road.store.database.read() as connection:
        (entry,) = connection.exec_driver_sql("SELECT person, purpose, channel FROM contact")
    assert (entry.person, entry.purpose, entry.channel) == ("forum:anna", "recovery", "desk")


def test_what_is_only_for_colleagues_stops_no_clock_nor_does_anything_where_replies_do_not_count(
    tmp_path: Path,
) -> None:
    with desks.serving(desks.ZendeskDesk()) as desk, a_door() as door:
        town = a_town(tmp_path, desk, door, zendesk(desk.url).model_copy(update={"replies": False}))
        town.road.says(an_item())
        town.work()
        town.desk.things[1].says("who knows about this?", inside=True)
        town.desk.things[1].says("hello all")
        town.pull()

        assert [what for _, what, _ in notes(town)] == ["opened", "noted", "noted"]
        assert town.ticket().replied_at is None


def test_what_was_said_is_asked_for_only_after_a_change(town: Town) -> None:
    town.work()
    for _ in range(3):
        town.pull()
    asked = len(town.desk.heard)
    town.pull()
    assert [one.path for one in town.desk.heard[asked:]] == ["/api/v2/tickets/show_many.json"]


def test_what_cannot_be_read_is_read_later(town: Town) -> None:
    town.work()
    town.desk.things[1].says("Dear Anna")
    with_answer = type(town.desk).route
    broken = lambda desk, asked: (503, "") if "comments" in asked.path else with_answer(desk, asked)  # noqa: E731
    town.desk.route = broken.__get__(town.desk)  # type: ignore[method-assign]
    town.pull()
    assert len(notes(town)) == 1
    del town.desk.route  # type: ignore[attr-defined]
    town.pull()
    assert len(notes(town)) == 2


def test_our_notes_go_there_once_also_when_the_daemon_dies_in_between(town: Town) -> None:
    town.work()
    town.people.note(1, "called her, she sends the log")
    (number,) = (number for number, channel in town.road.store.deliveries.due(town.road.clock()) if channel == "desk")
    row = town.road.store.deliveries.claim(number, town.road.clock())
    assert row is not None
    town.tracking.perform(row)  # and the daemon dies here
    town.road.clock.pass_by(seconds=60)
    town.act.settle_orphans(at_start=True)
    town.road.clock.pass_by(seconds=60)
    town.act.settle_orphans()
    assert town.work() == ["done"]

    (comment,) = town.desk.things[1].comments
    assert "anna" in comment
    assert "> called her, she sends the log" in comment
    town.pull()
    assert [what for _, what, _ in notes(town)] == ["opened", "noted"]  # it does not come back


def test_our_notes_stay_here_where_others_may_read_them(tmp_path: Path) -> None:
    with desks.serving(desks.GitHubDesk()) as desk, a_door() as door:
        github = GitHub.model_validate({"url": desk.url, "token": "s3cret-token", "repo": "acme/app"})
        town = a_town(tmp_path, desk, door, github)
        town.road.says(an_item())
        town.work()
        town.people.note(1, "her number is 555-1234")
        assert town.work() == ["cancelled"]
        assert town.desk.things[1].comments == []


def test_a_receiver_of_webhooks_tells_of_a_reply_once(tmp_path: Path) -> None:
    with desks.serving(desks.ReceiverDesk()) as desk, a_door() as door:
        town = a_town(tmp_path, desk, door, Webhook.model_validate({"url": desk.url}))
        town.road.says(an_item())
        town.work()
        news = News(desk.things[1].mark, None, (Said("77", "reply", "Kim", "We are on it"),))
        assert town.tracking.take("desk", news)
        assert town.tracking.take("desk", news)

        assert notes(town)[1:] == [("Kim in desk", "answered", "We are on it")]
        assert town.ticket().replied_at is not None
