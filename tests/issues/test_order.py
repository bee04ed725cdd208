"""Of the copies of a ground's words enough are kept that no late post is far from one, and no more."""

from hypothesis import given
from hypothesis import strategies as st

from listener.issues.order import NEWEST_KEPT, thinned


@given(st.sets(st.integers(0, 10**9), min_size=1, max_size=200))
def test_a_late_post_is_never_far_from_a_copy(places):
    newest, kept = max(places), thinned(places)
    assert set(kept) <= places
    assert set(sorted(places)[-NEWEST_KEPT:]) <= set(kept)
    assert min(places) in kept
    for place in places.difference(kept):
        before = max(one for one in kept if one < place)
        near = min(one for one in kept if one > place)
        assert newest - before <= 2 * (newest - near)


def test_copies_of_years_are_few():
    kept: list[int] = []
    for place in range(100_000):
        kept = thinned([*kept, place])
    assert len(kept) < 40
