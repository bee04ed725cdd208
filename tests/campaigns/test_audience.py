"""Whom an issue affects, and who is left out for which reason."""

from __future__ import annotations

from datetime import timedelta

import pytest

from listener.model.mention import Mention
from listener.pipeline.audience import Audiences, Exclusions
from listener.pipeline.people import NotPossible
from listener.store import Store
from listener.store.audience import Standings
from listener.store.engine import table
from tests.campaigns.ground import an_issue, an_outbreak, customers, registry, said
from tests.makers import NOW


def sizes(store: Store, issue: str, *where: str) -> dict[str, int]:
    found = Audiences(store, lambda: NOW).affected(issue, where)
    return {each.name: len(each.customers) for each in found.lists}


def test_reporters_their_segment_and_whom_ops_name_are_three_lists(store: Store) -> None:
    registry(store)
    issue = an_outbreak(store)

    found = Audiences(store, lambda: NOW).affected(issue, ["plan=pro"])

    assert str(found.segment) == "version=3"
    assert {each.name: len(each.customers) for each in found.lists} == {"A": 8, "B": 12, "C": 20}
    assert "8 of 8 complainants" in found.lists[1].test
    assert found.strangers == ("forum:stranger",)
    assert store.issues.get(issue).affected == 40


def test_without_a_segment_there_is_the_first_list_and_the_reason(store: Store) -> None:
    registry(store)
    issue = an_issue(store, said(store, ["c1", "c2"], tag="down"))

    found = Audiences(store, lambda: NOW).affected(issue)

    assert [len(each.customers) for each in found.lists] == [2, 0, 0]
    assert "a segment takes 3" in found.lists[1].test


def test_an_empty_registry_has_nobody_and_says_so(store: Store) -> None:
    issue = an_issue(store, said(store, ["ann", "ben", "kay"], tag="down"))

    found = Audiences(store, lambda: NOW).affected(issue)

    assert (found.size, len(found.strangers), found.segment) == (0, 3, None)


def test_only_who_has_the_product_is_affected(store: Store) -> None:
    registry(store)
    issue = an_outbreak(store)
    with store.database.write() as connection:
        connection.execute(table(Mention).update().values(product="Flow Mobile"))

    assert sizes(store, issue)["B"] == 0


@pytest.mark.parametrize(("where", "size"), [(["plan=PRO"], 2), (["plan=pro", "region=EU"], 1), (["tier=gold"], 1)])
def test_a_scope_is_all_names_and_any_value_of_each(store: Store, where: list[str], size: int) -> None:
    rows = ({"id": "c1", "plan": "pro", "region": "EU"}, {"id": "c2", "plan": "pro", "columns": {"tier": "gold"}})
    customers(store, {"id": "c0"}, *rows)
    issue = an_issue(store, said(store, ["c0"], tag="down"))

    assert sizes(store, issue, *where)["C"] == size


@pytest.mark.parametrize("where", ["plan", "=pro", "plan=", "plann=pro", "plan=por"])
def test_a_scope_that_means_nothing_is_refused(store: Store, where: str) -> None:
    customers(store, {"id": "c0", "plan": "pro"})
    issue = an_issue(store, said(store, ["c0"], tag="down"))

    with pytest.raises(NotPossible, match=r"plan=pro|did you mean '(plan|pro)'"):
        sizes(store, issue, where)


def reason(store: Store, standings: Standings = Standings(), timely: bool = True, **columns: object) -> str | None:
    customers(store, {"id": "c1"} | columns)
    row = store.customers.get(["c1"])["c1"]
    return Exclusions(standings, "email", frozenset({"bad@customer.example"}), timely).of(row)


def test_each_reason_to_leave_somebody_out_is_named(store: Store) -> None:
    wants = {"consents": ["email"]}
    lately = Standings(contacts={"c1": (1, 1)})

    assert reason(store, **wants) is None
    assert reason(store) == "no consent"
    assert reason(store, email="", **wants) == "no address"
    assert reason(store, do_not_contact=True, **wants) == "do not contact"
    assert reason(store, email="BAD@customer.example", **wants) == "on the suppression list"
    assert reason(store, Standings(opted_out=frozenset({"c1"})), **wants) == "opted out"
    assert reason(store, Standings(told=frozenset({"c1"})), **wants) == "told already at this stage"
    assert str(reason(store, Standings(in_trouble=frozenset({"c1"})), **wants)).startswith("has an open ticket")
    assert reason(store, lately, **wants) == "heard from us in the last 24 h"
    assert reason(store, lately, timely=False, **wants) is None
    assert reason(store, Standings(contacts={"c1": (0, 3)}), **wants) == "heard from us 3 times in 7 days"


def test_who_complained_long_ago_is_no_background(store: Store) -> None:
    registry(store)
    said(store, ["c1", "c2"], at=NOW - timedelta(days=91), tag="old")

    assert store.audience.background("Acme Flow", "sync", NOW - timedelta(days=90)) == frozenset()
