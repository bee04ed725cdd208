"""Buttons in Slack: whoever presses one decides in their own name, once, and everybody sees what became of it."""

from __future__ import annotations

import pytest
import structlog

from listener.actions.slack import Slack
from listener.config.sections import Staff
from listener.desk import Desk, House, Sockets
from listener.pipeline.act import Act
from listener.pipeline.cards import Cards
from listener.pipeline.carrying import Ways
from listener.pipeline.people import People, Person
from listener.pipeline.upkeep import Retention, Upkeep
from listener.store.delivery_lists import DeliveryFilter
from listener.store.tickets import TicketFilter
from tests.desk.workspace import a_workspace, filled, press
from tests.pipeline.road import LOG, ClockDoor, a_road, an_item
from tests.running import eventually

STAFF = (
    Staff(name="kim", slack="U1KIM", may_approve=True),
    Staff(name="lee", slack="U2LEE"),
)


@pytest.fixture
def space():
    with a_workspace() as space:
        yield space


class Office:
    """A road whose ops and care channels are Slack, and the desk behind their buttons."""

    def __init__(self, folder, space, **road):
        self.road = a_road(folder, **road)
        store, clock = self.road.store, self.road.clock
        self.slack = Slack.model_validate(
            {"token": "xoxb", "channel": "#care", "app_token": "xapp", "base_url": f"{space.url}/api/"}
        )
        channels = {"care": self.slack, "ops": self.slack, "mail": self.slack}
        self.cards = Cards(store, clock)
        ways = Ways(channels, {}, ClockDoor(clock), lambda _: ClockDoor(clock), card=self.cards.of)
        self.road.act = Act(store, ways, self.road.notices, clock, LOG)
        keep = Retention(clock() - clock(), clock() - clock())
        self.upkeep = Upkeep(store, self.road.notices, channels, keep, clock, LOG)
        people = lambda who: People(store, lambda source: False, clock, Person(who))  # noqa: E731
        house = House(store, people, STAFF, self.cards.refresh, clock)
        self.desk = Desk(self.slack, house, structlog.get_logger("listener"))

    def beat(self, **patience):
        """What the daemon does every few seconds."""
        self.upkeep.tell(**patience)
        while self.road.perform_all():
            self.upkeep.tell(**patience)

    def draft(self):
        return next(row for row in self.road.store.deliveries.page(DeliveryFilter()) if row.action == "thank")

    def ticket(self):
        return self.road.store.tickets.page(TicketFilter())[0]


@pytest.fixture
def office(tmp_path, space):
    office = Office(tmp_path, space)
    yield office
    office.desk.close()


@pytest.fixture
def praised(office):
    office.road.says(an_item(text="Acme Flow +"))
    office.beat()
    return office


def labels(message):
    blocks = [block for block in message["blocks"] if block["type"] == "actions"]
    return [button["text"]["text"] for block in blocks for button in block["elements"]]


def test_a_draft_comes_with_buttons_and_loses_them_with_the_decision(praised, space):
    assert labels(space.of("chat.postMessage")[-1]) == ["Approve", "Edit", "Reject"]

    form = praised.desk.hear(press("reject", str(praised.draft().id)))
    assert form == {}
    view = eventually(lambda: space.of("views.open"))[-1]["view"]
    assert praised.desk.hear(filled(view, why="not our tone")) == {}
    praised.beat()

    (changed,) = space.of("chat.update")
    assert (changed["channel"], labels(changed)) == ("C1", [])
    assert "rejected by kim at 2026-11-23 12:00 UTC: not our tone" in changed["text"]


def test_who_saw_an_older_state_orders_no_second_change(praised, space):
    (seen,) = praised.road.store.postings.open()
    praised.road.store.postings.show(seen, "rejected", None)

    praised.road.store.postings.show(seen, None, {"no": "change"})

    assert [row.shown for row in praised.road.store.postings.open()] == ["rejected"]


def test_the_edited_text_is_what_is_approved(praised, space):
    praised.desk.hear(press("edit", str(praised.draft().id)))
    view = eventually(lambda: space.of("views.open"))[-1]["view"]
    assert view["blocks"][0]["element"]["initial_value"] == praised.draft().text

    praised.desk.hear(filled(view, text="Thank you, Anna!"))
    praised.beat()

    row = praised.draft()
    assert (row.status, row.text, row.decided_by) == ("by_hand", "Thank you, Anna!", "kim")
    assert labels(space.of("chat.update")[-1]) == ["Done", "Skip"]


def test_pressed_twice_is_decided_once_and_the_second_hears_who_was_first(praised, space):
    for _ in range(2):
        praised.desk.hear(press("approve", str(praised.draft().id)))

    (said,) = eventually(lambda: space.of("chat.postEphemeral"))
    assert "is by hand, decided by kim at 2026-11-23 12:00 UTC" in said["text"]
    assert said["user"] == "U1KIM"


