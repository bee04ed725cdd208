"""Daily work on a ticket by command, typos included."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.makers import CONFIG, House, a_house, a_mention, a_ticket

TRACKED = CONFIG + '[[tracker]]\nname = "desk"\nkind = "github"\nrepo = "acme/app"\ntoken = "env:NO_SUCH_TOKEN"\n'


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = a_house(tmp_path)
    with house.store() as store:
        a_ticket(store, a_mention(store))
    return house


def the_ticket(house: House) -> dict[str, object]:
    return dict(json.loads(house.run("tickets", "--json").out))


def test_show_tells_the_whole_story(house: House) -> None:
    house.run("ticket", "note", "1", "called her", "--reached")
    shown = house.run("ticket", "show", "1").out
    assert "ticket 1 is open, normal, in queue care" in shown
    assert "reply     due 2026-11-23 13:00, given 20" in shown
    assert "said      2026-11-23 11:55 Acme Flow is down (mention 1)" in shown
    assert "answered called her" in shown
    story = json.loads(house.run("ticket", "show", "1", "--json").out)
    assert [note["what"] for note in story["notes"]] == ["opened", "answered"]


def test_an_answer_is_posted_by_hand_where_there_is_no_other_way(house: House) -> None:
    (house.folder / "answer.txt").write_text("Sorry, Anna.")
    first = house.run("ticket", "reply", "1", "--text-file", str(house.folder / "answer.txt"))
    assert first.code == 0
    assert "where: https://forum.example/p1\nthen:  listener done 1" in first.out
    again = house.run("ticket", "reply", "1", "--text-file", str(house.folder / "answer.txt"))
    assert (again.code, "is delivery 1 already" in again.err) == (1, True)

    assert house.run("done", "1").code == 0
    assert the_ticket(house)["replied_at"]
    (contact,) = [json.loads(line) for line in house.run("contacts", "--json").out.splitlines()]
    assert (contact["purpose"], contact["person"]) == ("recovery", "forum:anna")


def test_an_empty_answer_and_none_at_all_are_refused(house: House) -> None:
    (house.folder / "answer.txt").write_text(" \n")
    assert "the text is empty" in house.run("ticket", "reply", "1", "--text-file", str(house.folder / "answer.txt")).err
    assert house.run("ticket", "reply", "1").code == 2


def test_a_ticket_is_not_given_to_nobody(house: House) -> None:
    refused = house.run("ticket", "assign", "1", " ")

    assert (refused.code, "belongs to somebody" in refused.err) == (2, True)


def test_waiting_and_going_on(house: House) -> None:
    assert "waits for its person until" in house.run("ticket", "wait", "1", "--until", "3d", "--why", "the log").out
    assert the_ticket(house)["status"] == "waiting"
    assert "is open again" in house.run("ticket", "reopen", "1").out
    assert house.run("ticket", "wait", "1", "--until", "soon").code == 2
    assert "--until is past" in house.run("ticket", "wait", "1", "--until", "2020-01-01").err


def test_a_closed_ticket_tells_what_to_do_first(house: House) -> None:
    house.run("ticket", "close", "1", "--cause", "a cable", "--outcome", "recovered")
    assert "listener ticket reopen 1" in house.run("ticket", "wait", "1").err
    assert "won back" not in house.run("ticket", "show", "1").out
    assert "closed    20" in house.run("ticket", "show", "1").out


def test_a_ticket_goes_to_a_tracker_without_any_secret_at_hand(tmp_path: Path) -> None:
    house = a_house(tmp_path, TRACKED)
    with house.store() as store:
        a_ticket(store, a_mention(store))
    assert "ticket 1 goes to desk" in house.run("ticket", "track", "1").out
    assert "tracker   desk: not there yet, open there" in house.run("ticket", "show", "1").out
    assert "in desk already" in house.run("ticket", "track", "1").err
    assert house.run("pause", "--channel", "desk").code == 0


def test_unknown_tickets_name_the_list(house: House) -> None:
    for command in (("show",), ("take",), ("note", "x"), ("reopen",), ("track",), ("wait",)):
        ran = house.run("ticket", command[0], "99", *command[1:])
        assert (ran.code, "listener tickets" in ran.err) == (1, True), command


def test_check_tells_a_broken_calendar_with_its_place(house: House) -> None:
    (house.folder / "calendar.yaml").write_text("hours: {mondy: 09:00-17:00}\n")
    ran = house.run("check")
    assert (ran.code, "calendar.yaml:1:9: 'mondy' is no day — did you mean 'monday'?" in ran.out) == (1, True)
    assert house.run("ticket", "take", "1").code == 1
