"""Who is asked next, by whom, and when a reference has turned sour: each with the reasons in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from listener.advocacy.drivers import Driver, Praise, drivers_of, route
from listener.advocacy.ranking import Answers, Candidate, likely_yes, ranked
from listener.advocacy.souring import over, soured
from listener.model.verdict import Verdict
from tests.makers import NOW

DAY = timedelta(days=1)
GROUP = Answers(3, 10)
KNOWN = Candidate("c-1", segment="pro", praise=2, praised_at=NOW - 10 * DAY, asked_at=NOW - 100 * DAY)


def first(*others: Candidate, groups: dict[str, Answers] | None = None) -> str:
    return ranked([KNOWN, *others], groups or {}, NOW)[0].candidate.customer


@pytest.mark.parametrize(
    "better",
    [
        {"agreed": True},
        {"praise": 5},
        {"praised_at": NOW - DAY},
        {"asked_at": None},
        {"asked_at": NOW - 300 * DAY},
        {"yes": 1},
        {"state": "active"},
    ],
)
def test_each_of_these_puts_a_customer_first(better: dict[str, Any]) -> None:
    assert first(replace(KNOWN, customer="c-9", **better)) == "c-9"


@pytest.mark.parametrize("worse", [{"no": 1}, {"given": 2, "received": 1}, {"praise": 1}, {"asked_at": NOW - DAY}])
def test_each_of_these_puts_a_customer_behind(worse: dict[str, Any]) -> None:
    assert first(replace(KNOWN, customer="c-0", **worse)) == "c-1"


def test_of_equals_the_one_who_was_asked_longest_ago_comes_first_and_then_the_name_decides() -> None:
    long_ago = replace(KNOWN, asked_at=NOW - 400 * DAY)
    longer_ago, twin = replace(long_ago, customer="c-8", asked_at=NOW - 500 * DAY), replace(long_ago, customer="c-7")

    found = ranked([twin, long_ago, longer_ago], {}, NOW)

    assert [one.candidate.customer for one in found] == ["c-8", "c-1", "c-7"]


def test_without_any_answer_the_usual_rate_counts_and_many_answers_outweigh_it() -> None:
    stranger = Candidate("c-1")

    assert likely_yes(stranger, Answers(0, 0)) == pytest.approx(0.3)
    assert likely_yes(stranger, Answers(90, 100)) > 0.85
    assert likely_yes(stranger, Answers(0, 100)) < 0.05


@pytest.mark.parametrize("praise", range(9))
@pytest.mark.parametrize(("yes", "no"), [(0, 0), (9, 0), (0, 9), (9, 9)])
def test_nothing_makes_a_yes_certain_or_impossible(praise: int, yes: int, no: int) -> None:
    candidate = Candidate("c-1", praise=praise, yes=yes, no=no, state="active")

    assert 0 < likely_yes(candidate, Answers(0, 1_000)) < likely_yes(candidate, Answers(1_000, 1_000)) < 1


def test_the_reasons_say_what_speaks_for_and_against() -> None:
    known = replace(KNOWN, state="active", agreed=True, yes=2, no=1, given=3, received=1)

    (found,) = ranked([known], {"pro": GROUP}, NOW)

    assert found.reasons == (
        "active in the programme",
        "agreed to this form",
        "praised us 2 times within a year, last 10 days ago",
        "was last asked 100 days ago",
        "said yes 2 times and no once",
        "gave 3 and received 1: give something back first",
        f"about {found.likely:.0%} likely to say yes (3 of 10 in the segment said yes)",
    )


def test_of_a_stranger_the_reasons_say_that_nothing_is_known() -> None:
    (found,) = ranked([Candidate("c-1")], {}, NOW)

    assert found.reasons == (
        "was never asked",
        "about 30% likely to say yes (nobody in the segment answered yet)",
    )


def test_the_strongest_driver_comes_first_with_its_newest_evidence() -> None:
    praise = [Praise(9, 0.9, ("service",)), Praise(8, 0.4, ("product", "service")), Praise(7, 0.5, ("product",))]

    assert drivers_of(praise) == (Driver("service", (9, 8), 1.3), Driver("product", (8, 7), 0.9))
    assert drivers_of([Praise(n, 0.1, ("brand",)) for n in range(20, 0, -1)])[0].mentions == (20, 19, 18, 17, 16)
    assert drivers_of([]) == drivers_of([Praise(1, 0.5, ())]) == ()


@pytest.mark.parametrize(
    ("drivers", "owner", "asker", "why"),
    [
        (("service",), "kim", "kim", "the driver is service, and kim looks after this customer"),
        (("service",), "", "programme", "the driver is service, but nobody is named as the customer's owner"),
        (("product", "service"), "kim", "programme", "the driver is product, so the programme asks"),
        ((), "kim", "programme", "the driver is not known, so the programme asks"),
    ],
)
def test_who_asks_depends_on_why_the_customer_is_happy(
    drivers: tuple[str, ...], owner: str, asker: str, why: str
) -> None:
    found = route([Driver(one, (1,), 1.0) for one in drivers], owner)

    assert (found.asker, found.by_owner, found.why) == (asker, asker == "kim", why)


@pytest.mark.parametrize(
    ("verdict", "why"),
    [
        (Verdict("negative", -0.5, 0.9, "vader", "en"), "mention 7 is a complaint (-0.50)"),
        (Verdict("negative", -0.3, 0.9, "vader", "en"), "mention 7 is a complaint (-0.30)"),
        (Verdict("negative", -0.2, 0.9, "vader", "en"), ""),
        (Verdict("mixed", -0.9, 0.9, "vader", "en"), ""),
        (Verdict("mixed", 0.1, 0.9, "vader", "en", tags=("churn",)), "mention 7 says that the customer leaves"),
    ],
)
def test_a_reference_turns_sour_by_a_complaint_or_by_words_of_leaving(verdict: Verdict, why: str) -> None:
    assert soured(verdict, 7) == why


@pytest.mark.parametrize(
    ("cause", "outcome", "closed", "ends"),
    [
        ("mention 7 is a complaint (-0.50)", "recovered", True, "Their last ticket was closed as recovered"),
        ("mention 7 is a complaint (-0.50)", "lost", True, ""),
        ("mention 7 is a complaint (-0.50)", None, False, "No complaint and no open ticket since"),
        ("an outbreak of sync", None, False, "No complaint and no open ticket since"),
        ("mention 7 says that the customer leaves", None, False, ""),
        ("they asked for it", None, False, ""),
    ],
)
def test_a_pause_seems_over_when_its_cause_is(cause: str, outcome: str | None, closed: bool, ends: str) -> None:
    told = over(cause, outcome, closed)

    assert told.startswith(ends)
    assert bool(told) == bool(ends) == told.endswith(f"the pause was because {cause}")