@pytest.mark.parametrize(
    ("user", "told"), [("U2LEE", "those who may approve: kim"), ("U9NOBODY", 'slack = "U9NOBODY"')]
)
def test_who_may_not_approve_is_told_politely(praised, space, user, told):
    praised.desk.hear(press("approve", str(praised.draft().id), user))

    assert told in eventually(lambda: space.of("chat.postEphemeral"))[0]["text"]
    assert praised.draft().status == "waiting"


def test_a_decision_by_command_changes_the_message_too(praised, space):
    People(praised.road.store, lambda source: False, praised.road.clock, Person("anna")).reject(
        praised.draft().id, "no"
    )
    praised.beat()

    assert "rejected by anna" in space.of("chat.update")[-1]["text"]


def test_expiry_is_no_rejection(praised, space):
    praised.road.clock.pass_by(days=8)
    praised.beat()

    assert praised.draft().status == "expired"
    assert f"Thank {praised.draft().id}: expired" in space.of("chat.update")[-1]["text"]


@pytest.fixture
def troubled(office):
    office.road.says(an_item())
    office.beat()
    return office


def test_an_alert_is_acknowledged_and_its_ticket_taken_assigned_and_closed(troubled, space):
    alert, ticket = "1", str(troubled.ticket().id)
    assert labels(space.of("chat.postMessage")[-1]) == ["Acknowledge", "Take", "Assign", "Close", "Mute"]

    troubled.desk.hear(press("acknowledge", alert, "U2LEE"))
    troubled.desk.hear(press("take", ticket, "U2LEE"))
    troubled.beat()
    shown = space.of("chat.update")[-1]
    assert labels(shown) == ["Assign", "Close", "Mute"]
    assert "Acknowledged by lee" in shown["text"]
    assert f"Ticket {ticket} is with lee" in shown["text"]

    for do, given in (("assign", {"owner": "kim"}), ("close", {"cause": "a cable", "outcome": "recovered"})):
        troubled.desk.hear(press(do, ticket))
        view = eventually(lambda do=do: [one for one in space.of("views.open") if do in one["view"]["callback_id"]])[-1]
        troubled.desk.hear(filled(view["view"], **given))
    troubled.beat()

    row = troubled.ticket()
    assert (row.owner, row.status, row.root_cause, row.outcome) == ("kim", "closed", "a cable", "recovered")
    assert labels(space.of("chat.update")[-1]) == ["Mute"]


def test_a_second_acknowledgement_and_a_ticket_that_is_taken_are_told(troubled, space):
    for do, about in (("acknowledge", "1"), ("take", "1")):
        troubled.desk.hear(press(do, about, "U2LEE"))
        troubled.desk.hear(press(do, about, "U1KIM"))

    said = [
        one["text"]
        for one in eventually(lambda: len(space.of("chat.postEphemeral")) == 2 and space.of("chat.postEphemeral"))
    ]
    assert any("was acknowledged by lee at" in text for text in said)
    assert any("is with lee already" in text for text in said)


def test_muting_asks_about_what_for_how_long_and_why(troubled, space):
    troubled.desk.hear(press("mute", "1"))
    view = eventually(lambda: space.of("views.open"))[-1]["view"]
    troubled.desk.hear(filled(view, what="rule:recover", until="4h", why="we know"))

    (silence,) = troubled.road.store.silences.now(troubled.road.clock())
    assert (silence.kind, silence.what, silence.owner, silence.why) == ("rule", "recover", "kim", "we know")


def test_a_form_that_cannot_be_done_says_so_in_its_place(praised, space):
    praised.desk.hear(press("edit", str(praised.draft().id)))
    view = eventually(lambda: space.of("views.open"))[-1]["view"]
    praised.desk.hear(press("approve", str(praised.draft().id)))

    answer = praised.desk.hear(filled(view, text="Other words"))
    assert answer["response_action"] == "update"
    assert "decided by kim" in answer["view"]["blocks"][0]["text"]["text"]


@pytest.mark.parametrize(
    "payload", [{}, {"type": "block_actions"}, {"type": "view_submission", "view": 3}, {"type": "x"}]
)
def test_what_is_none_of_ours_is_let_pass(office, payload):
    assert office.desk.hear(payload) == {}


def test_a_deleted_post_leaves_no_word_of_it_in_slack(troubled, space):
    troubled.road.says(gone=("p1",))
    troubled.beat()

    assert "Acme Flow -" in str(space.of("chat.postMessage"))
    last = space.of("chat.update")[-1]
    assert "Acme Flow -" not in str(last)


def test_socket_mode_brings_presses_and_comes_back_when_it_breaks(praised, space, monkeypatch):
    monkeypatch.setattr("listener.desk.sockets.PING", 0.3)
    sockets = Sockets({"care": praised.slack}, {"care": praised.desk}, LOG)
    sockets.start()
    try:
        eventually(lambda: space.lines)
        space.drop()
        eventually(lambda: len(space.of("apps.connections.open")) > 1 and space.lines)
        space.send(press("approve", str(praised.draft().id)))
    finally:
        sockets.stop()

    assert praised.draft().decided_by == "kim"
    assert max(taken for taken, _ in space.acks.values()) < 3
