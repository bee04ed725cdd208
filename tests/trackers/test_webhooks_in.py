"""What trackers post to us: only with a right signature, and only what they say of a ticket."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from connectors.signed import Refused
from listener.trackers import kind
from listener.trackers.contract import News, State, Tracker
from tests.doors import NOW

SECRET = b"whsec"
OPTIONS: dict[str, dict[str, str]] = {
    "zendesk": {"url": "https://acme.example", "user": "kim", "token": "t"},
    "jira": {"url": "https://acme.example", "user": "kim", "token": "t"},
    "github": {"token": "t"},
    "rt": {"url": "https://rt.example", "token": "t"},
    "webhook": {"url": "https://acme.example"},
}


def of(name: str, **more: Any) -> Tracker:
    return kind(name).model_validate({**OPTIONS[name], "webhook_secret": SECRET.decode(), **more})


def mac(*parts: bytes) -> bytes:
    return hmac.new(SECRET, b"".join(parts), hashlib.sha256).digest()


def zendesk(body: bytes, at: datetime = NOW) -> dict[str, str]:
    time = at.isoformat().replace("+00:00", "Z")
    signature = base64.b64encode(mac(time.encode(), body)).decode()
    return {"x-zendesk-webhook-signature": signature, "x-zendesk-webhook-signature-timestamp": time}


def jira(body: bytes, at: datetime = NOW) -> dict[str, str]:
    return {"x-hub-signature": f"sha256={mac(body).hex()}"}


def github(body: bytes, at: datetime = NOW) -> dict[str, str]:
    return {"x-hub-signature-256": f"sha256={mac(body).hex()}"}


def ours(body: bytes, at: datetime = NOW) -> dict[str, str]:
    time = str(int(at.timestamp()))
    return {"x-listener-timestamp": time, "x-listener-signature": f"sha256={mac(time.encode(), b'.', body).hex()}"}


Signed = Callable[..., dict[str, str]]
WAYS: list[tuple[str, Signed, Any, str]] = [
    ("zendesk", zendesk, {"id": "35436"}, "35436"),
    ("zendesk", zendesk, {"type": "zen:event-type:ticket.status_changed", "detail": {"id": "35436"}}, "35436"),
    ("jira", jira, {"webhookEvent": "jira:issue_updated", "issue": {"id": "1", "key": "SUP-7"}}, "SUP-7"),
    ("github", github, {"issue": {"number": 7}, "repository": {"full_name": "acme/app"}}, "acme/app#7"),
    ("rt", ours, {"id": 12}, "12"),
]


@pytest.mark.parametrize(("name", "signed", "told", "key"), WAYS)
def test_a_signed_post_names_a_ticket_that_is_then_asked_for(name: str, signed: Signed, told: Any, key: str) -> None:
    body = json.dumps(told).encode()
    assert of(name).receive(signed(body), body, NOW) == News(key)


@pytest.mark.parametrize(("name", "signed", "told", "key"), WAYS)
def test_a_forged_signature_is_refused(name: str, signed: Signed, told: Any, key: str) -> None:
    body = json.dumps(told).encode()
    for headers in (signed(body + b" "), {}):
        with pytest.raises(Refused) as caught:
            of(name).receive(headers, body, NOW)
        assert caught.value.status == 401


@pytest.mark.parametrize(("name", "signed"), [("zendesk", zendesk), ("rt", ours), ("webhook", ours)])
def test_what_was_recorded_earlier_cannot_be_played_again(name: str, signed: Signed) -> None:
    body = b'{"id": "1", "status": "closed"}'
    with pytest.raises(Refused, match="5 minutes"):
        of(name).receive(signed(body, NOW - timedelta(minutes=6)), body, NOW)


@pytest.mark.parametrize("name", OPTIONS)
def test_without_a_secret_nothing_is_taken(name: str) -> None:
    with pytest.raises(Refused) as caught:
        of(name, webhook_secret=None).receive({}, b"{}", NOW)
    assert caught.value.status == 404


@pytest.mark.parametrize(("name", "signed"), [("jira", jira), ("github", github), ("zendesk", zendesk)])
def test_what_is_about_no_ticket_is_nothing(name: str, signed: Signed) -> None:
    body = b'{"zen": "Keep it logically awesome."}'
    assert of(name).receive(signed(body), body, NOW) is None


def test_a_plain_webhook_tells_the_state_itself() -> None:
    body = json.dumps({"id": "listener-1", "status": "closed", "root_cause": "a cable", "outcome": "lost"}).encode()
    told = of("webhook").receive(ours(body), body, NOW)
    assert told == News("listener-1", State("closed", "a cable", "lost"))


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[]", 400),
        (b"\xff", 400),
        (b'{"id": "1"}', 422),
        (b'{"id": "1", "status": "done"}', 422),
        (b'{"id": "1", "status": "closed", "outcome": "fine"}', 422),
    ],
)
def test_what_cannot_be_read_is_refused(body: bytes, status: int) -> None:
    with pytest.raises(Refused) as caught:
        of("webhook").receive(ours(body), body, NOW)
    assert caught.value.status == status


@pytest.mark.parametrize("more", [{}, {"status": "waiting"}])
def test_a_receiver_of_webhooks_tells_what_was_said_there(more: dict[str, str]) -> None:
    comment = {"id": 77, "by": "Kim", "text": "We are on it", "at": "2026-11-23T12:01:00Z", "kind": "reply"}
    body = json.dumps({"id": "listener-x", "comment": comment, **more}).encode()

    news = of("webhook").receive(ours(body), body, NOW)
    assert news is not None
    assert [(one.name, one.kind, one.by, one.text) for one in news.said] == [("77", "reply", "Kim", "We are on it")]
    assert news.state == (State("waiting") if more else None)


@pytest.mark.parametrize("comment", ["text", {"id": 7}, {"id": 7, "text": "x", "kind": "shout"}, {"text": "x"}])
def test_a_comment_that_lacks_something_is_refused(comment: Any) -> None:
    body = json.dumps({"id": "listener-x", "comment": comment}).encode()
    with pytest.raises(Refused, match="comment"):
        of("webhook").receive(ours(body), body, NOW)


def test_what_no_store_can_hold_is_left_out() -> None:
    tracker = of("webhook")
    told = {"id": "listener-1\x00", "status": "closed", "root_cause": "a cab\ud83dle"}
    body = json.dumps(told).encode()

    assert tracker.receive(ours(body), body, NOW) == News("listener-1", State("closed", "a cable"))
