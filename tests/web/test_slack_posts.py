"""What Slack posts to us: signed by it and fresh, or refused."""

from __future__ import annotations

import hashlib
import hmac
import json
from email.message import Message
from http import HTTPStatus
from urllib.parse import urlencode

import pytest

from listener.actions.slack import Slack
from listener.web.contract import Request
from listener.web.slack import Interactions
from tests.pipeline.road import LOG, NOW

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
SLACK = Slack.model_validate({"token": "xoxb", "channel": "#care", "signing_secret": SECRET})


class Heard:
    def __init__(self):
        self.payloads = []

    def hear(self, payload):
        self.payloads.append(payload)
        return {"response_action": "clear"}


@pytest.fixture
def desk():
    return Heard()


def a_post(payload, secret=SECRET, at=NOW, tamper=b""):
    body = urlencode({"payload": json.dumps(payload)}).encode()
    stamp = str(int(at.timestamp()))
    headers = Message()
    headers["X-Slack-Request-Timestamp"] = stamp
    digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    headers["X-Slack-Signature"] = f"v0={digest}"
    return Request("POST", "/slack/interactions", headers, body + tamper)


def answer(desk, request):
    return Interactions({"care": SLACK}, {"care": desk}, lambda: NOW, LOG).answer(request)


def test_a_signed_post_is_heard_and_answered(desk):
    given = answer(desk, a_post({"type": "block_actions"}))

    assert (given.status, json.loads(given.body)) == (HTTPStatus.OK, {"response_action": "clear"})
    assert desk.payloads == [{"type": "block_actions"}]


def test_a_forged_signature_is_refused(desk):
    assert answer(desk, a_post({}, secret="guessed")).status == HTTPStatus.UNAUTHORIZED
    assert answer(desk, a_post({}, tamper=b"x")).status == HTTPStatus.UNAUTHORIZED
    assert desk.payloads == []


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_post_that_is_too_old_or_from_the_future_is_refused(desk, seconds):
    from datetime import timedelta

    assert answer(desk, a_post({}, at=NOW + timedelta(seconds=seconds))).status == HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize("stamp", ["", "x", "9" * 500, "²"])
def test_an_odd_timestamp_is_refused(desk, stamp):
    request = a_post({})
    request.headers.replace_header("X-Slack-Request-Timestamp", stamp)

    assert answer(desk, request).status == HTTPStatus.UNAUTHORIZED


def test_signed_nonsense_is_a_bad_request(desk):
    request = a_post({})
    body = b"payload=[["
    stamp = request.headers["X-Slack-Request-Timestamp"]
    digest = hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    request.headers.replace_header("X-Slack-Signature", f"v0={digest}")

    assert answer(desk, Request("POST", "/", request.headers, body)).status == HTTPStatus.BAD_REQUEST


def test_there_is_no_such_page_without_a_signing_secret(desk):
    assert Interactions({}, {}, lambda: NOW, LOG).most_bytes("/slack/interactions") is None
