"""CRM systems post customers and purchases, signed; 202 means stored, and the same post again changes nothing."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime

import httpx
import pytest
import structlog

from listener.config.quantities import Address
from listener.customers import Forgotten
from listener.customers.telling import Told
from listener.signing import Signer
from listener.web import CRM, Crm, serve

LOG = structlog.get_logger()
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def post(store):
    told = Told(store, Forgotten(store, Signer(b"key")))
    with serve(Address("127.0.0.1", 0), {CRM: Crm(told, "secret", lambda: NOW, LOG)}, LOG) as port:

        def send(what, data, secret="secret"):
            body, at = json.dumps(data).encode(), str(int(NOW.timestamp()))
            signed = hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
            headers = {"X-Listener-Timestamp": at, "X-Listener-Signature": f"sha256={signed}"}
            return httpx.post(f"http://127.0.0.1:{port}/customers/{what}", content=body, headers=headers)

        yield send


def test_customers_are_added_and_only_what_is_named_changes(post, store):
    post("upsert", [{"id": "C1", "name": "Anna", "plan": "pro", "handles": ["reddit:Anna"], "seats": 7}])

    answer = post("upsert", {"id": "C1", "plan": "team"})

    assert (answer.status_code, answer.json()) == (202, {"added": 0, "changed": 1, "rejected": []})
    anna = store.customers.get(["C1"])["C1"]
    assert (anna.name, anna.plan, anna.columns, anna.origin) == ("Anna", "team", {"seats": "7"}, "crm")
    assert [link.customer for link in store.customers.holders([("reddit", "anna")])["reddit", "anna"]] == ["C1"]


@pytest.mark.parametrize("odd", ["\x00", "\ud83d"])
def test_what_no_store_can_hold_is_left_out(post, store, odd):
    assert post("upsert", {"id": f"C1{odd}", "name": f"Anna{odd}", "seats": f"7{odd}"}).status_code == 202
    bought = {"customer": f"C1{odd}", "product": f"Flow{odd}", "at": "2026-11-01"}
    assert post("purchases", bought).json() == {"new": 1, "rejected": []}
    anna = store.customers.get(["C1"])["C1"]
    assert (anna.name, anna.columns) == ("Anna", {"seats": "7"})
    assert post("remove", [f"C1{odd}"]).json()["removed"] == 1


def test_the_same_post_again_changes_nothing(post, store):
    for _ in range(2):
        assert post("upsert", [{"id": "C1"}, {"id": "C2"}]).status_code == 202
        post("purchases", {"customer": "C1", "product": "Flow", "at": "2026-11-01"})

    assert (store.customers.count(), store.purchases.count()) == (2, 1)


def test_customers_are_removed(post, store):
    post("upsert", [{"id": "C1", "handles": "reddit:anna"}, {"id": "C2"}])

    assert post("remove", ["C1", "C9"]).json()["removed"] == 1
    assert store.customers.count() == 1
    assert store.customers.holders([("reddit", "anna")]) == {}


def test_entries_that_cannot_be_used_are_told_with_their_place(post):
    answer = post("upsert", [{"name": "nobody"}, {"id": "C1", "handles": ["anna"]}]).json()

    assert answer["rejected"] == [
        {"entry": 0, "why": "no id"},
        {"entry": 1, "why": "handle 'anna' is not written as platform:name"},
    ]


@pytest.mark.parametrize(
    ("what", "data", "secret", "status"),
    [
        ("upsert", [], "wrong", 401),
        ("elsewhere", [], "secret", 404),
        ("purchases", [{"customer": "C1"}], "secret", 202),
    ],
)
def test_who_may_post_what(post, what, data, secret, status):
    assert post(what, data, secret).status_code == status


def test_what_a_customer_may_be_told_by_stays_and_no_is_kept(post, store):
    post("upsert", [{"id": "C1", "do_not_contact": True, "tags": ["vip", "beta"], "seats": 7, "plan": None}])
    post(
        "upsert", [{"id": "C1", "do_not_contact": False, "website": "https://anna.example", "orders": ["AC-1", "AC-2"]}]
    )

    anna = store.customers.get(["C1"])["C1"]
    assert (anna.do_not_contact, list(anna.tags), anna.plan, anna.columns["seats"]) == (False, ["vip", "beta"], "", "7")
    links = store.customers.holders([("@site", "anna.example"), ("@order", "AC-1"), ("@order", "AC-2")])
    assert [link.customer for found in links.values() for link in found] == ["C1"] * 3

    post("upsert", [{"id": "C1", "name": "Anna"}])
    assert store.customers.holders([("@order", "AC-2")])["@order", "AC-2"]


def test_what_is_no_customer_and_no_purchase_is_told_with_its_place(post, store):
    assert post("remove", [{"id": "C1"}, {}, True]).json()["rejected"] == [
        {"entry": 1, "why": "no id"},
        {"entry": 2, "why": "no id"},
    ]
    rejected = post("purchases", ["C1", {"customer": "C1", "product": "Flow", "at": "soon"}]).json()["rejected"]
    assert [one["entry"] for one in rejected] == [0, 1]
    assert rejected[0]["why"] == "it is no object"
    assert store.purchases.count() == 0
