"""The contact budget as a table: who stands how, for what, and what is in the way."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from listener.config.quantities import REMEMBERED
from listener.customers.budget import Policy, told
from listener.model.contact import Block, Entry, Standing
from listener.store.reach import MEMORY
from rules.quantities import QuietHours

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
POLICY = Policy()
NONE, SECOND = timedelta(), timedelta(seconds=1)


def ago(number: int, purpose: str = "thanks", **stretch: float) -> Entry:
    return Entry(number, 30 + number, purpose, "slack", NOW - timedelta(**stretch))


def a_standing(purpose: str = "thanks", *entries: Entry, **more: Any) -> Standing:
    return Standing(NOW, NOW, purpose, entries=entries, **more)


def why(purpose: str = "thanks", *entries: Entry, **more: Any) -> str:
    block = POLICY.check(a_standing(purpose, *entries, **more))
    return block.why if block else ""


def test_somebody_who_never_heard_from_us_may_be_reached() -> None:
    assert [why(purpose) for purpose in ("thanks", "gift", "ask", "engage", "notice", "recovery")] == [""] * 6


def test_a_block_names_the_entry_its_delivery_and_when_it_is_free_again() -> None:
    block = POLICY.check(a_standing("notice", ago(17, hours=20)))

    assert block is not None
    assert block.why == (
        "contact 17: thanks on 2026-11-22 by slack (delivery 47); 1 per 24h over all purposes, "
        "free again 2026-11-23 16:00 UTC"
    )
    assert block.until == NOW + timedelta(hours=4)


@pytest.mark.parametrize("purpose", ["thanks", "gift", "ask", "engage", "notice"])
def test_the_budget_counts_over_all_purposes(purpose: str) -> None:
    entries = (ago(3, "notice", days=2), ago(2, "recovery", days=4), ago(1, "engage", days=6))

    assert why(purpose, *entries).startswith("contact 1: engage on 2026-11-17 by slack")
    assert why(purpose, *entries[:2]) == ""


def test_a_recovery_reply_waits_for_nobodys_thanks() -> None:
    entries = [ago(number, hours=number) for number in range(1, 9)]

    assert why("recovery", *entries, ticket=4, complaint=(9, NOW)) == ""
    assert "nothing from us" in why("recovery", opted_out=True)


def test_an_ask_rests_whoever_asked() -> None:
    assert "an ask rests for 90 days, free again 2027-01-12" in why("ask", ago(5, "ask", days=40))
    assert why("thanks", ago(5, "ask", days=40)) == ""
    assert why("ask", ago(5, "ask", days=91)) == ""


@pytest.mark.parametrize("purpose", ["thanks", "gift", "ask", "engage"])
def test_trouble_keeps_praise_gifts_and_asks_back(purpose: str) -> None:
    assert why(purpose, ticket=7) == "ticket 7 of this person is open: recovery comes first"
    assert why(purpose, complaint=(12, NOW - timedelta(days=3))).startswith("mention 12 of 2026-11-20 is a complaint")
    assert why(purpose, complaint=(12, NOW - timedelta(days=14))) == ""


def test_who_said_that_the_trouble_is_over_is_thanked_unless_there_is_another() -> None:
    assert why("thanks", complaint=(9, NOW - timedelta(days=1)), settled=True) == ""
    assert why("thanks", complaint=(9, NOW + timedelta(seconds=1)), settled=True).startswith("mention 9 of")


def test_news_of_a_fix_reaches_who_is_in_trouble() -> None:
    assert why("notice", ticket=7, complaint=(12, NOW)) == ""


def test_what_is_on_its_way_counts_as_now() -> None:
    flying = Entry(None, 31, "gift", "mail", NOW - timedelta(days=2), open=True)
    block = POLICY.check(a_standing("notice", flying))

    assert block is not None
    assert block.why == "delivery 31: gift by mail is on its way to this person; wait for its end"
    assert block.until == NOW + timedelta(hours=1)


@pytest.mark.parametrize(("purpose", "waits"), [("thanks", False), ("gift", True), ("ask", True), ("notice", True)])
def test_waiting_makes_sense_for_some_purposes_only(purpose: str, waits: bool) -> None:
    entries = [ago(3, days=2), ago(2, days=2.5), ago(1, days=3)]
    block = POLICY.check(a_standing(purpose, *entries))

    assert block is not None
    assert (block.until is not None) is waits


@pytest.mark.parametrize(("purpose", "days"), [("thanks", 3), ("engage", 3), ("notice", 7), ("gift", 7), ("ask", 30)])
def test_a_purpose_waits_for_so_many_days_and_no_longer(purpose: str, days: int) -> None:
    """The place is free again in 4 hours; so much before that it began to wait."""
    hours, entry = timedelta(days=days) - timedelta(hours=4), ago(1, hours=20)
    in_time, too_late = (Standing(NOW, NOW - hours - more, purpose, entries=(entry,)) for more in (NONE, SECOND))

    assert POLICY.check(in_time).until == NOW + timedelta(hours=4)  # type: ignore[union-attr]
    assert POLICY.check(too_late).until is None  # type: ignore[union-attr]


def test_of_several_things_the_one_that_lasts_longest_is_told() -> None:
    busy = ago(1, "notice", hours=20)

    assert why("gift", busy, complaint=(9, NOW - timedelta(days=10))).startswith("mention 9 of 2026-11-13")
    assert why("gift", busy, complaint=(9, NOW - timedelta(days=13, hours=23))).startswith("contact 1: notice")


def test_an_ask_looks_again_tomorrow_while_a_ticket_is_open() -> None:
    block = POLICY.check(a_standing("ask", ticket=7))

    assert block == Block("ticket 7 of this person is open: recovery comes first", NOW + timedelta(days=1))
    assert POLICY.check(a_standing("thanks", ticket=7)).until is None  # type: ignore[union-attr]


def test_an_ask_looks_again_in_an_hour_while_another_is_on_its_way() -> None:
    flying = Entry(None, 31, "ask", "mail", NOW - timedelta(days=2), open=True)
    block = Policy(per_person=()).check(a_standing("ask", flying))

    assert block is not None
    assert block.why.startswith("delivery 31: ask by mail is on its way to this person; an ask rests for 90 days")
    assert block.until == NOW + timedelta(hours=1)
    assert Policy(per_person=()).check(a_standing("ask", ago(1, "ask", days=80))) == Block(
        "contact 1: ask on 2026-09-04 by slack (delivery 31); an ask rests for 90 days, free again 2026-12-03",
        NOW + timedelta(days=10),
    )


def test_a_contact_that_a_person_made_by_hand_has_no_delivery() -> None:
    assert told(Entry(17, None, "recovery", "", NOW)) == "contact 17: recovery on 2026-11-23"


@pytest.mark.parametrize(("window", "says"), [(24, "1 per 24h"), (36, "1 per 36h"), (48, "1 per 2d")])
def test_a_window_is_named_as_ops_write_it(window: int, says: str) -> None:
    policy = Policy(per_person=((1, timedelta(hours=window)),))
    block = policy.check(a_standing("notice", ago(1, hours=2)))

    assert block is not None
    assert f"; {says} over all purposes, free again" in block.why


def test_the_store_remembers_as_long_as_the_configuration_permits() -> None:
    assert MEMORY >= REMEMBERED


def test_nobody_waits_for_longer_than_that_in_all() -> None:
    late = Standing(NOW, NOW - timedelta(days=3), "thanks", entries=(ago(1, hours=2),))

    assert POLICY.check(late).until is None  # type: ignore[union-attr]


def test_letters_wait_for_the_morning_of_the_customer() -> None:
    policy = Policy(quiet=QuietHours(time(21), time(8), ZoneInfo("UTC")))
    block = policy.check(a_standing("notice", private=True, zone="Pacific/Auckland"))  # there it is 01:00

    assert block is not None
    assert block.until == datetime(2026, 11, 23, 19, 0, tzinfo=UTC)
    assert block.why == "quiet hours until 2026-11-24 08:00 NZDT"
    assert policy.check(a_standing("notice", zone="Pacific/Auckland")) is None
    assert policy.check(a_standing("notice", private=True, zone="Moon/Base")) is None
    assert policy.check(a_standing("notice", private=True)) is None
