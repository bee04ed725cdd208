"""Slack, against a server that speaks its protocol."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import escape
from typing import Any

import pytest
from pydantic import ValidationError

from connectors.contract import Failed, Receipt
from listener.actions.contract import Button, InDoubt, Plot
from listener.actions.slack import Slack
from listener.actions.slack_blocks import payload
from tests.actions.far_sides import DOOR, HOSTILE, NOW, Answer, FarSide, Heard, a_message, always, far_side, says_json
from tests.running import eventually

PLOT = Plot(title="sync", start=NOW, hours=6, counts=(1, 14), usual=(None, 2.0))
SECRET_PATH = "/services/T000/B000/sesame"


def a_webhook(side: FarSide) -> Slack:
    return Slack.model_validate({"webhook_url": side.url + SECRET_PATH})


def an_app(side: FarSide, channel: str = "#care") -> Slack:
    return Slack.model_validate({"token": "xoxb-sesame", "channel": channel, "base_url": side.url + "/api"})


def every_text(body: Any) -> list[str]:
    if isinstance(body, dict):
        return [text for value in body.values() for text in every_text(value)]
    if isinstance(body, list):
        return [text for value in body for text in every_text(value)]
    return [body] if isinstance(body, str) else []


def test_a_webhook_gets_text_and_blocks() -> None:
    with far_side(always()) as side:
        receipt = a_webhook(side).deliver(a_message(), DOOR)

    assert receipt.kind == "slack"
    (heard,) = side.heard
    assert heard.path == SECRET_PATH
    assert heard.json["text"].startswith("A complaint about Acme Flow on reddit\nTicket 7")
    assert [block["type"] for block in heard.json["blocks"]] == ["section"] * 5 + ["context"]


def test_a_test_message_is_marked_as_one() -> None:
    assert payload(a_message(test=True))["blocks"][0]["text"]["text"].startswith("*[test] ")


def test_no_part_of_a_message_can_mention_anybody() -> None:
    parts = {"title": HOSTILE, "text": HOSTILE, "quote": HOSTILE, "footer": HOSTILE, "facts": ((HOSTILE, HOSTILE),)}

    body = payload(a_message(link="https://x.example/<!channel>|<@U1>", **parts))

    for text in every_text(body):
        ours = text.replace("> ", "", 1) if text.startswith("> ") else text
        assert not re.search(r"<[^h]|<!|<@", ours.replace("\n> ", "\n")), text
    assert all(block["text"]["verbatim"] for block in body["blocks"] if "text" in block)


def test_the_address_at_the_end_of_a_line_can_be_followed() -> None:
    body = payload(a_message(text="“it fails” https://forum.example/1?a=1&b=2", quote="see http://x.example/ for more"))

    texts = every_text(body)
    assert "“it fails” <https://forum.example/1?a=1&amp;b=2>" in texts
    assert "> see http://x.example/ for more" in texts


def test_long_texts_stay_within_slacks_limits_and_whole_entities() -> None:
    body = payload(a_message(text="&" * 100_000, quote="😀<" * 50_000, footer="&" * 9_000))

    texts = [block["text"]["text"] for block in body["blocks"] if "text" in block]
    assert max(len(text.encode("utf-16-le")) // 2 for text in texts) <= 3_000
    assert not any(re.search(r"&(?!amp;|lt;|gt;)", text) for text in texts)


def test_a_long_draft_is_shown_whole() -> None:
    draft = "Thank you & all <of> you. 😀 " * 178

    sections = [block["text"]["text"] for block in payload(a_message(text=draft))["blocks"] if "text" in block]

    assert escape(draft.strip(), quote=False) in "".join(sections)


@pytest.mark.parametrize(("status", "body", "permanent"), [
    (400, "invalid_payload", True), (403, "invalid_token", True), (404, "no_service", True),
    (410, "channel_is_archived", True), (500, "rollup_error", False), (200, "<html>sign in</html>", False),
])  # fmt: skip
def test_a_refusing_webhook_fails_with_the_right_patience(status: int, body: str, permanent: bool) -> None:
    with far_side(always(status, body)) as side, pytest.raises(Failed) as caught:
        a_webhook(side).deliver(a_message(), DOOR)

    assert caught.value.permanent is permanent
    assert not isinstance(caught.value, InDoubt)
    assert len(side.heard) == 1


def test_a_webhook_that_limits_us_says_when_to_come_back() -> None:
    with far_side(always(429, "rate_limited", Retry_After="17")) as side, pytest.raises(Failed) as caught:
        a_webhook(side).deliver(a_message(), DOOR)

    assert (caught.value.permanent, caught.value.after) == (False, timedelta(seconds=17))
    assert len(side.heard) == 1


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (500, "oops", "Slack answered 500 (oops): the fault is on its side; it is tried again by itself"),
        (429, "", "Slack answered status 429: we post too often; it is tried again by itself"),
        (400, "oops", "Slack refused: 400 (oops)"),
        (200, "<html>sign in</html>", "between us and Slack answered <html>sign in</html>: does a proxy want"),
    ],
)
def test_what_slack_answered_and_whether_it_is_tried_again_is_said(status: int, body: str, said: str) -> None:
    with far_side(always(status, body)) as side, pytest.raises(Failed) as caught:
        a_webhook(side).deliver(a_message(), DOOR)
    assert said in str(caught.value)


@pytest.mark.parametrize("after", ["soon", "-3", "9" * 5000, "", "²"])
def test_an_odd_retry_after_is_no_opinion(after: str) -> None:
    odd = always(429, "rate_limited", Retry_After=after)
    with far_side(odd) as side, pytest.raises(Failed) as caught:
        a_webhook(side).deliver(a_message(), DOOR)

    assert caught.value.after is None


def test_silence_after_sending_leaves_the_delivery_in_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("listener.actions.slack.PATIENCE", 0.3)

    with far_side(lambda heard: None) as side, pytest.raises(InDoubt):
        a_webhook(side).deliver(a_message(), DOOR)

    eventually(lambda: side.heard)
    assert len(side.heard) == 1


def test_an_unreachable_webhook_fails_for_now_without_its_secret() -> None:
    slack = Slack.model_validate({"webhook_url": "http://127.0.0.1:9" + SECRET_PATH})

    with pytest.raises(Failed, match="not reached") as caught:
        slack.deliver(a_message(), DOOR)

    assert not caught.value.permanent
    assert not isinstance(caught.value, InDoubt)
    assert "sesame" not in str(caught.value) + repr(slack)


@pytest.mark.parametrize("address", ["file:///etc/sesame", "sesame", "https://a.example/ses ame", "http://[sesame"])
def test_an_address_that_is_none_fails_without_quoting_it(address: str) -> None:
    with pytest.raises(Failed) as caught:
        Slack.model_validate({"webhook_url": address}).deliver(a_message(), DOOR)

    assert "sesame" not in str(caught.value)


def test_a_token_posts_with_the_key_in_the_metadata() -> None:
    with far_side(lambda heard: says_json(ok=True, ts="17.5", channel="C1")) as side:
        receipt = an_app(side).deliver(a_message(), DOOR)

    (heard,) = side.heard
    assert heard.path == "/api/chat.postMessage"
    assert heard.headers["Authorization"] == "Bearer xoxb-sesame"
    assert heard.json["metadata"]["event_payload"] == {"key": "recover/alert/care/41"}
    assert receipt.key == "C1:17.5"


@pytest.mark.parametrize(("error", "permanent", "cure"), [
    ("invalid_auth", True, "token"), ("channel_not_found", True, "invite"), ("not_in_channel", True, "invite"),
    ("ratelimited", False, "limited"), ("internal_error", False, "internal"), ("odd_thing", True, "odd_thing"),
])  # fmt: skip
def test_errors_of_the_api_tell_the_cure(error: str, permanent: bool, cure: str) -> None:
    answer = says_json(ok=False, error=error)
    with far_side(lambda heard: answer) as side, pytest.raises(Failed, match=cure) as caught:
        an_app(side).deliver(a_message(), DOOR)

    assert caught.value.permanent is permanent
    assert "sesame" not in str(caught.value)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_api_is_tried_again_later(status: int) -> None:
    with far_side(always(status, "<html>busy</html>", Retry_After="30")) as side, pytest.raises(Failed) as caught:
        an_app(side).deliver(a_message(), DOOR)

    assert (caught.value.permanent, caught.value.after) == (False, timedelta(seconds=30))
    assert len(side.heard) == 1


def a_workspace(heard: Heard) -> Answer:
    """Two pages of channels, two pages of history; our message is on the second."""
    second = heard.form.get("cursor") == "two"
    if heard.path.endswith("conversations.list"):
        name = "care" if second else "general"
        return says_json(ok=True, channels=[{"id": f"C-{name}", "name": name}], response_metadata=_next(second))
    ours = {"event_type": "listener_delivery", "event_payload": {"key": "recover/alert/care/41"}}
    posted = [{"ts": "8.1", "metadata": ours}] if second else [{"ts": "9.1", "text": "hello"}]
    return says_json(ok=True, messages=posted, response_metadata=_next(second))


def _next(second: bool) -> dict[str, str]:
    return {} if second else {"next_cursor": "two"}


def test_a_message_is_found_again_by_its_key() -> None:
    with far_side(a_workspace) as side:
        slack = an_app(side)
        found = slack.find("recover/alert/care/41", NOW, DOOR)
        other = slack.find("recover/alert/care/42", NOW, DOOR)

    assert slack.doubt == "lookup"
    assert found is not None
    assert found.key == "C-care:8.1"
    assert other is None
    assert side.heard[-1].form["channel"] == "C-care"
    assert float(side.heard[-1].form["oldest"]) < NOW.timestamp()


def test_a_history_without_end_gives_no_false_certainty() -> None:
    endless = says_json(ok=True, messages=[], response_metadata={"next_cursor": "more"})
    with far_side(lambda heard: endless) as side, pytest.raises(Failed, match="too many pages"):
        an_app(side, "C123").find("key", NOW, DOOR)


def test_verifying_asks_for_the_token_and_posts_nothing() -> None:
    with far_side(lambda heard: says_json(ok=False, error="invalid_auth")) as side:
        with pytest.raises(Failed, match="token is not accepted"):
            an_app(side).verify(DOOR)
        a_webhook(side).verify(DOOR)
        assert an_app(side).verified == "credentials are right"
        assert a_webhook(side).verified.startswith("its host answers;")

    assert [heard.path for heard in side.heard] == ["/api/auth.test"]


@pytest.mark.parametrize("options", [
    {}, {"token": "x"}, {"token": "x", "channel": "#"}, {"token": "x", "channel": "#a", "webhook_url": "y"},
    {"webhok": "x"}, {"webhook_url": ""}, {"webhook_url": "y", "app_token": "x"},
    {"webhook_url": "y", "signing_secret": "x"},
])  # fmt: skip
def test_half_a_configuration_is_refused_without_quoting_secrets(options: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as caught:
        Slack.model_validate(options)

    assert "input_value" not in str(caught.value)


def test_buttons_are_shown_only_where_we_hear_of_it() -> None:
    message = a_message(buttons=(Button(do="approve", about="12"), Button(do="edit", about="12")))
    deaf, hears = payload(message), payload(message, buttons=True)

    assert [block["type"] for block in hears["blocks"][len(deaf["blocks"]) :]] == ["actions"]
    (approve, edit) = hears["blocks"][-1]["elements"]
    assert (approve["action_id"], approve["value"], approve["style"]) == ("listener_approve", "12", "primary")
    assert "style" not in edit


def test_a_message_is_changed_where_it_stands_and_keeps_its_key() -> None:
    with far_side(lambda heard: says_json(ok=True, ts="17.5", channel="C1")) as side:
        an_app(side).amend(Receipt("slack", "C1:17.5"), a_message(title="Approved by kim"), DOOR)

    (heard,) = side.heard
    assert heard.path == "/api/chat.update"
    assert (heard.json["channel"], heard.json["ts"]) == ("C1", "17.5")
    assert heard.json["metadata"]["event_payload"] == {"key": "recover/alert/care/41"}
    assert "Approved by kim" in heard.json["text"]


def test_a_redacted_message_keeps_nothing_of_what_it_said() -> None:
    with far_side(lambda heard: says_json(ok=True)) as side:
        an_app(side).redact(Receipt("slack", "C1:17.5"), DOOR)

    (heard,) = side.heard
    assert (heard.json["blocks"], heard.json["metadata"]) == ([], {})
    assert "deleted" in heard.json["text"]


def test_a_message_that_somebody_deleted_needs_no_change() -> None:
    with far_side(lambda heard: says_json(ok=False, error="message_not_found")) as side:
        assert an_app(side).redact(Receipt("slack", "C1:17.5"), DOOR).key == "C1:17.5"


def test_an_app_uploads_the_picture_of_a_plot_into_the_thread_of_its_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("listener.actions.drawing.PATIENCE", 60)

    def say(heard: Heard) -> Answer:
        if heard.path.endswith("getUploadURLExternal"):
            return says_json(ok=True, upload_url=f"http://{heard.headers['Host']}/upload/v1/x", file_id="F7")
        if heard.path.startswith("/upload"):
            return Answer(200, "OK - 9")
        return says_json(ok=True, channel="C1", ts="1.5", files=[{"id": "F7"}])

    with far_side(say) as side:
        receipt = an_app(side).deliver(a_message(plot=PLOT), DOOR)

    post, wish, upload, done = side.heard
    assert receipt.key == "C1:1.5"
    assert upload.body.startswith(b"\x89PNG")
    assert wish.form["length"] == str(len(upload.body))
    assert (done.form["channel_id"], done.form["thread_ts"]) == ("C1", "1.5")
    assert json.loads(done.form["files"])[0]["id"] == "F7"
    assert any("▁█" in text for text in every_text(post.json["blocks"]))


@pytest.mark.parametrize("trouble", [Answer(200, '{"ok": false, "error": "missing_scope"}'), Answer(500, "")])
def test_a_message_without_its_picture_is_delivered_all_the_same(
    trouble: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("listener.actions.drawing.PATIENCE", 60)
    posted = says_json(ok=True, channel="C1", ts="1.5")
    with far_side(lambda heard: posted if heard.path.endswith("postMessage") else trouble) as side:
        assert an_app(side).deliver(a_message(plot=PLOT), DOOR).key == "C1:1.5"

    assert side.heard[1].path.endswith("getUploadURLExternal")


def test_a_webhook_shows_a_plot_as_a_line_of_bars() -> None:
    assert any("`▁█`" in text for text in every_text(payload(a_message(plot=PLOT))["blocks"]))
