"""Several mentions in one message, and what became of a message that people were sent before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from listener.actions.contract import Message
from listener.actions.groups import Group, Seen, acknowledged, decided, draft, group, of_ticket, single
from listener.actions.wording import Told, Waiting

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TOLD = Told(41, "Acme Flow", "reddit", "Sync is\ndown", "negative", url="https://forum.example/t/1")
DRAFT = Waiting(12, "invite_panel", "Come!", TOLD)


def a_group(mentions: int, before: int = 0, acked: str = "", **about: str) -> Group:
    return Group(5, mentions, before, about, (TOLD,) * min(mentions, 20), acked)


def does(message: Message) -> list[str]:
    return [button.do for button in message.buttons]


@pytest.mark.parametrize(
    ("told", "title"),
    [
        (a_group(3, topic="sync", source=""), "3 mentions: topic sync"),
        (a_group(3, before=2, topic="sync"), "3 mentions, 2 of them told before: topic sync"),
        (a_group(3), "3 mentions in one message"),
        (a_group(1), "1 mention that needs you"),
    ],
)
def test_a_group_is_named_by_what_its_mentions_share(told: Group, title: str) -> None:
    assert group(told, "k").title == title


def test_a_group_shows_eight_mentions_and_counts_the_rest() -> None:
    lines = group(a_group(10), "k").quote.splitlines()

    assert lines[0] == "• negative on reddit: Sync is down https://forum.example/t/1"
    assert (len(lines), lines[-1]) == (9, "and 2 more")
    assert len(group(a_group(8), "k").quote.splitlines()) == 8


def test_a_mention_in_a_group_names_its_ticket_and_says_that_it_is_gone() -> None:
    gone = replace(TOLD, text="", url=None, ticket=7)

    assert group(Group(5, 1, 0, {}, (gone,)), "k").quote == "• negative on reddit, ticket 7: (the post is gone)"


def test_who_saw_to_a_group_is_named_and_nobody_is_asked_again() -> None:
    assert does(group(a_group(2), "k")) == ["acknowledge", "mute"]
    message = group(a_group(2, acked="Acknowledged by kim"), "k")
    assert (message.text, does(message)) == ("Acknowledged by kim", ["mute"])


@pytest.mark.parametrize(
    ("ticket", "seen", "text", "buttons"),
    [
        (None, Seen(5), "VIP", ["acknowledge", "mute"]),
        (None, Seen(5, "Acknowledged by kim"), "VIP\nAcknowledged by kim", ["mute"]),
        (7, Seen(5, "A", "kim", "open"), "VIP\nTicket 7 is with kim.\nA", ["assign", "close", "mute"]),
        (7, Seen(5, "A", "kim", "closed"), "VIP\nTicket 7 is closed.\nA", ["mute"]),
        (7, Seen(5, "A"), "VIP\nTicket 7 is open for it: `listener ticket take 7`.\nA",
         ["take", "assign", "close", "mute"]),
    ],
)  # fmt: skip
def test_an_alert_shows_how_its_ticket_stands(ticket: int | None, seen: Seen, text: str, buttons: list[str]) -> None:
    message = single(replace(TOLD, ticket=ticket), seen, "k", above="VIP")

    assert (message.text, does(message)) == (text, buttons)


@pytest.mark.parametrize(
    ("owner", "status", "text", "buttons"),
    [
        ("", "open", "Late", ["take", "assign", "close"]),
        ("kim", "open", "Late\nTicket 7 is with kim.", ["assign", "close"]),
        ("kim", "closed", "Late\nTicket 7 is closed.", []),
    ],
)
def test_news_of_a_ticket_says_what_was_done_since(owner: str, status: str, text: str, buttons: list[str]) -> None:
    message = of_ticket(Message(title="T", text="Late", key="k"), 7, owner, status)

    assert (message.text, does(message)) == (text, buttons)


@pytest.mark.parametrize(
    ("status", "title", "buttons"),
    [
        ("waiting", "Invite panel 12 waits for your approval (Acme Flow, reddit)", ["approve", "edit", "reject"]),
        ("by_hand", "Invite panel 12 is yours to send privately", ["done", "skip"]),
        ("done", "Invite panel 12: approved by kim", []),
    ],
)
def test_a_draft_offers_what_can_still_be_decided(status: str, title: str, buttons: list[str]) -> None:
    message = draft(DRAFT, status, "approved by kim", "k")

    assert (message.title, does(message), bool(message.footer)) == (title, buttons, bool(buttons))


@pytest.mark.parametrize(("status", "waits"), [("waiting", "waits for your approval"), ("by_hand", "is yours to do")])
def test_a_draft_that_no_mention_ordered_has_no_post_to_show(status: str, waits: str) -> None:
    message = draft(replace(DRAFT, told=Told(0, "", "", "", "")), status, "", "k")

    assert (message.title, message.quote) == (f"Invite panel 12 {waits}", "")


def test_a_decision_names_who_when_and_why() -> None:
    assert decided("held", "kim", AT, None) == "approved by kim at 2026-11-23 09:30 UTC"
    assert decided("in_doubt", None, None, "no answer") == "in doubt: no answer"
    assert acknowledged("kim", AT) == "Acknowledged by kim at 2026-11-23 09:30 UTC"
    assert acknowledged("kim", None) == acknowledged(None, AT) == ""
