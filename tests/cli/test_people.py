"""What people decide about deliveries and tickets at the keyboard."""

from __future__ import annotations

import json
from io import StringIO

import pytest

from listener.model.customer import Handle
from listener.store.engine import table
from tests.makers import CONFIG, NOW, a_delivery, a_house, a_mention, a_ticket, judged

STAFF = CONFIG + '[[person]]\nname = "kim"\nmay_approve = true\n[[person]]\nname = "lee"\n'
LETTERS = '[contact]\nchannel = "post"\n[[channel]]\nname = "post"\nkind = "webhook"\nurl = "https://post.example/"\n'


def a_draft(house, status="waiting", **columns):
    with house.store() as store:
        return str(a_delivery(store, status, mention=a_mention(store), **columns))


def delivery(house, number):
    return json.loads(house.run("deliveries", "--json", "--id", number).out)


def test_approving_what_its_source_cannot_carry_shows_text_link_and_the_next_step(tmp_path):
    house = a_house(tmp_path)
    number = a_draft(house)

    shown = house.run("approve", number)

    assert shown.code == 0
    assert "Thank you!" in shown.out
    assert "https://forum.example/p1" in shown.out
    assert f"listener done {number}" in shown.out
    assert delivery(house, number)["status"] == "by_hand"


def test_approving_with_another_text_sends_exactly_that(tmp_path):
    house = a_house(tmp_path)
    number = a_draft(house)
    (tmp_path / "own.txt").write_text("Thanks a lot, Anna.\n", "utf-8")

    house.run("approve", number, "--text-file", str(tmp_path / "own.txt"))

    assert delivery(house, number)["text"] == "Thanks a lot, Anna."


def test_the_text_may_come_from_standard_input(tmp_path, monkeypatch):
    house = a_house(tmp_path)
    number = a_draft(house)
    monkeypatch.setattr("sys.stdin", StringIO("From a pipe."))

    assert house.run("approve", number, "--text-file", "-").code == 0
    assert delivery(house, number)["text"] == "From a pipe."


@pytest.mark.parametrize("command", [["approve"], ["ticket", "reply"]])
def test_a_text_that_is_not_utf_8_is_refused_with_the_cure(tmp_path, command):
    house = a_house(tmp_path)
    (tmp_path / "own.txt").write_bytes("Schöne Grüße".encode("latin-1"))

    refused = house.run(*command, "1", "--text-file", str(tmp_path / "own.txt"))

    assert refused.code == 2
    assert "save it as UTF-8" in refused.err


def test_the_list_says_why_a_delivery_ended_unsent(tmp_path):
    house = a_house(tmp_path)
    with house.store() as store:
        number = a_delivery(store, last_error="contact 1: thanks on 2026-11-23", person="forum:anna")

    house.run("customers", "optout", "forum:anna", "--why", "by mail", "--as", "kim")

    assert delivery(house, str(number))["last_error"] == "the person opted out (by kim: by mail)"


def test_one_text_is_for_one_delivery(tmp_path):
    house = a_house(tmp_path)
    (tmp_path / "own.txt").write_text("Thanks.", "utf-8")

    assert house.run("approve", "1", "2", "--text-file", str(tmp_path / "own.txt")).code == 2


def test_one_that_cannot_be_approved_does_not_hold_up_the_others(tmp_path):
    house = a_house(tmp_path)
    number = a_draft(house)

    shown = house.run("approve", "77", number)

    assert shown.code == 1
    assert "there is no delivery 77" in shown.err
    assert delivery(house, number)["status"] == "by_hand"


@pytest.mark.parametrize(
    ("before", "words", "after"),
    [
        ("waiting", ("reject", "{}", "--why", "too late"), "rejected"),
        ("by_hand", ("done", "{}"), "done"),
        ("by_hand", ("skip", "{}"), "cancelled"),
        ("in_doubt", ("settle", "{}", "--sent"), "done"),
        ("in_doubt", ("settle", "{}", "--not-sent"), "due"),
        ("failed", ("retry", "{}"), "due"),
    ],
)
def test_each_decision_moves_a_delivery_on(tmp_path, before, words, after):
    house = a_house(tmp_path)
    number = a_draft(house, before)

    shown = house.run(*(word.format(number) for word in words))

    assert (shown.code, shown.out) == (0, f"delivery {number} is {after}\n")
    assert delivery(house, number)["status"] == after


@pytest.mark.parametrize("words", [("done", "1"), ("retry", "1"), ("settle", "1", "--sent")])
def test_a_decision_that_does_not_fit_says_what_it_is_for(tmp_path, words):
    house = a_house(tmp_path)
    a_draft(house)

    shown = house.run(*words)

    assert shown.code == 1
    assert "delivery 1 is waiting" in shown.err
    assert "_" not in shown.err


@pytest.mark.parametrize(
    "words",
    [
        ("reject", "1"),
        ("reject", "1", "--why", " "),
        ("settle", "1"),
        ("settle", "1", "--sent", "--not-sent"),
        ("done", "one"),
        ("ticket", "note", "1", " "),
        ("ticket", "close", "1", "--cause", " ", "--outcome", "lost"),
    ],
)
def test_a_decision_without_what_it_needs_is_wrong_usage(tmp_path, words):
    assert a_house(tmp_path).run(*words).code == 2


def test_who_decided_is_recorded(tmp_path):
    house = a_house(tmp_path, STAFF)
    number = a_draft(house)
    house.run("approve", number, "--as", "kim")

    with house.store() as store:
        assert store.deliveries.attempts_of(int(number)) == []
    assert ", decided by kim" in house.run("explain", "1").out


