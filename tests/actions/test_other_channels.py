"""Apprise, the log, the list of kinds, and what every message is cleaned of."""

from __future__ import annotations

import pytest
import structlog
from pydantic import ValidationError

from connectors.contract import Failed
from listener.actions import KINDS, kind
from listener.actions.apprise import Apprise
from listener.actions.log import Log
from listener.actions.text import without
from tests.actions.far_sides import DOOR, HOSTILE, FarSide, a_message, always, far_side

# Apprise 2.2 imports imghdr, which Python 3.11 calls deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


def an_address(side: FarSide, path: str = "sesame") -> str:
    return side.url.replace("http://", "json://") + "/" + path


def test_apprise_carries_title_and_text() -> None:
    with far_side(always()) as side:
        Apprise.model_validate({"urls": [an_address(side)]}).deliver(a_message(), DOOR)

    (heard,) = side.heard
    assert heard.json["title"] == "A complaint about Acme Flow on reddit"
    assert "> Sync is down again" in heard.json["message"]


def test_apprise_fails_without_quoting_its_addresses() -> None:
    with far_side(always(500, "no")) as side, pytest.raises(Failed, match="address 1 of 1") as caught:
        Apprise.model_validate({"urls": [an_address(side)]}).deliver(a_message(), DOOR)

    assert not caught.value.permanent
    assert "sesame" not in str(caught.value)


def test_what_reached_one_address_is_not_repeated_for_another() -> None:
    with (
        far_side(always()) as good,
        far_side(always(500)) as bad,
        pytest.raises(Failed, match="address 2 of 2") as told,
    ):
        Apprise.model_validate({"urls": [an_address(good), an_address(bad)]}).deliver(a_message(), DOOR)

    assert told.value.permanent


def test_an_address_apprise_does_not_know_is_final() -> None:
    with pytest.raises(Failed, match="does not understand address 1 of 1") as caught:
        Apprise.model_validate({"urls": ["nosuch://sesame"]}).verify(DOOR)

    assert caught.value.permanent
    assert "sesame" not in str(caught.value)


def test_the_log_tells_what_and_where_but_not_what_the_post_said() -> None:
    with structlog.testing.capture_logs() as logged:
        Log().deliver(a_message(text="Thank you, Zed Smith"), DOOR)

    (event,) = logged
    assert event["event"] == "message"
    assert event["title"] == "A complaint about Acme Flow on reddit"
    assert not any(word in str(event) for word in ("Sync", "zed", "Zed"))


def test_a_notice_about_the_house_is_logged_whole() -> None:
    with structlog.testing.capture_logs() as logged:
        Log().deliver(a_message(quote=""), DOOR)

    assert logged[0]["text"] == "Ticket 7 is open for it."


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_kind_can_be_imported_and_refuses_unknown_options(name: str) -> None:
    with pytest.raises(ValidationError, match="extra_forbidden"):
        kind(name).model_validate({"webhok": 1})


@pytest.mark.parametrize("name", ["slak", "no.such:Thing", "json:loads", ":x", "pathlib:Path"])
def test_a_kind_that_is_none_is_a_lookup_error(name: str) -> None:
    with pytest.raises(LookupError):
        kind(name)


def test_no_message_holds_what_cannot_be_shown() -> None:
    message = a_message(title=HOSTILE + "\ud800", quote="a\r\nb\x00\x1b[31m\x85c" + "x" * 100_000, key="a\nb")

    assert "\n" not in message.title
    assert len(message.title) <= 250
    assert message.quote.startswith("a\nb[31m\ncx")
    assert len(message.quote) <= 10_000
    assert message.key == "a b"


@pytest.mark.parametrize("link", ["javascript:alert(1)", "http://", "https://[", "data:x", "", "https://a b"])
def test_a_link_that_leads_nowhere_safe_is_none(link: str) -> None:
    assert a_message(link=link).link is None


def test_errors_hold_neither_secrets_nor_line_breaks() -> None:
    assert without("bad\nkey s3cret, again s3cret", "s3cret", "") == "bad key …, again …"
