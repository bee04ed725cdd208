"""The reference programme: which steps are open from where."""

from __future__ import annotations

import pytest

from listener.advocacy.programme import MOVES, STATES, NoSuchMove, after


def test_the_way_from_a_candidate_to_an_active_reference() -> None:
    state = ""
    for step in ("nominate", "invite", "accept", "activate", "rest", "activate"):
        state = after(state, step)

    assert state == "active"


@pytest.mark.parametrize("state", ["candidate", "invited", "accepted", "active", "resting"])
def test_a_pause_goes_back_to_where_it_came_from(state: str) -> None:
    paused = after(state, "pause", "an open ticket")

    assert (paused, after(paused, "reinstate", before=state)) == ("paused", state)


@pytest.mark.parametrize("what", ["decline", "pause", "withdraw", "reconsider"])
def test_what_ends_or_turns_needs_a_reason(what: str) -> None:
    with pytest.raises(NoSuchMove, match="needs a reason"):
        after(min(MOVES[what].origin), what, "  ")


def test_a_withdrawn_customer_is_never_invited_by_mistake() -> None:
    with pytest.raises(NoSuchMove, match="open steps are reconsider"):
        after("withdrawn", "invite")


@pytest.mark.parametrize("state", [*STATES, ""])
def test_every_state_has_a_way_on(state: str) -> None:
    assert [what for what, move in MOVES.items() if state in move.origin]
