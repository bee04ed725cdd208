"""What our own people are told of references: what comes down, who stands in, what they can do."""

from __future__ import annotations

from datetime import timedelta

import pytest

from listener.actions import advocacy
from listener.actions.advocacy import Entry, Lost


def an_entry(hours: float = 0, owner: str = "web") -> Entry:
    return Entry(3, "page", "https://acme.example/wall", owner, "it is there", timedelta(hours=hours))


def test_a_reference_that_soured_names_what_comes_down_and_who_stands_in() -> None:
    lost = (Lost(1, "sales", "c-2"), Lost(2, "press", None))
    message = advocacy.take_down("c-17", "a complaint", (an_entry(), an_entry(owner="")), lost, "k")

    assert message.title == "c-17 is no reference now: 2 places to take down"
    assert message.facts == (
        ("3 page", "https://acme.example/wall (web; it is there)"),
        ("3 page", "https://acme.example/wall (no owner; it is there)"),
        ("request 1 of sales", "c-2 moves up"),
        ("request 2 of press", "nobody stands by, it is open again"),
    )
    assert "`listener references down NUMBER`" in message.footer


def test_where_nothing_must_come_down_the_road_is_named_instead() -> None:
    message = advocacy.take_down("c-17", "a withdrawal", (), (), "k")

    assert (message.title, message.facts) == ("c-17 is no reference now", ())
    assert message.footer == "`listener references show c-17` tells the whole road."


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        (0.9, "it is there"),
        (1, "it is there, for 1 h"),
        (47.9, "it is there, for 47 h"),
        (48, "it is there, for 2 days"),
    ],
)
def test_a_reminder_says_for_how_long_a_place_is_up(hours: float, told: str) -> None:
    message = advocacy.still_up("c-17", (an_entry(hours),), "k")

    assert message.title == "c-17: 1 place still not confirmed as taken down"
    assert message.facts == (("3 page", f"https://acme.example/wall (web; {told})"),)


@pytest.mark.parametrize(
    ("places", "shown"),
    [(0, "no place shows this customer"), (1, "1 place shows this customer"), (2, "2 places show this customer")],
)
def test_a_consent_that_ran_out_says_what_rests_on_it(places: int, shown: str) -> None:
    message = advocacy.consent_lapsed("c-17", "video", "2026-11-20", places, "k")

    assert message.title == "c-17: the consent for video ran out on 2026-11-20"
    assert shown in message.text
    assert "listener references consent c-17 --form video" in message.footer


def test_a_new_owner_is_asked_and_a_comeback_is_only_proposed() -> None:
    handed = advocacy.review("c-17", "", "kim", "k")
    back = advocacy.could_come_back("c-17", "Ticket 7 is closed", "k")

    assert handed.text.startswith("Nobody handed over to kim.")
    assert advocacy.review("c-17", "kim", "", "k").text.startswith("kim handed over to nobody.")
    assert back.text == "Ticket 7 is closed. Nothing happens by itself."
    assert back.footer.endswith("`listener references reinstate c-17`.")
