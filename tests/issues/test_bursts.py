"""Alarms are raised by persons, and are a function of who spoke when."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from listener.issues.bursts import Alarm, Series, alarms, unsilenced
from listener.issues.hearing import Hearing, number_of
from listener.issues.rates import LONG, SHORT, Span

HOUR = 3_600.0
DAY = 24 * HOUR
BEGAN = 1_790_000_100.0
Heard = tuple[str, float]


def usual(days: int, an_hour: int = 1) -> list[Heard]:
    """So many persons an hour, each once."""
    return [(f"p{hour}.{one}", BEGAN + hour * HOUR + one) for hour in range(days * 24) for one in range(an_hour)]


def a_burst(persons: int, at: float, within: float = 2 * HOUR) -> list[Heard]:
    return [(f"b{one}", at + one * within / persons) for one in range(persons)]


def test_ten_persons_where_nobody_was_is_a_page() -> None:
    found = alarms(a_burst(10, BEGAN + 5 * DAY), BEGAN)

    assert [one.level for one in found] == ["watch", "page", "page"]
    assert [one.persons for one in found] == [4, 5, 10]


def test_three_persons_where_nobody_was_for_weeks_are_no_alarm() -> None:
    assert alarms(a_burst(3, BEGAN + 20 * DAY), BEGAN) == ()


def test_one_person_however_loud_is_none() -> None:
    assert alarms([("anna", at) for _, at in a_burst(200, BEGAN + 5 * DAY)], BEGAN) == ()


def test_a_clique_in_a_quarter_of_an_hour_does_not_page() -> None:
    found = alarms(a_burst(20, BEGAN + 5 * DAY, within=600), BEGAN)

    assert {one.level for one in found} <= {"watch"}


def test_the_usual_at_this_clock_time_is_no_alarm() -> None:
    assert alarms(usual(20, an_hour=3), BEGAN) == ()


def test_the_first_three_days_tell_nothing() -> None:
    assert alarms(a_burst(30, BEGAN + 2 * DAY), BEGAN) == ()


def test_a_burst_that_ended_may_be_told_again() -> None:
    first, second = a_burst(8, BEGAN + 5 * DAY), a_burst(8, BEGAN + 9 * DAY)
    series = Series(BEGAN)
    for person, at in (*first, *second):
        series.hear(person, at)

    assert len(series.spans(BEGAN + 12 * DAY)) == 2
    assert series.level(BEGAN + 5 * DAY + 2 * HOUR) == "page"
    assert series.level(BEGAN + 12 * DAY) is None


def test_days_with_an_alarm_do_not_become_usual() -> None:
    storm = [one for day in (5, 7) for one in a_burst(40, BEGAN + day * DAY)]
    found = alarms([*usual(12), *storm], BEGAN)

    assert {round((one.at - BEGAN) / DAY) for one in found} == {5, 7}


def test_a_burst_of_the_first_days_does_not_become_usual() -> None:
    early, late = a_burst(12, BEGAN + 2.5 * DAY), a_burst(12, BEGAN + 4.5 * DAY)

    told = [(one.at, one.level, one.persons) for one in alarms([*early, *late], BEGAN)]

    assert told == [(one.at, one.level, one.persons) for one in alarms(late, BEGAN)] != []


def test_a_burst_of_weeks_is_the_new_usual() -> None:
    series = Series(BEGAN)
    levels = {}
    for day in range(5, 30):
        for person, at in a_burst(60, BEGAN + day * DAY, within=DAY):
            series.hear(f"{day}.{person}", at)
        levels[day] = series.level(BEGAN + (day + 1) * DAY)

    assert (levels[7], levels[29]) == ("page", None)


def test_an_issue_in_alarm_silences_its_topic() -> None:
    loud = Alarm(100.0, "page", 9, 1.0, 9.0, 7.0, 6, 13)

    assert unsilenced([loud], [Span(50.0, 200.0)]) == ()
    assert unsilenced([loud], [Span(150.0)]) == (loud,)


heard = st.lists(
    st.tuples(
        st.sampled_from([f"p{one}" for one in range(30)]), st.integers(0, 12 * 96).map(lambda q: BEGAN + q * 450)
    ),
    max_size=120,
)


@settings(max_examples=60)
@given(heard, st.randoms(use_true_random=False), st.integers(0, 120))
def test_any_order_any_repeat_and_any_restart_give_the_same_alarms(
    spoken: list[Heard], chance: object, cut: int
) -> None:
    burst = a_burst(12, BEGAN + 4 * DAY)
    expected = alarms(sorted([*spoken, *burst], key=lambda one: one[1]), BEGAN)
    arriving = [*spoken, *burst, *spoken[:20]]
    chance.shuffle(arriving)
    series = Series(BEGAN + 5 * HOUR)
    for person, at in arriving[:cut]:
        series.hear(person, at)
        series.level(at)
    series = Series.from_json(json.loads(json.dumps(series.as_json())))
    for person, at in arriving[cut:]:
        series.hear(person, at)
    series.listen_from(BEGAN)

    assert series.alarms == expected


@settings(max_examples=60)
@given(heard)
def test_who_is_heard_all_at_once_is_heard_as_one_after_the_other(spoken: list[Heard]) -> None:
    burst = a_burst(12, BEGAN + 4 * DAY)
    at_once, slowly = Series(BEGAN), Series(BEGAN)
    at_once.hear_all([*burst, *spoken])
    for person, at in (*spoken, *burst):
        slowly.hear(person, at)

    ends = [BEGAN + day * DAY / 2 for day in range(24)]
    assert at_once.alarms == slowly.alarms
    assert [at_once.rate(end) for end in ends] == [slowly.rate(end) for end in ends]
    assert [at_once.persons(end, end + DAY) for end in ends] == [slowly.persons(end, end + DAY) for end in ends]


def test_persons_of_a_stretch_are_those_after_its_start_up_to_its_end() -> None:
    series = Series(BEGAN)
    series.hear_all(
        [("anna", BEGAN), ("ben", BEGAN + HOUR), ("anna", BEGAN + 2 * HOUR), ("anna", BEGAN + 2 * HOUR + 1)]
    )

    stretches = [
        (BEGAN - 1, BEGAN),
        (BEGAN, BEGAN + 2 * HOUR),
        (BEGAN + 2 * HOUR, BEGAN + DAY),
        (BEGAN + DAY, BEGAN + 2 * DAY),
    ]
    assert [len(series.persons(*one)) for one in stretches] == [1, 2, 1, 0]


@settings(max_examples=60)
@given(st.integers(1, 12), st.integers(0, 5), st.integers(0, 3))
def test_what_is_ruled_out_for_many_quarters_at_once_is_ruled_out_for_each(size: int, day: int, an_hour: int) -> None:
    said = [
        *usual(17, an_hour),
        *a_burst(size, BEGAN + (4 + day) * DAY),
        *a_burst(size, BEGAN + (11 + day) * DAY, HOUR),
    ]
    at_once, slowly, plain = Series(BEGAN, 0.5), Series(BEGAN, 0.5), Hearing(BEGAN, 0.5)
    at_once.hear_all(said)
    plain.fill((number_of(person), at) for person, at in said)
    for number, (person, at) in enumerate(said):
        slowly.hear(person, at)
        if person.startswith("b") or number % 10 == 0:
            slowly.spans(at)

    ruled_out = plain.unlikely(sorted(plain.quarters()), {LONG: 4.5, SHORT: 6.0})
    may = {
        now
        for now in plain.quarters()
        for width, z in ((LONG, 4.5), (SHORT, 6.0))
        if plain.may_reach(z, now, width, ())
    }
    assert not ruled_out & may
    assert an_hour == 0 or len(ruled_out | may) > 0.9 * len(plain.quarters())
    assert (at_once.alarms, at_once.spans(BEGAN + 30 * DAY)) == (slowly.alarms, slowly.spans(BEGAN + 30 * DAY))
