"""The webhook channel, against a receiver that checks the signature."""

from __future__ import annotations

import hashlib
import hmac
import time
from datetime import timedelta

import pytest

from connectors.contract import Failed, GiveUp, Response
from listener.actions.contract import Message
from listener.actions.webhook import Webhook
from tests.actions.far_sides import DOOR, HOSTILE, NOW, FarSide, a_message, always, far_side


def a_webhook(side: FarSide) -> Webhook:
    return Webhook.model_validate({"url": side.url + "/hook?token=sesame", "secret": "s3cret"})


def test_the_receiver_can_check_who_sent_it_and_when() -> None:
    with far_side(always(202, "")) as side:
        a_webhook(side).deliver(a_message(), DOOR)

    (heard,) = side.heard
    at = heard.headers["X-Listener-Timestamp"]
    expected = hmac.new(b"s3cret", at.encode() + b"." + heard.body, hashlib.sha256).hexdigest()
    assert heard.headers["X-Listener-Signature"] == f"sha256={expected}"
    assert int(at) == NOW.timestamp()
    assert heard.headers["Idempotency-Key"] == "recover/alert/care/41"


def test_the_body_is_the_message() -> None:
    message = a_message(text=HOSTILE * 2_000)
    with far_side(always()) as side:
        a_webhook(side).deliver(message, DOOR)

    assert Message.model_validate(side.heard[0].json) == message


def test_a_key_in_any_script_fits_a_header() -> None:
    with far_side(always()) as side:
        a_webhook(side).deliver(a_message(key="regel/dänk\r\nX: y"), DOOR)

    assert side.heard[0].headers["Idempotency-Key"] == "regel/d%C3%A4nk X: y"


def test_without_a_secret_nothing_is_signed() -> None:
    with far_side(always()) as side:
        Webhook.model_validate({"url": side.url}).deliver(a_message(), DOOR)

    assert "X-Listener-Signature" not in side.heard[0].headers


@pytest.mark.parametrize(("status", "permanent"), [(400, True), (401, True), (410, True), (429, False), (503, False)])
def test_refusals_are_final_and_trouble_passes(status: int, permanent: bool) -> None:
    with far_side(always(status, "no", Retry_After="60")) as side, pytest.raises(Failed) as caught:
        a_webhook(side).deliver(a_message(), DOOR)

    assert caught.value.permanent is permanent
    assert caught.value.after == (None if permanent else timedelta(minutes=1))
    assert "sesame" not in str(caught.value)


class Guarded(type(DOOR)):  # type: ignore[misc]  # the door of the tests, shut
    def fetch(self, url: str, **options: object) -> Response:
        raise GiveUp(f"{url} is a private address")


def test_an_address_that_must_not_be_reached_is_final() -> None:
    with pytest.raises(Failed, match="private address") as caught:
        Webhook(url="http://127.0.0.1/sesame").deliver(a_message(), Guarded())

    assert caught.value.permanent
    assert "sesame" not in str(caught.value)


class Slow(type(DOOR)):  # type: ignore[misc]  # the door of the tests, slow
    def fetch(self, url: str, **options: object) -> Response:
        time.sleep(1)
        raise GiveUp("never seen")


def test_a_receiver_that_never_answers_is_left_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("listener.actions.reach.within.__defaults__", (0.2,))
    with pytest.raises(Failed, match="in time") as caught:
        Webhook(url="http://127.0.0.1/").deliver(a_message(), Slow())

    assert not caught.value.permanent


def test_verifying_only_looks_whether_somebody_is_there() -> None:
    with far_side(always()) as side:
        a_webhook(side).verify(DOOR)
        assert a_webhook(side).verified.startswith("its host answers;")
    assert not side.heard
    with pytest.raises(Failed, match="does not answer") as caught:
        a_webhook(side).verify(DOOR)
    assert "sesame" not in str(caught.value)
