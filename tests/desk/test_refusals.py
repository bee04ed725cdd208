"""What cannot be done in Slack: whoever pressed hears why and nobody else, and nothing is decided."""

from __future__ import annotations

from dataclasses import replace
from threading import Event

import pytest

from listener.desk import Desk
from listener.store.engine import StoreTrouble
from tests.desk.test_desk import Office
from tests.desk.workspace import a_workspace, filled, press
from tests.makers import a_delivery, a_mention, a_ticket, judged
from tests.pipeline.road import LOG, an_item
from tests.running import eventually


@pytest.fixture
def space():
    with a_workspace() as space:
        yield space


@pytest.fixture
def office(tmp_path, space):
    """A draft waits, and a ticket is open."""
    office = Office(tmp_path, space)
    judged(office.road.store, a_mention(office.road.store))
    a_ticket(office.road.store, 1)
    a_delivery(office.road.store)
    yield office
    office.desk.close()


@pytest.fixture
def alarmed(office):
    office.road.says(an_item("p2"))
    return office


def whispers(space):
    return [one["text"] for one in eventually(lambda: space.of("chat.postEphemeral"))]


def a_form(office, space, do, about):
    office.desk.hear(press(do, about))
    return eventually(lambda: [one for one in space.of("views.open") if do in one["view"]["callback_id"]])[-1]["view"]


def answered(answer):
    assert answer["response_action"] == "update"
    return answer["view"]["blocks"][0]["text"]["text"]


NOTHING = {
    ("edit", "99"): "There is no delivery 99.",
    ("mute", "99"): "There is no alert 99: `listener alerts` lists them.",
    ("approve", "1; DROP"): "This button is not one of ours.",
    ("approve", "9" * 19): "This button is not one of ours.",
}


def test_a_button_about_nothing_is_refused_in_words(office, space):
    for do, about in NOTHING:
        office.desk.hear(press(do, about))

    assert eventually(lambda: len(whispers(space)) == len(NOTHING))
    assert sorted(whispers(space)) == sorted(NOTHING.values())


def test_what_was_approved_is_done_by_hand_once(office, space):
    number = str(office.draft().id)
    for do in ("approve", "done", "skip"):
        office.desk.hear(press(do, number))

    assert office.draft().status == "done"
    assert "is done" in whispers(space)[0]


def test_a_draft_that_is_not_posted_is_skipped(office):
    number = str(office.draft().id)
    for do in ("approve", "skip"):
        office.desk.hear(press(do, number))

    assert (office.draft().status, office.draft().decided_by) == ("cancelled", "kim")


def test_a_text_that_slack_cannot_hold_is_not_cut(office, space):
    number = a_delivery(office.road.store, text="x" * 3_001)
    office.desk.hear(press("edit", str(number)))

    assert f"`listener approve {number} --text-file FILE` takes it" in whispers(space)[0]


def test_a_ticket_that_is_closed_is_not_closed_again(office, space):
    view = a_form(office, space, "close", "1")
    office.desk.hear(filled(view, cause="a cable", outcome="recovered"))

    assert answered(office.desk.hear(filled(view, cause="b", outcome="lost"))) == "Ticket 1 is closed already."
    office.desk.hear(press("close", "1"))
    assert whispers(space) == ["Ticket 1 is closed already."]
    assert office.ticket().root_cause == "a cable"


def test_a_silence_needs_to_say_what_how_long_and_why(alarmed, space):
    view, given = a_form(alarmed, space, "mute", "1"), {"what": "rule:recover", "until": "4h", "why": "we know"}

    for missing in ({"what": ""}, {"until": ""}, {"why": " "}):
        said = answered(alarmed.desk.hear(filled(view, **given | missing)))
        assert said == "A silence needs to know about what, for how long and why."
    assert not list(alarmed.road.store.silences.now(alarmed.road.clock()))


def test_the_same_is_not_silenced_twice(alarmed, space):
    view = a_form(alarmed, space, "mute", "1")
    for until in ("1d", "7d"):
        said = alarmed.desk.hear(filled(view, what="rule:recover", until=until, why="we know"))

    assert answered(said) == "Rule recover is silenced already until 2026-11-24 12:00 UTC."


def test_a_rejection_without_a_reason_says_that_there_is_none(office, space):
    office.desk.hear(filled(a_form(office, space, "reject", str(office.draft().id)), why="  "))

    assert (office.draft().status, office.draft().why) == ("rejected", "no reason given")


@pytest.mark.parametrize(
    ("trouble", "told"),
    [(StoreTrouble("the disk is full"), "nothing is decided: the disk is full. Try again."),
     (ValueError("a bug"), "Something is broken here, and nothing is decided. The log says what.")],
)  # fmt: skip
def test_trouble_in_the_house_is_told_and_nothing_is_decided(office, space, trouble, told):
    def people(who):
        raise trouble

    desk = Desk(office.slack, replace(office.desk._house, people=people), LOG)
    desk.hear(press("approve", str(office.draft().id)))

    assert told in whispers(space)[0]
    assert office.draft().status == "waiting"
    desk.close()


def test_a_form_that_is_answered_too_late_is_whispered_about(office, space, monkeypatch):
    view, closed = a_form(office, space, "edit", str(office.draft().id)), Event()
    office.desk.hear(press("approve", str(office.draft().id)))
    house = office.desk._house
    monkeypatch.setattr("listener.desk.work.SOON", 0)

    def people(who):
        assert closed.wait(60)
        return house.people(who)

    desk = Desk(office.slack, replace(house, people=people), LOG)
    assert desk.hear(filled(view, text="Other words")) == {}
    closed.set()
    assert "decided by kim" in whispers(space)[0]
    desk.close()
