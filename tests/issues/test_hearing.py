"""How many persons a window has, and what its z cannot exceed."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from listener.issues.hearing import Hearing, number_of
from listener.issues.rates import LONG, MOST_A_QUARTER, QUARTER, WIDTHS, quarter

DAYS = 20
BEGAN = 1_790_000_100.0
people = st.sampled_from([f"p{one}" for one in range(12)])
spoken = st.lists(st.tuples(people, st.integers(0, 60).map(lambda q: BEGAN + q * QUARTER / 2)), max_size=80)
# a few a day at about the same time, and a crowd at the end
daily = st.lists(st.tuples(st.integers(0, DAYS - 1), st.integers(0, 12)), max_size=60)


def hearing(said: list[tuple[str, float]], prior: float = 0.0) -> Hearing:
    made = Hearing(BEGAN, prior)
    for person, at in said:
        made.add(number_of(person), at)
    return made


def counted(made: Hearing, last: int, width: int) -> int:
    """Quarter by quarter, as people would count."""
    seen: set[str] = set()
    found = 0
    for now in range(last - width + 1, last + 1):
        new = {person for person, at in made.said if quarter(at) == now} - seen
        found += min(len(new), MOST_A_QUARTER)
        seen |= new
    return found


@settings(max_examples=80)
@given(spoken, spoken)
def test_a_window_counts_each_person_once_and_three_of_a_quarter(
    early: list[tuple[str, float]], late: list[tuple[str, float]]
) -> None:
    made, first = hearing(early), int(BEGAN // QUARTER)
    ends = range(first, first + 60)
    made.count(first + 60, LONG)
    for person, at in late:
        made.add(number_of(person), at)

    widths = (1, LONG // 2, LONG)
    assert [made.count(end, width) for end in ends for width in widths] == [
        counted(made, end, width) for end in ends for width in widths
    ]


@settings(max_examples=80)
@given(daily, st.integers(1, 30), st.sampled_from([0.0, 0.5]))
def test_what_may_not_reach_a_z_does_not(days: list[tuple[int, int]], crowd: int, prior: float) -> None:
    usual = [(f"d{day}.{n}", BEGAN + day * 86_400 + n * QUARTER) for day, n in days]
    end = BEGAN + DAYS * 86_400
    made = hearing([*usual, *((f"c{n}", end + n * QUARTER / 3) for n in range(crowd))], prior)

    for now in made.quarters():
        reached = {width: max(rates[place].z for _, rates in made.each(now, ())) for place, width in enumerate(WIDTHS)}
        for width, z in reached.items():
            assert made.may_reach(z, now, width, ()) or z <= 0 or not made.usual(now, width, ()).windows
