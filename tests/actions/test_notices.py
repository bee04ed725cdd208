"""What ops are told of the house itself: what happened, since when, and what to do next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from listener.actions import notices
from listener.actions.notices import Blindness, Day, Silenced

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
LATER = AT + timedelta(minutes=90)


def test_a_source_that_falls_silent_may_have_changed() -> None:
    message = notices.source_silent("feed", AT, timedelta(minutes=150), "k")

    assert message.title == "Source feed is silent since 2026-11-23 09:30 UTC"
    assert "usually brings something every 2 h 30 min" in message.text


def test_a_stretch_that_went_by_unread_is_told_with_its_cure() -> None:
    missed = notices.source_missed("feed", AT, LATER, "1,000 posts at once", "k")
    useless = notices.source_missed("feed", AT, AT, "3 entries without an id", "k")

    assert missed.title == "Source feed was not read from 2026-11-23 09:30 UTC to 2026-11-23 11:00 UTC"
    assert "A shorter `every` helps" in missed.text
    assert useless.title == "Source feed: something there could not be used"
    assert useless.text == "3 entries without an id\nEverything else of 2026-11-23 09:30 UTC was kept."


@pytest.mark.parametrize(
    ("last", "told"),
    [(None, "It was never read; about 1 mention missed"), (AT, "It was last read at 2026-11-23 09:30 UTC; about 1")],
)
def test_a_blind_source_says_when_it_was_last_read(last: datetime | None, told: str) -> None:
    assert told in notices.source_blind(Blindness("feed", AT, last, 1), "403", None, "k").text


@pytest.mark.parametrize(("minutes", "told"), [(59, "(59 min)"), (60, "(1 h 0 min)")])
def test_a_source_that_is_back_says_how_long_it_was_away(minutes: int, told: str) -> None:
    assert told in notices.source_back("feed", AT, AT + timedelta(minutes=minutes), 0, "k").text


def test_an_import_says_how_to_act_on_a_file_and_a_first_day_does_not() -> None:
    message = notices.imported("import", "old.csv", 2, 1, "k")

    assert message.title == "import: 2 old mentions, 1 complaint, nothing sent"
    assert message.text.startswith("They were imported from old.csv.")
    assert "`listener import --act`" in message.footer
    assert "--act" not in notices.first_day("feed", 2, 1, "k").footer


@pytest.mark.parametrize(("again", "then"), [(True, "the file is read again"), (False, "reload the daemon (SIGHUP)")])
def test_a_broken_file_says_whether_it_is_read_again_by_itself(again: bool, then: str) -> None:
    message = notices.file_broken("calendar.yaml", tuple("abcdefghijk"), "k", again)

    assert message.title == "calendar.yaml is broken; what it said before stays"
    assert message.text.endswith("j\nand 1 more")
    assert f"once it is mended {then}" in message.footer


@pytest.mark.parametrize(("waits", "how"), [(True, "waits"), (False, "cannot be used")])
def test_a_customer_file_that_is_not_taken_over_leaves_the_customers_as_they_were(waits: bool, how: str) -> None:
    message = notices.registry_stays("customers.csv", ("would remove 9 of 10",), waits, "k")

    assert message.title == f"customers.csv {how}; the customers are those from before"
    assert message.text == "would remove 9 of 10"


@pytest.mark.parametrize(
    ("waiting", "failed", "footer"),
    [
        (0, 0, ""),
        (2, 0, "For you: 2 to approve. `listener deliveries` shows them."),
        (0, 1, "For you: 1 failed. `listener deliveries` shows them."),
    ],
)
def test_a_quiet_heartbeat_asks_for_nothing(waiting: int, failed: int, footer: str) -> None:
    message = notices.heartbeat(Day(AT, 5, 0, 2, 0, 1, waiting, failed), "k")

    assert message.footer == footer
    assert message.text == "5 sources; 0 new tickets; 1 delivery made."


@pytest.mark.parametrize(
    ("status", "title", "footer"),
    [
        ("failed", "thank 12 failed by care", "Mend the cause, then `listener retry 12`."),
        ("in_doubt", "thank 12 may or may not have gone out by care", "Look there, then `listener settle 12 --sent`"),
    ],
)
def test_a_delivery_in_trouble_names_the_command_that_settles_it(status: str, title: str, footer: str) -> None:
    message = notices.delivery_trouble(12, "thank", "care", status, "500", "k")

    assert (message.title, message.text) == (title, "500")
    assert message.footer.startswith(footer)


def test_a_draft_that_its_rule_no_longer_wants_says_why() -> None:
    message = notices.withdrawn(12, "invite_panel", 41, "the person has an open ticket", "k")

    assert message.title == "Invite panel 12 was not sent"
    assert message.text == "The person has an open ticket."
    assert "`listener explain 41`" in message.footer


def test_a_silence_that_ends_says_what_it_kept_back() -> None:
    message = notices.silence_ended(Silenced("topic", "sync", AT, "zoe", "known trouble", 1), "k")

    assert message.title == "The silence on topic sync has ended"
    assert "zoe asked for it at 2026-11-23 09:30 UTC: known trouble\n1 action was not ordered" in message.text
    assert "`listener mute topic sync --until 7d --why …`" in message.footer
