"""Who complains alike in other issues."""

from __future__ import annotations

import pytest

from listener.issues.similar import MOST_OF_A_DAY, Days, Spoken

DAY = 86_400.0
HOUR = 3_600.0
NOON = 20_000 * DAY + 12 * HOUR
SYNC = "sync error upload phone"


def said(person: str | None, issue: str, words: str = SYNC, at: float = NOON - HOUR) -> Spoken:
    return Spoken(f"{person} {at}", at, person, issue, frozenset(words.split()))


def a_week(issues: int = 20, form: str = "") -> list[Spoken]:
    return [said(f"w{n}", f"i{n}", f"{form} one{n} two{n}", NOON - DAY * (1 + n % 7)) for n in range(issues)]


def days_of(*spoken: Spoken, week: list[Spoken] | None = None) -> Days:
    days = Days(lambda number: ())
    for one in (*(a_week() if week is None else week), *spoken):
        days.add(one)
    return days


ME = said("anna", "mine", "sync error upload tablet", NOON)
BEN, CEM = said("ben", "other"), said("cem", "third", "upload error sync photo")


def test_who_complains_alike_in_another_issue_counts_where_a_third_bears_it_out() -> None:
    assert days_of(BEN, CEM, ME).elsewhere(ME) == {"ben", "cem"}
    assert days_of(BEN, said("cem", "other", "nothing of the kind"), ME).elsewhere(ME) == set()
    assert days_of(BEN, ME).elsewhere(ME) == set()


def test_one_of_the_same_issue_bears_out_one_of_another() -> None:
    mate = said("dan", "mine", "sync error upload")

    assert days_of(BEN, mate, ME).elsewhere(ME) == {"ben"}
    assert days_of(BEN, said("dan", "mine", "tablet"), ME).elsewhere(ME) == set()


def test_two_of_one_issue_bear_each_other_out() -> None:
    one, other = said("ben", "other", "sync upload a b"), said("cem", "other", "error tablet c d")

    assert days_of(one, other, ME).elsewhere(ME) == {"ben", "cem"}
    assert days_of(one, said("cem", "third", "error tablet c d"), ME).elsewhere(ME) == set()


@pytest.mark.parametrize(
    "witness",
    [
        said("ben", "third", at=NOON - 2 * HOUR),
        said(None, "third"),
        said("anna", "third"),
        said("cem", "third", at=NOON - 24 * HOUR),
        said("cem", "third", at=NOON + 1),
    ],
    ids=["the same person again", "nobody known", "oneself", "a day ago", "later"],
)
def test_nobody_else_of_the_day_before_is_no_third(witness: Spoken) -> None:
    assert days_of(BEN, witness, ME).elsewhere(ME) == set()


def test_the_day_before_reaches_over_midnight() -> None:
    yesterday = [said("ben", "other", at=NOON - 23 * HOUR), said("cem", "third", at=NOON - 22 * HOUR)]

    assert days_of(*yesterday, ME).elsewhere(ME) == {"ben", "cem"}


def test_what_every_issue_of_the_week_said_makes_nothing_similar() -> None:
    form = "dear team order number product version"
    today = [said(who, who, f"{form} {trouble}") for who, trouble in (("ben", "parcel wet"), ("cem", "invoice twice"))]
    me = said("anna", "mine", f"{form} login fails", NOON)

    assert days_of(*today, me).elsewhere(me) == {"ben", "cem"}
    assert days_of(*today, me, week=a_week(form=form)).elsewhere(me) == set()


def test_nobody_is_looked_for_before_it_is_known_what_all_say() -> None:
    assert days_of(BEN, CEM, ME, week=a_week(9)).elsewhere(ME) == set()
    assert days_of(BEN, CEM, ME, week=a_week(10)).elsewhere(ME) == {"ben", "cem"}


def test_an_outbreak_of_the_week_leaves_its_words_telling() -> None:
    week = [said(f"p{n}", "outbreak", SYNC, NOON - DAY * (1 + n % 7)) for n in range(60)]

    assert days_of(*week, *a_week(), BEN, CEM, ME, week=[]).elsewhere(ME) == {"ben", "cem"}


def test_what_ops_set_apart_is_not_similar() -> None:
    found = days_of(BEN, CEM, said("dan", "third"), ME).elsewhere(ME, lambda other: other.issue != "other")

    assert found == {"cem", "dan"}


def test_of_a_busy_day_the_newest_are_looked_at() -> None:
    crowd = [said(f"p{n}", f"i{n}", f"w{n}", NOON - HOUR / 2) for n in range(MOST_OF_A_DAY)]

    assert days_of(BEN, CEM, *crowd[:-3], ME).elsewhere(ME) == {"ben", "cem"}
    assert days_of(BEN, CEM, *crowd, ME).elsewhere(ME) == set()


def test_the_newest_of_an_issue_is_found_up_to_a_time() -> None:
    late = said("dan", "mine", at=NOON + HOUR)
    days = days_of(BEN, ME, late)

    assert [days.newest("mine", at) for at in (NOON - 1, NOON, NOON + HOUR)] == [None, ME, late]
