"""The daily look over references, and the outbreak that pauses those whom it touches."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from listener.advocacy.programme import after
from listener.advocacy.referring import after as referred
from listener.advocacy.souring import over
from listener.model.referral import Report
from listener.model.ticket import Ticket
from listener.pipeline.erasure import TERMS
from listener.pipeline.reference_watch import ReferenceWatch
from listener.store.asks import Wanted
from listener.store.delivery_lists import DeliveryFilter
from listener.store.engine import table
from listener.store.issues import IssueFilter
from listener.store.references import Step, pause
from tests.makers import a_customer
from tests.pipeline.road import NOW, RULES, Road, a_road, an_item
from tests.pipeline.test_bursts_told import QUIET, background, voices


def step(road: Road, what: str, why: str = "", **columns: Any) -> None:
    taken = Step("c-17", what, "ops", NOW, why, columns=columns)
    road.store.references.take(taken, lambda state, before: after(state, what, why, before))


def a_reference(folder: Path, rules: str = RULES, handle: str = "forum:anna") -> Road:
    """A road with one active reference, whom kim looks after."""
    road = a_road(folder, rules)
    a_customer(road.store, handle=handle, owner="kim")
    step(road, "nominate", owner="kim")
    step(road, "accept"), step(road, "activate")
    return road


def look(road: Road) -> list[str]:
    """What has been told of references after another daily look."""
    ReferenceWatch(road.store, road.notices, timedelta(days=30), road.clock).look()
    rows = road.store.deliveries.page(DeliveryFilter())
    return [row.message["title"] for row in rows if row.key.startswith(("review:", "come-back:", "consent:"))]


def reference(road: Road) -> Any:
    return road.store.references.get("c-17")


def test_a_new_owner_is_told_once_until_it_is_reviewed(tmp_path: Path) -> None:
    road = a_reference(tmp_path)
    assert look(road) == []
    a_customer(road.store, owner="lou")

    told = look(road), look(road)

    assert told == (["c-17: a new owner looks after this reference"],) * 2
    assert reference(road).review == "the owner was kim, now it is lou"
    road.store.references.mark("c-17", review="", owner="lou")
    road.clock.pass_by(days=1)
    assert len(look(road)) == 1


def test_a_consent_that_ran_out_is_told_once(tmp_path: Path) -> None:
    road = a_reference(tmp_path)
    place = {"customer": "c-17", "kind": "deck", "owner": "", "looks_for": ["Anna"], "place": "deck", "status": "up"}
    road.store.places.add({**place, "since": NOW}, "ops")
    until = NOW + timedelta(days=1)
    road.store.asks.agree({"customer": "c-17", "form": "written", "until": until, "at": NOW, "who": "kim"})
    assert look(road) == []

    road.clock.pass_by(days=2)

    told = [f"c-17: the consent for written ran out on {until:%Y-%m-%d}"]
    assert (look(road), look(road)) == (told, told)
    step(road, "withdraw", "does not want to any more")
    assert road.store.asks.lapsed(road.clock()) == []


def test_who_left_the_registry_is_paused_and_taken_down(tmp_path: Path) -> None:
    road = a_reference(tmp_path)
    place = {"customer": "c-17", "kind": "deck", "owner": "", "looks_for": ["Anna"], "place": "deck", "status": "up"}
    road.store.places.add({**place, "since": NOW}, "ops")
    a_customer(road.store, "c-99", "forum:zoe")

    look(road)

    assert (reference(road).state, reference(road).why[:17]) == ("paused", "the customer left")
    assert len(road.store.places.open_takedowns("c-17")) == 1
    road.clock.pass_by(days=90)
    assert look(road) == []


def test_an_empty_registry_pauses_nobody(tmp_path: Path) -> None:
    road = a_reference(tmp_path)
    road.store.customers.replace([], [])

    look(road)

    assert reference(road).state == "active"


def test_a_pause_whose_cause_is_over_is_proposed_once_and_never_ended(tmp_path: Path) -> None:
    road = a_reference(tmp_path)
    road.says(an_item(text="Acme Flow -", handle="anna"))
    assert look(road) == []
    road.clock.pass_by(days=31)
    assert look(road) == []  # its ticket is open

    closed = {"status": "closed", "outcome": "recovered", "closed_at": road.clock()}
    with road.store.database.write() as connection:
        connection.execute(update(table(Ticket)).values(closed))

    assert (look(road), look(road)) == (["c-17 could be reinstated as a reference"],) * 2
    assert reference(road).state == "paused"


def test_who_was_paused_by_hand_comes_back_by_hand(tmp_path: Path) -> None:
    road = a_reference(tmp_path)
    step(road, "pause", "mention 1 is a complaint, says sales")
    road.clock.pass_by(days=31)

    assert look(road) == []


@pytest.mark.parametrize(
    ("cause", "outcome", "closed", "is_over"),
    [
        ("mention 3 is a complaint (-0.80)", None, False, True),
        ("mention 3 is a complaint (-0.80)", "lost", True, False),
        ("mention 3 says that the customer leaves", None, False, False),
        ("mention 3 says that the customer leaves", "recovered", True, True),
        ("an outbreak touches them: issue i-1", "lost", False, True),
    ],
)
def test_what_is_over(cause: str, outcome: str | None, closed: bool, is_over: bool) -> None:
    assert bool(over(cause, outcome, closed)) is is_over


def test_an_outbreak_pauses_the_references_it_touches_with_its_alarm(tmp_path: Path) -> None:
    road = a_reference(tmp_path, QUIET, "forum:person2")
    # a mild complaint, which alone pauses nobody
    road.judge._limits = type(road.judge._limits)("ask", road.judge._limits.max_age, road.judge._limits.zone, sour=-1.0)
    road.says(*background())
    states = []
    for one in voices(6):
        road.says(one)
        states.append(reference(road).state)

    # whoever said it third is no reference from the sixth voice on
    assert states == ["active"] * 5 + ["paused"]
    issue = reference(road).why.removeprefix("an outbreak touches them: issue ")
    assert road.store.issues.alarms(issue)


def test_who_is_reinstated_while_it_goes_on_stays(tmp_path: Path) -> None:
    road = a_reference(tmp_path, QUIET, "forum:person2")
    road.says(*background(), *voices(6))
    why = reference(road).why
    step(road, "reinstate", "they do not mind")
    assert why

    road.watch.beat()

    assert reference(road).state == "active"


def test_a_pause_for_an_outbreak_is_not_proposed_while_it_goes_on(tmp_path: Path) -> None:
    road = a_reference(tmp_path, QUIET, "forum:zoe")
    road.says(*background(), *voices(6))
    issue = next(row.id for row in road.store.issues.page(IssueFilter()) if row.spread == "outbreak")
    with road.store.database.write() as connection:
        pause(connection, {"c-17": f"an outbreak touches them: issue {issue}"}, NOW)

    assert look(road) == []


def test_who_is_erased_leaves_the_programme_and_its_lists_whole(tmp_path: Path) -> None:
    road = a_reference(tmp_path)
    place = {"customer": "c-17", "kind": "deck", "owner": "", "looks_for": ["Anna"], "place": "deck", "status": "up"}
    road.store.places.add({**place, "since": NOW}, "ops")
    code = road.store.referrals.code_of("c-17", NOW, "a-code")
    assert road.store.referrals.clicked(code, NOW)
    road.store.referrals.reports("shop", [Report("evt-1", "signed_up", "shop-1", NOW, code=code)], referred, NOW)
    number = road.store.asks.open(Wanted("call", {}, "sales"), NOW)
    asked = {"form": "call", "asker": "sales"}
    assert road.store.asking.reserve(number, "c-17", "main", NOW, asked, lambda *_: True)
    road.store.panel.join("c-17", "beta", NOW, "ops")
    road.says(an_item(text="Acme Flow -", handle="anna"))

    whom = road.store.personal.by_customer("c-17")
    assert whom is not None
    road.store.personal.erase(whom, ["a" * 64], "ops", "asked for it", NOW, TERMS)

    assert list(road.store.personal.rows(whom)) == []
    assert (reference(road), road.store.places.open_takedowns(), road.store.panel.all(9, NOW)) == (None, [], [])
    assert not road.store.referrals.clicked(code, NOW)
    look(road)
