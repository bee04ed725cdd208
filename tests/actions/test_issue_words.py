"""An issue on an alert, and news of a burst."""

from __future__ import annotations

from typing import Any

import pytest

from listener.actions.contract import Message
from listener.actions.issue_words import IssueTold, burst, topic_burst, with_cards

ALERT = Message(title="A complaint", text="VIP", facts=(("Author", "zed"),), key="k")


def an_issue(**columns: Any) -> IssueTold:
    told = {"id": "I-1", "brand": "Acme", "topic": "sync", "title": "Sync fails", "spread": "shared", "state": "new"}
    told |= {"counted": "3 persons", "baseline": "baseline: 0.4 in 6 h", "lines": ("3 persons in 6 h", "2 customers")}
    return IssueTold.model_validate(told | columns)


def test_an_alert_carries_the_gravest_card_whole_and_a_line_of_each_other() -> None:
    worse = an_issue(id="I-2", title="Log-in", spread="outbreak", lines=("9 persons",))
    message = with_cards(ALERT, [an_issue(), worse])

    assert message.text == "VIP\n\n9 persons\nalso I-1 (Sync fails): 3 persons in 6 h"
    assert message.facts[:3] == (("Author", "zed"), ("Issue", "I-2: Log-in"), ("Spread", "outbreak"))
    assert ("Baseline", "0.4 in 6 h") in message.facts
    assert with_cards(ALERT, []) is ALERT


@pytest.mark.parametrize(
    ("level", "again", "title"),
    [
        ("page", False, "Outbreak: 9 persons have the same trouble with Acme (sync)"),
        ("watch", True, "Watch: 9 persons have the same trouble with Acme (sync), it has grown"),
    ],
)
def test_a_burst_says_how_bad_it_is_and_whether_it_has_grown(level: str, again: bool, title: str) -> None:
    message = burst(an_issue(), level, 9, "k", again)

    assert message.title == title
    assert message.text == "Sync fails: several persons have it.\n\n3 persons in 6 h\n2 customers"
    assert "`listener issues mute I-1 --until +20`" in message.footer


def test_a_topic_that_no_single_issue_explains_is_told_with_its_figures() -> None:
    message = topic_burst("Acme", "sync", 9, 2.04, 4.41, "page", "k")

    assert message.title == "Outbreak: 9 persons complain of sync at Acme"
    assert message.text.startswith("9 persons in 6 h, expected 2.0 → 4.4 ×.")
