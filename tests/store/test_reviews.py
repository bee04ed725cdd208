"""The questions of the daily look and of the panel, on both stores."""

from __future__ import annotations

from listener.store.inviting import Nomination, invited, outdated
from listener.store.reviews import struck
from tests.makers import a_customer
from tests.pipeline.road import NOW

DRIVERS = [{"driver": "product", "mentions": [1], "score": 0.8}]


def test_a_candidate_by_rule_is_made_once_and_asked_questions_about(store):
    a_customer(store, owner="lou")
    with store.judging.turn(NOW) as turn:
        for _ in range(2):
            turn.inviting.nominate(Nomination("c-17", "kim", DRIVERS, "kind", 1))
        assert turn.inviting.answers("call", "") == (0, 0)
        assert turn.inviting.standing("c-17").state == "candidate"
        assert (turn.inviting.asks("c-17"), turn.inviting.praise("c-17")) == ([], [])

    assert len(store.references.steps("c-17")) == 1
    assert [(row.before, row.owner) for row in store.reviews.handed_over()] == [("kim", "lou")]
    with store.database.write() as connection:
        assert struck(connection, "i-1", NOW) == []
        assert outdated(connection, "c-17") == ""


def test_who_left_is_paused_and_the_panel_is_listed(store):
    a_customer(store, "c-99", "forum:zoe")
    with store.judging.turn(NOW) as turn:
        turn.inviting.nominate(Nomination("c-17", "kim", DRIVERS, "kind", 1))

    assert store.reviews.gone(NOW, "left") == ["c-17"]
    assert [row.customer for row in store.reviews.paused(NOW)] == ["c-17"]
    assert store.panel.join("c-99", "beta", NOW, "kim")
    assert not store.panel.join("c-99", "beta", NOW, "kim")
    assert [row.customer for row in store.panel.all(9, NOW)] == ["c-99"]


class Row:
    """As much of a delivery as an invitation needs."""

    id, customer, action, rule = 7, "c-17", "invite_reference", "kind"
    options = {"form": "writing", "reference.asker": "kim", "reference.driver": "service", "reference.expected": 0.4}


def test_an_invitation_counts_as_one_ask(store):
    with store.judging.turn(NOW) as turn:
        turn.inviting.nominate(Nomination("c-17", "kim", DRIVERS, "kind", 1))
    with store.database.write() as connection:
        for _ in range(2):
            invited(connection, store.database, Row(), NOW)  # type: ignore[arg-type]

    assert [(row.form, row.asker, row.delivery) for row in store.asks.asks(9)] == [("written", "kim", 7)]
    assert store.references.get("c-17").state == "invited"
