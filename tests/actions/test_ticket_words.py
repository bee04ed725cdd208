"""What people are told of tickets, always with the command that comes next."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from listener.actions import ticket_words
from listener.actions.ticket_words import TicketTold

DUE = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
TOLD = TicketTold(7, "care", "high", "forum:anna", owner="kim", url="https://desk.example/7")


@pytest.mark.parametrize(
    ("name", "late", "title"),
    [
        ("reply", False, "Ticket 7 (care, high) must have its first reply by Mon 2026-11-23 16:00 UTC"),
        ("resolve", True, "Ticket 7 (care, high) is late: its solution was due Mon 2026-11-23 16:00 UTC"),
    ],
)
def test_a_promise_is_told_before_it_breaks_and_when_it_is_broken(name: str, late: bool, title: str) -> None:
    assert ticket_words.promise(TOLD, name, DUE, late, "k").title == title


@pytest.mark.parametrize(
    ("owner", "replied", "text", "step"),
    [
        ("kim", False, "The person has not heard from us yet.", "`listener ticket reply 7 --text-file FILE`"),
        ("kim", True, "The person has had a first reply.", "`listener ticket show 7`"),
        (None, False, "Nobody has it yet. The person has not heard from us yet.", "`listener ticket take 7`, then "),
    ],
)
def test_the_next_step_follows_from_how_the_ticket_stands(
    owner: str | None, replied: bool, text: str, step: str
) -> None:
    message = ticket_words.promise(replace(TOLD, owner=owner, replied=replied), "reply", DUE, False, "k")

    assert message.text == text
    assert message.footer.startswith(step)
    assert message.facts == (("Person", "forum:anna"), ("Owner", owner or "nobody"), ("Queue", "care"))
    assert message.link == "https://desk.example/7"


@pytest.mark.parametrize(
    ("how", "text"),
    [
        ("joined", "`listener explain 41` shows what they say."),
        ("resumed", "It is open again, and its time runs. `listener explain 41` shows what they say."),
        ("reopened", "It was closed, and is open again. `listener explain 41` shows what they say."),
    ],
)
def test_an_answer_says_what_it_did_to_the_ticket(how: str, text: str) -> None:
    assert ticket_words.wrote(TOLD, how, 41, "k").text == text


def test_whom_we_waited_for_in_vain_is_told_as_open() -> None:
    assert "goes on: the time for the person's answer is over" in ticket_words.waited(TOLD, "k").title


def test_who_is_unhappier_after_the_close_can_be_taken_up_again() -> None:
    message = ticket_words.got_worse(TOLD, 5, "k")

    assert message.title == "Ticket 7 was closed 5 days ago, and its person is unhappier than before"
    assert message.footer == "`listener ticket show 7`, then `listener ticket reopen 7`"


@pytest.mark.parametrize(
    ("cause", "asked", "text", "option"),
    [
        (None, "why", "RT gives no root cause, so you are asked for it.", "--cause TEXT"),
        ("", "why", "RT gives no root cause, so you are asked for it.", "--cause TEXT"),
        ("a cable", "how", "It is closed here too.", "--cause 'a cable'"),
    ],
)
def test_a_close_outside_asks_for_what_is_missing_here(cause: str | None, asked: str, text: str, option: str) -> None:
    message = ticket_words.closed_outside(TOLD, "RT", cause, "k")

    assert message.title == f"Ticket 7 was closed in RT: {asked} did it end?"
    assert message.text.endswith(text)
    assert option in message.footer


def test_a_tracker_that_lost_a_ticket_or_cannot_be_read_costs_nothing_here() -> None:
    gone = ticket_words.gone_outside(TOLD, "RT", "ticket 12", 2, "k")
    blind = ticket_words.tracker_blind("RT", "RT wants other credentials (401)", "k")

    assert "with 2 mentions" in gone.text
    assert "`listener ticket track 7` opens it there anew" in gone.footer
    assert blind.title == "Tracker RT cannot be read"
    assert blind.text.startswith("RT wants other credentials (401)\n")