@pytest.mark.parametrize(("who", "said"), [("lee", "may_approve"), ("nobody", "there are kim, lee")])
def test_who_may_not_decide_is_told_so(tmp_path, who, said):
    house = a_house(tmp_path, STAFF)
    number = a_draft(house)

    shown = house.run("approve", number, "--as", who)

    assert shown.code == 1
    assert said in shown.err
    assert delivery(house, number)["status"] == "waiting"


def test_a_ticket_is_taken_noted_assigned_closed_and_reopened(tmp_path):
    house = a_house(tmp_path)
    with house.store() as store:
        number = str(a_ticket(store, a_mention(store)))

    for words in (("take", number), ("note", number, "called her"), ("assign", number, "kim")):
        assert house.run("ticket", *words).code == 0
    assert house.run("ticket", "close", number, "--cause", "a bug", "--outcome", "recovered").code == 0
    closed = json.loads(house.run("tickets", "--json").out)
    assert house.run("ticket", "reopen", number).code == 0

    assert (closed["owner"], closed["status"], closed["root_cause"]) == ("kim", "closed", "a bug")
    assert json.loads(house.run("tickets", "--json").out)["status"] == "open"


def test_whoever_is_staff_works_on_tickets_and_a_strange_owner_is_told(tmp_path):
    house = a_house(tmp_path, STAFF)
    with house.store() as store:
        number = str(a_ticket(store, a_mention(store)))

    assert house.run("ticket", "take", number, "--as", "lee").code == 0
    assert house.run("ticket", "assign", number, "kim", "--as", "lee").err == ""
    assert "kimm is no [[person]] of the configuration" in house.run("ticket", "assign", number, "kimm").err
    assert house.run("ticket", "close", number, "--cause", "a bug", "--outcome", "lost", "--as", "lee").code == 0
    assert house.run("ticket", "take", number, "--as", "nobody").code == 1


def test_a_suggested_account_is_told_where_people_look(tmp_path):
    house = a_house(tmp_path)
    with house.store() as store:
        a_mention(store, platform="forum", author_handle="anna lee", person="forum:anna lee")
        suggested = {"platform": "forum", "handle": "anna lee", "customer": "C1", "state": "suggested"}
        with store.database.write() as connection:
            connection.execute(table(Handle).insert(), suggested | {"source": "order", "evidence": "their order"})

    assert "accounts  1 may be a customer's: `listener customers suggestions`" in house.run("status").out
    told = "perhaps C1: their order. `listener customers link 'forum:anna lee' C1 --why TEXT` says so"
    assert told in house.run("explain", "1").out


def test_a_ticket_closes_with_a_cause_and_a_known_outcome(tmp_path):
    house = a_house(tmp_path)
    with house.store() as store:
        number = str(a_ticket(store, a_mention(store)))

    assert house.run("ticket", "close", number, "--outcome", "recovered").code == 2
    mistyped = house.run("ticket", "close", number, "--cause", "x", "--outcome", "recoverd")
    assert mistyped.code == 2
    assert "did you mean 'recovered'?" in " ".join(mistyped.err.replace("│", " ").split())
    assert house.run("ticket", "take", "99").code == 1


def test_a_draft_that_expired_says_so_in_every_place_and_what_is_left_to_do(tmp_path):
    house = a_house(tmp_path)
    with house.store() as store:
        mention = a_mention(store)
        judged(store, mention)
        number = str(a_delivery(store, "waiting", mention=mention, expires_at=NOW))
        store.deliveries.expire(NOW)

    refused = house.run("approve", number)

    assert delivery(house, number)["last_error"] == "nobody decided in time"
    assert f"{number} thank: expired: nobody decided in time" in house.run("explain", str(mention)).out
    assert (refused.code, f"`listener explain {mention}` shows the post, to answer there" in refused.err) == (1, True)


def test_a_letter_that_reaches_nobody_is_sent_by_hand_in_private(tmp_path):
    house = a_house(tmp_path)
    number = a_draft(house, action="invite_panel", person="c-3", customer="c-3")
    assert "no [contact] channel writes letters" in house.run("approve", number).out

    house = a_house(tmp_path, CONFIG + LETTERS)
    with house.store() as store:
        another = a_delivery(store, action="invite_panel", mention=1, person="c-4", customer="c-4")
    shown = house.run("approve", str(another)).out

    assert "for your hands: the registry has no e-mail address of c-4" in shown
    assert "where: to them alone, never under the post (https://forum.example/p1)" in shown


def test_whose_an_account_is_and_whether_they_hear_from_us_is_said_in_one_line(tmp_path):
    house = a_house(tmp_path, STAFF)
    (tmp_path / "customers.csv").write_text("id,name\nc-17,Anna\n")
    house.run("customers", "import", str(tmp_path / "customers.csv"))
    why = ("--why", "by phone", "--as", "kim")
    said = [
        house.run("customers", *words, *why)
        for words in (
            ("link", "reddit:anna", "c-17"), ("unlink", "reddit:anna"), ("optin", "c-17"), ("optout", "c-17"),
            ("optout", "c-17"), ("optin", "c-17"),
        )
    ]  # fmt: skip

    assert [one.out.splitlines()[0] for one in said] == [
        "reddit:anna is c-17; nothing new of it was heard so far",
        "reddit:anna is a person of its own again",
        "c-17 had not opted out",
        "c-17 hears nothing from us any more",
        "c-17 had opted out before",
        "c-17 may hear from us again",
    ]
    assert house.run("customers", "suggestions", "--json").out == ""
