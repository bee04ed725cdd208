"""What people are told: plain sentences with the next step, and titles that never quote a post."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from listener.actions import notices
from listener.actions.contract import Message
from listener.actions.notices import Day
from listener.actions.text import without
from listener.actions.wording import Told, Waiting, alert, approval, by_hand, in_doubt

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)

TOLD = Told(
    mention=41, brand="Acme Flow", source="reddit", text="Sync is down again", label="negative", author="zed",
    title="Help\nme", url="https://forum.example/t/1", score=-0.62, rating=1.0, ticket=7, rule="recover",
)  # fmt: skip
WAITING = Waiting(
    delivery=12,
    action="thank",
    draft="Thank you, zed!",
    told=TOLD,
    note="this is thanks.txt",
)


def test_an_alert_says_what_where_who_and_why() -> None:
    message = alert(TOLD, "k")

    assert message.title == "A complaint about Acme Flow on reddit"
    assert message.quote == "Help me\nSync is down again"
    assert message.facts == (
        ("Author", "zed"), ("Stars", "1 of 5"), ("Sentiment", "negative (-0.62)"), ("Ticket", "7"), ("Rule", "recover"),
    )  # fmt: skip
    assert "Ticket 7" in message.text
    assert "listener explain 41" in message.footer


def test_a_post_of_stars_alone_still_has_a_quote() -> None:
    assert alert(Told(1, "Acme", "play", "", "positive"), "k").quote == "(a post without text)"


@pytest.mark.parametrize(("message", "step"), [
    (approval(WAITING, "k"), "listener approve 12"), (by_hand(WAITING, "k"), "listener done 12"),
    (in_doubt(WAITING, "care", "k"), "listener settle 12 --sent"),
])  # fmt: skip
def test_what_waits_for_a_person_shows_the_draft_and_the_next_step(message: Message, step: str) -> None:
    assert step in message.footer
    assert message.text == "Note: this is thanks.txt\n\nThank you, zed!"
    assert message.title.startswith("Thank 12 ")
    assert "zed" not in message.title


def test_what_is_said_to_one_customer_alone_is_not_yours_to_post() -> None:
    message = by_hand(replace(WAITING, action="invite_panel"), "k")

    assert message.title == "Invite panel 12 is yours to send privately"
    assert "never under the post" in message.footer


BROKEN = notices.BrokenBook("7f3a", AT, AT + timedelta(minutes=90), 23, ("a.yaml:23:5: unknown field",))
NOTICES = [
    (notices.first_day("acme-news", 812, 31, "k"), "acme-news: 812 old mentions, 31 complaints, nothing sent"),
    (
        notices.source_blind(notices.Blindness("feed", AT, None, 0), "403", None, "k"),
        "Source feed cannot be read since 2026-11-23 09:30 UTC",
    ),
    (notices.source_back("feed", AT, AT + timedelta(minutes=90), 1, "k"), "Source feed is read again"),
    (notices.book_broken(BROKEN, "k"),
     "Running version 7f3a since 2026-11-23 09:30 UTC; file on disk is broken at line 23 since 2026-11-23 11:00 UTC"),
    (notices.brake("thank-all", 120, 20.0, "k"), "Rule thank-all was braked: it now asks before it acts"),
    (notices.heartbeat(Day(AT, 5, 1, 1, 3, 12, 2, 0), "k"), "Still listening: 1 mention since 2026-11-23 09:30 UTC"),
    (notices.held("care", ("One", "Two"), 20, "k"), "2 more alerts for care in one message"),
    (notices.trial("care", "k"), "[test] Channel care works"),
]  # fmt: skip


@pytest.mark.parametrize(("message", "headline"), NOTICES, ids=lambda one: None)
def test_notices_say_it_all_in_the_headline(message: Message, headline: str) -> None:
    assert message.headline == headline
    assert not message.quote


def test_a_blind_source_says_whether_it_is_tried_again() -> None:
    tried = notices.source_blind(notices.Blindness("feed", AT, None, 0), "timed out", AT + timedelta(hours=1), "k")
    given_up = notices.source_blind(notices.Blindness("feed", AT, None, 0), "410 Gone", None, "k")

    assert "tried again at 2026-11-23 10:30 UTC" in tried.text
    assert "before you change it" in given_up.text


def test_a_heartbeat_tells_what_waits() -> None:
    message = notices.heartbeat(Day(AT, 5, 1, 41, 3, 12, 2, 1, expired=1), "k")

    told, expired = message.text.splitlines()
    assert told == "5 sources, 1 of them cannot be read; 3 new tickets; 12 deliveries made."
    assert expired == "1 draft expired: nobody decided in time."
    assert message.footer.startswith("For you: 2 to approve, 1 failed.")


def test_a_long_list_says_how_much_it_left_out() -> None:
    assert notices.held("care", tuple(map(str, range(30))), 20, "k").text.endswith("and 10 more")
    assert notices.book_broken(replace(BROKEN, problems=("p",) * 12), "k").text.endswith("and 2 more")


def test_a_secret_of_a_few_letters_spoils_no_answer() -> None:
    assert without("a broken login", "o", "broken") == "a … login"
