"""Requests and reservations: two teams never have the same customer, and a stand-by moves up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from listener.model.registry import Bought
from listener.store import Store
from listener.store.asks import Wanted
from listener.store.references import Step
from listener.store.silent_buyers import Silent
from tests.makers import NOW, a_customer, an_ask

CALL = Wanted("call", {"segment": "enterprise"}, "sales")
ASK = {"form": "call", "asker": "sales", "driver": "", "expected": 0.4, "answer": None}


def reserve(store: Store, number: int, customer: str, role: str, at: datetime, asked: dict[str, Any]) -> bool:
    return store.asking.reserve(number, customer, role, at, asked, lambda *_: True)


def test_two_requests_in_the_same_second_never_hold_the_same_customer(store):
    requests = [store.asks.open(CALL, NOW) for _ in range(8)]
    with ThreadPoolExecutor(8) as teams:
        held = list(teams.map(lambda number: reserve(store, number, "c-17", "main", NOW, ASK), requests))

    assert held.count(True) == 1
    assert store.asks.held(["c-17", "c-18"]) == {"c-17": requests[held.index(True)]}


def test_when_the_customer_cannot_the_stand_by_moves_up(store):
    number = store.asks.open(CALL, NOW)
    reserve(store, number, "c-1", "main", NOW, ASK), reserve(store, number, "c-2", "stand-by", NOW, ASK)

    moved = store.asks.cancelled(number, "c-1", NOW, "ill")

    assert moved is not None
    assert (moved.customer, moved.role) == ("c-2", "main")
    assert store.asks.get(number).status == "reserved"
    assert reserve(store, store.asks.open(CALL, NOW), "c-1", "main", NOW, ASK)


def test_without_a_stand_by_the_request_is_open_again(store):
    number = store.asks.open(CALL, NOW)
    reserve(store, number, "c-1", "main", NOW, ASK)

    assert store.asks.cancelled(number, "c-1", NOW, "ill") is None
    assert store.asks.get(number).status == "open"


def test_a_filled_request_frees_everybody_and_enters_give_and_take_once(store):
    number = store.asks.open(CALL, NOW)
    reserve(store, number, "c-1", "main", NOW, ASK), reserve(store, number, "c-2", "stand-by", NOW, ASK)
    gave = {"customer": "c-1", "at": NOW, "side": "given", "form": "call", "what": "a call of 30 minutes"}
    favour = gave | {"worth": "", "request": number, "who": "sales"}

    assert store.asks.close(number, "filled", "they signed", NOW, [favour])
    assert not store.asks.close(number, "filled", "they signed", NOW, [favour])
    assert [row.status for row in store.asks.bookings(number)] == ["done", "released"]
    assert len(store.asks.favours("c-1")) == 1


def test_an_ask_is_answered_once(store):
    an_ask(store, "c-1", driver="service")

    assert store.asking.answered(1, "yes", NOW, "") == "c-1"
    assert store.asking.answered(1, "no", NOW, "") is None
    assert [(row.group, row.yes, row.all) for row in store.goodwill.acceptance("form")] == [("call", 1, 1)]
    assert store.asks.asks_of(["c-1"]) == {"c-1": [NOW]}


def test_the_questions_behind_an_ask_are_understood_by_both_stores(store):
    a_customer(store, "c-1", owner="kim", segment="enterprise", products=["Flow"], columns={"industry": "bank"})
    store.purchases.keep([Bought("c-1", "Flow", NOW - timedelta(days=20))])
    number = store.asks.open(CALL, NOW)
    assert reserve(store, number, "c-1", "main", NOW, ASK)
    step = Step("c-1", "nominate", "kim", NOW)
    store.references.take(step, lambda state, before: "candidate")
    store.references.take(replace(step, what="pause", why="a quarrel"), lambda state, before: "paused")

    assert [(row.customer, row.why) for row in store.references.untold(NOW)] == [("c-1", "a quarrel")]
    assert [tuple(row) for row in store.asks.given_up("c-1", NOW)] == [(number, "sales", None)]
    assert store.asks.get(number).status == "open"
    assert {"segment", "industry", "product"} <= set(store.goodwill.columns())
    assert [store.goodwill.values_of(name) for name in ("segment", "industry", "product")] == [
        ["enterprise"], ["bank"], ["Flow"],
    ]  # fmt: skip
    asked_by_hand, rested = (Silent(NOW - timedelta(days=30), NOW, NOW + timedelta(days=n)) for n in (0, 1))
    assert [row.id for row in store.silent_buyers.of(rested, 5)] == ["c-1"]
    assert store.silent_buyers.of(asked_by_hand, 5) == []
    assert (store.silent_buyers.drafted_since(NOW), store.reckoning.clicks(NOW, NOW)) == (0, 0)
