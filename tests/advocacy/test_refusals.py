"""What cannot be done in the reference programme: each refusal names what is missing or where to look."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from listener.advocacy.fatigue import Policy
from listener.pipeline.people import NotPossible
from listener.pipeline.programme import Favour, Programme
from listener.store import Store
from listener.store.asks import Wanted
from tests.campaigns.ground import customers
from tests.makers import NOW, a_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = a_store(tmp_path)
    customers(store, {"id": "c-1"}, {"id": "c-2"})
    yield store
    store.close()


def kim(store: Store) -> Programme:
    return Programme(store, Policy(), lambda: NOW, "kim")


NOBODY = "there is no customer 'c-9' in the registry: `listener customers` lists them"
REFUSED: list[tuple[Callable[[Programme], Any], str]] = [
    (lambda p: p.nominate("c-9", "x"), NOBODY),
    (lambda p: p.favour("c-9", "call", Favour("given", "a call")), NOBODY),
    (lambda p: p.reviewed("c-1"), "c-1 is not in the programme: `listener references` lists who is"),
    (lambda p: p.rest("c-1", NOW), "not in the programme cannot rest: open steps are nominate"),
    (lambda p: p.invite("c-1", "call", " "), "say with --benefit what the customer gets"),
    (lambda p: p.answer(9, False, " "), "a no needs its reason: say why with --why"),
    (lambda p: p.answer(9, True), "there is no ask 9 that waits for an answer: `listener references asks`"),
    (lambda p: p.use("c-1", "deck", "a deck", "kim", [" "]), "say with --text what to look for there"),
    (lambda p: p.use("c-1", "deck", "a deck", "kim", ["Anna"]), "c-1 is not in the programme: only an accepted"),
    (lambda p: p.down(9), "there is no open entry 9: `listener references takedowns` lists them"),
    (lambda p: p.consent("c-1", "call", ["face"], None), "'face' is nothing to agree to: write name, logo, quote"),
    (lambda p: p.request(Wanted("call", {}, "sales", NOW - timedelta(days=1))), "2026-11-22 is over: write with --by"),
    (lambda p: p.again(9), "there is no request 9: `listener references requests` lists them"),
]


def test_what_is_missing_is_named_and_nothing_is_kept(store: Store) -> None:
    for refused, told in REFUSED:
        with pytest.raises(NotPossible) as caught:
            refused(kim(store))
        assert told in str(caught.value)
    assert store.references.get("c-1") is None


def test_a_request_that_nobody_serves_cannot_be_filled_and_ends_once(store: Store) -> None:
    number, proposals = kim(store).request(Wanted("call", {}, "sales"))
    assert proposals == []
    with pytest.raises(NotPossible, match=f"nobody is reserved for request {number}: reserve a customer, or cancel"):
        kim(store).close(number, True, "done")
    with pytest.raises(NotPossible, match="`listener references requests` tells who is"):
        kim(store).cancelled(number, "c-1", "ill")

    kim(store).close(number, False, "not needed")
    for again in (lambda: kim(store).close(number, False, ""), lambda: kim(store).again(number)):
        with pytest.raises(NotPossible, match=f"request {number} is cancelled already"):
            again()


def test_a_new_owner_who_looked_is_asked_no_more(store: Store) -> None:
    kim(store).nominate("c-1", "they praised us")
    store.references.mark("c-1", review="lee")
    kim(store).reviewed("c-1")

    assert store.references.get("c-1").review == ""  # type: ignore[union-attr]
