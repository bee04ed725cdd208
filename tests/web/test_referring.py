"""Referral links and a shop's reports over a real socket."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

import pytest
import structlog

from listener.advocacy.referring import REFERRAL, new_code
from listener.config.quantities import Address
from listener.signing import Signer
from listener.store.referrals import ReferralFilter
from listener.web import serve
from listener.web.referring import Reports, Visits
from tests.fresh import a_store
from tests.makers import NOW, a_customer

LOG = structlog.get_logger("listener")


class Shop:
    """A shop, and a visitor of its customers' links."""

    def __init__(self, store: Any, port: int, code: str) -> None:
        self.store, self.port, self.code = store, port, code

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, str, str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        told = answer.read().decode()
        connection.close()
        return answer.status, answer.getheader("Location") or "", told

    def reports(self, *reports: Any, secret: str = "s") -> tuple[int, str, str]:
        body, stamp = json.dumps(reports).encode(), str(int(NOW.timestamp()))
        digest = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        signed = {"X-Listener-Timestamp": stamp, "X-Listener-Signature": f"sha256={digest}"}
        return self.ask("POST", "/referrals/shop", body, **signed)

    def clicks(self) -> int:
        with self.store.database.read() as connection:
            return connection.exec_driver_sql("SELECT coalesce(sum(clicks), 0) FROM referral_click").scalar()


@pytest.fixture
def shop(tmp_path) -> Iterator[Shop]:
    store = a_store(tmp_path)
    a_customer(store, "c-1")
    signer = Signer(store.house.signing_key())
    code = store.referrals.code_of("c-1", NOW, new_code(lambda drawn: signer.digest(REFERRAL, drawn)))
    visits = Visits(store.referrals, signer, "https://acme.example/welcome?lang=en", lambda: NOW)
    pages = {"/r/": visits, "/referrals/": Reports(store.referrals, "s", lambda: NOW, LOG)}
    with serve(Address("127.0.0.1", 0), pages, LOG) as port:
        yield Shop(store, port, code)
    store.close()


def test_a_link_counts_a_click_and_leads_on_without_a_cookie(shop):
    status, location, _ = shop.ask("GET", f"/r/{shop.code}")

    assert (status, location) == (302, f"https://acme.example/welcome?lang=en&ref={shop.code}")
    assert shop.ask("HEAD", f"/r/{shop.code.upper()}")[0] == 302
    assert shop.clicks() == 1


@pytest.mark.parametrize("code", ["", "23456789abc", "../../etc/passwd", "%00", "x" * 3_000])
def test_a_guessed_code_leads_nowhere_and_counts_nothing(shop, code):
    assert shop.ask("GET", f"/r/{code}")[0] == 404
    assert shop.clicks() == 0


def test_what_a_shop_reports_is_stored_before_it_is_acknowledged(shop):
    bought = {"event": "1", "what": "purchased", "newcomer": "n-1", "code": shop.code, "worth": 9.5}
    answers = [json.loads(shop.reports(bought, {"what": "?"})[2]) for _ in range(2)]

    assert answers[0] == {"kept": 1, "repeated": 0, "unknown": 0, "unusable": 1}
    assert answers[1] == {"kept": 0, "repeated": 1, "unknown": 0, "unusable": 1}
    assert [row.worth for row in shop.store.referrals.page(ReferralFilter())] == [950]


def test_a_forged_report_is_refused(shop):
    bought = {"event": "1", "what": "purchased", "newcomer": "n-1", "customer": "c-1"}

    assert shop.reports(bought, secret="guessed")[0] == 401
    assert shop.ask("POST", "/referrals/shop", b"{}")[0] == 401
    assert shop.store.referrals.page(ReferralFilter()) == []


@pytest.mark.parametrize("worth", ["much", -1, 1e99, [], None])
def test_a_report_of_odd_worth_stops_nobody(shop, worth):
    odd = {"event": "1", "what": "purchased", "newcomer": "n-1", "customer": "c-1", "worth": worth}
    fine = {"event": "2", "what": "purchased", "newcomer": "n-2", "customer": "c-1", "worth": 1}

    assert json.loads(shop.reports(odd, fine)[2])["kept"] == (2 if worth is None else 1)
