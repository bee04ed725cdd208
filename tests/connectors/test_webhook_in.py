"""Posts to `/in/<source>`: signed, mapped, kept once."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from connectors.webhook import Received, Refused, Webhook
from listener.actions.webhook import Webhook as Outgoing
from tests.doors import NOW, a_door

SECRET = "shared secret"


def a_source(**options: Any) -> Webhook:
    return Webhook.model_validate({"secret": SECRET, **options})


def signed(body: bytes, at: datetime = NOW, secret: str = SECRET, **more: str) -> dict[str, str]:
    stamp = str(int(at.timestamp()))
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"X-Listener-Timestamp": stamp, "X-Listener-Signature": f"sha256={digest}", **more}


def post(source: Webhook, data: Any, **headers: str) -> Received:
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    return source.receive(signed(body, **headers), body, NOW)


def refusal(source: Webhook, headers: dict[str, str], body: bytes) -> Refused:
    with pytest.raises(Refused) as raised:
        source.receive(headers, body, NOW)
    return raised.value


def test_an_entry_becomes_an_item_by_its_own_names() -> None:
    entry = {"external_id": "7", "text": "Works well", "author": "ann", "rating": 4, "url": "https://a.example/7"}
    (item,) = post(a_source(), {**entry, "posted_at": "2026-11-22T10:00:00+01:00"}).items

    assert (item.external_id, item.text, item.author.handle, item.rating) == ("7", "Works well", "ann", 4)
    assert item.posted_at == datetime(2026, 11, 22, 9, tzinfo=UTC)


def test_a_map_finds_entries_and_values_anywhere() -> None:
    where = {"external_id": "ticket.id", "text": "strip_html(ticket.body)", "author": {"handle": "who.login"}}
    source = a_source(items="data.events", map=where)
    entries = [{"ticket": {"id": 5, "body": "<p>Broken</p>"}, "who": {"login": "bob"}}]
    (item,) = post(source, {"data": {"events": entries}}).items

    assert (item.external_id, item.text, item.author.handle) == ("5", "Broken", "bob")


@pytest.mark.parametrize("key", ["", "order-1"])
def test_the_same_post_again_has_the_same_names(key: str) -> None:
    data = [{"text": "one"}, {"text": "two"}]
    first, again = (post(a_source(), data, **{"Idempotency-Key": key}) for _ in range(2))

    assert [item.external_id for item in first.items] == [item.external_id for item in again.items]
    assert len({item.external_id for item in first.items}) == 2


def test_the_same_words_under_another_key_are_another_item() -> None:
    first, other = (post(a_source(), {"text": "+1"}, **{"Idempotency-Key": key}) for key in ("a", "b"))

    assert first.items[0].external_id != other.items[0].external_id


def test_what_our_own_webhook_signs_is_accepted() -> None:
    outgoing = Outgoing.model_validate({"url": "https://a.example", "secret": SECRET})
    body = b'{"text": "hello"}'

    assert a_source().receive(outgoing._signature(body, NOW), body, NOW).items


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Listener-Timestamp": "1"},
        signed(b"{}", secret="other"),
        signed(b"[]"),
        {**signed(b"{}"), "X-Listener-Timestamp": str(int(NOW.timestamp()) + 1)},
        {**signed(b"{}"), "X-Listener-Signature": "ünïcode"},
        {**signed(b"{}"), "X-Listener-Signature": "sha256="},
    ],
)
def test_a_wrong_signature_is_refused(headers: dict[str, str]) -> None:
    assert refusal(a_source(), headers, b"{}").status == 401


@pytest.mark.parametrize("late", [timedelta(minutes=6), timedelta(minutes=-6), timedelta(days=-9000)])
def test_an_old_recording_is_refused(late: timedelta) -> None:
    assert "5 minutes" in str(refusal(a_source(), signed(b"{}", NOW - late), b"{}"))


@pytest.mark.parametrize("stamp", ["", "-1", "x", "9" * 400, "١٢٣", "1e9"])
def test_an_odd_time_is_refused(stamp: str) -> None:
    digest = hmac.new(SECRET.encode(), stamp.encode() + b".{}", hashlib.sha256).hexdigest()
    headers = {"x-listener-timestamp": stamp, "x-listener-signature": f"sha256={digest}"}

    assert refusal(a_source(), headers, b"{}").status == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"<html>", 400),
        (b"\xff\xfe", 400),
        (b"[" * 60_000, 400),
        (b'{"text": "a half', 400),
        (b"null", 422),
        (b"7", 422),
        (b'[null, 7, "x"]', 422),
        (b'{"other": "names"}', 422),
        (b'{"text": "x"}' + b" " * 1_000_000, 413),
    ],
)
def test_a_body_that_cannot_be_used_is_refused(body: bytes, status: int) -> None:
    assert refusal(a_source(), signed(body), body).status == status


def test_an_empty_list_is_taken() -> None:
    assert post(a_source(), []) == Received((), 0)


def test_unusable_entries_are_counted_and_the_others_kept() -> None:
    received = post(a_source(), [{"text": "good"}, {"no": "text"}, 7])

    assert ([item.text for item in received.items], received.unusable) == (["good"], 2)


def test_a_time_in_the_future_becomes_now() -> None:
    (item,) = post(a_source(), {"text": "x", "posted_at": "2031-01-01"}).items

    assert item.posted_at == NOW


def test_nothing_is_polled() -> None:
    with a_door() as door:
        batch = a_source().poll("as it was", door)

    assert (batch.cursor, batch.unchanged, list(batch.items)) == ("as it was", True, [])


@pytest.mark.parametrize(
    "options", [{"secret": ""}, {"map": {"text": "a.b("}}, {"map": {"words": "a"}}, {"items": "no()"}, {"megabytes": 0}]
)
def test_mistakes_in_the_options_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        a_source(**options)


def test_the_secret_is_not_shown() -> None:
    assert SECRET not in repr(a_source()) + a_source().identity()
