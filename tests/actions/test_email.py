"""Mail, against a real server with STARTTLS and a login."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from connectors.contract import Failed
from listener.actions.email import Email
from tests.actions.far_sides import DOOR, HOSTILE, a_message
from tests.actions.mail_sink import MailSink, a_certificate, mail_sink


def an_email(sink: MailSink | int, **options: Any) -> Email:
    port = sink if isinstance(sink, int) else sink.port
    plain = {"host": "127.0.0.1", "port": port, "security": "none", "from": "Acme Care <care@acme.example>"}
    return Email.model_validate({**plain, "to": ["care@acme.example"], **options})


def a_login(certificate: Path, **options: Any) -> dict[str, Any]:
    return {"security": "starttls", "username": "care", "password": "sesame", "ca_file": certificate, **options}


def test_a_mail_arrives_over_starttls_and_a_login(tmp_path: Path) -> None:
    certificate = a_certificate(tmp_path)
    with mail_sink(certificate) as sink:
        an_email(sink, **a_login(certificate)).deliver(a_message(), DOOR)

    (mail,) = sink.mails
    assert sink.logins == [b"care"]
    assert mail["subject"] == "A complaint about Acme Flow on reddit"
    assert mail["auto-submitted"] == "auto-generated"
    text, html = (part.get_content() for part in mail.iter_parts())
    assert "Ticket 7 is open for it." in text
    assert '<a href="https://forum.example/t/1?a=1&amp;b=2">' in html


def test_a_mail_arrives_over_tls_from_the_first_byte(tmp_path: Path) -> None:
    certificate = a_certificate(tmp_path)
    with mail_sink(certificate, implicit=True) as sink:
        an_email(sink, security="tls", ca_file=certificate).deliver(a_message(), DOOR)

    assert len(sink.mails) == 1


def test_a_certificate_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    certificate = a_certificate(tmp_path)
    with mail_sink(certificate) as sink, pytest.raises(Failed, match="certificate"):
        an_email(sink, **a_login(certificate, ca_file=None)).deliver(a_message(), DOOR)

    assert not sink.logins


def test_starttls_is_never_skipped() -> None:
    with mail_sink() as sink, pytest.raises(Failed, match="STARTTLS"):
        an_email(sink, security="starttls").deliver(a_message(), DOOR)

    assert not sink.mails


@pytest.mark.parametrize(("security", "cure"), [("starttls", "tls"), ("tls", "starttls")])
def test_a_server_that_encrypts_otherwise_is_told_with_the_key_to_change(security: str, cure: str) -> None:
    with mail_sink() as sink, pytest.raises(Failed, match=f'set security = "{cure}"'):
        an_email(sink, security=security).verify(DOOR)


def test_a_wrong_password_is_final_and_not_repeated_in_the_error(tmp_path: Path) -> None:
    certificate = a_certificate(tmp_path)
    with mail_sink(certificate) as sink, pytest.raises(Failed) as caught:
        an_email(sink, **a_login(certificate, password="sesame7")).verify(DOOR)

    assert caught.value.permanent
    assert "sesame" not in str(caught.value)


def test_verifying_logs_in_and_sends_nothing(tmp_path: Path) -> None:
    certificate = a_certificate(tmp_path)
    with mail_sink(certificate) as sink:
        an_email(sink, **a_login(certificate)).verify(DOOR)
        assert an_email(sink, **a_login(certificate)).verified == "credentials are right"
        assert an_email(sink).verified == "its server answers; no login is configured"

    assert (len(sink.logins), len(sink.mails)) == (1, 0)


def test_a_repeat_has_the_same_message_id_and_another_message_another() -> None:
    with mail_sink() as sink:
        channel = an_email(sink)
        receipts = [channel.deliver(a_message(key=key), DOOR) for key in ("a", "a", "b\r\nBcc: x")]

    first, again, other = (mail["message-id"] for mail in sink.mails)
    assert first == again == receipts[0].key
    assert first != other
    assert first.endswith("@acme.example>")


def test_no_text_can_add_a_header() -> None:
    hostile = {"title": HOSTILE, "text": HOSTILE, "quote": HOSTILE, "footer": HOSTILE, "facts": ((HOSTILE, HOSTILE),)}
    with mail_sink() as sink:
        an_email(sink).deliver(a_message(**hostile), DOOR)

    (mail,) = sink.mails
    expected = {"from", "to", "subject", "date", "message-id", "auto-submitted", "mime-version", "content-type"}
    assert {name.lower() for name in mail} - {"x-peer", "x-mailfrom", "x-rcptto"} == expected
    assert b"\x00" not in sink.raw[0]
    assert "<script" not in mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "&lt;!channel&gt;" in mail.get_body(("html",)).get_content()  # type: ignore[union-attr]


def test_other_scripts_and_long_lines_arrive_whole() -> None:
    with mail_sink() as sink:
        an_email(sink).deliver(a_message(title="Beschwerde über 東京 😀 " * 9, quote="ü" * 9_000), DOOR)

    (mail,) = sink.mails
    assert mail["subject"].startswith("Beschwerde über 東京 😀 Beschwerde")
    assert "ü" * 9_000 in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert max(map(len, sink.raw[0].splitlines())) < 999


@pytest.mark.parametrize(("answer", "permanent"), [("550 no such user", True), ("450 greylisted, come back", False)])
def test_a_refused_recipient_is_named(answer: str, permanent: bool) -> None:
    said = pytest.raises(Failed, match=r"care@acme\.example.*" + answer[4:8])
    with mail_sink(refuse={"care@acme.example": answer}) as sink, said as caught:
        an_email(sink).deliver(a_message(), DOOR)

    assert caught.value.permanent is permanent


def test_when_some_have_the_mail_it_is_not_sent_again_for_the_others() -> None:
    said = pytest.raises(Failed, match=r"1 of 2 recipients refused: gone@acme\.example")
    with mail_sink(refuse={"gone@acme.example": "450 later"}) as sink, said as caught:
        an_email(sink, to=["care@acme.example", "gone@acme.example"]).deliver(a_message(), DOOR)

    assert caught.value.permanent
    assert len(sink.mails) == 1


@pytest.mark.parametrize(("answer", "permanent"), [("554 looks like spam", True), ("451 try later", False)])
def test_a_refused_body_fails_with_the_servers_words(answer: str, permanent: bool) -> None:
    with mail_sink(after_data=answer) as sink, pytest.raises(Failed, match=answer) as caught:
        an_email(sink).deliver(a_message(), DOOR)

    assert caught.value.permanent is permanent


def test_a_dead_server_fails_for_now() -> None:
    with pytest.raises(Failed, match="not reached") as caught:
        an_email(9).deliver(a_message(), DOOR)

    assert not caught.value.permanent


def test_a_silent_server_fails_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("listener.actions.email.LIMIT", 0.3)
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        pytest.raises(Failed, match="did not answer in time") as caught,
    ):
        an_email(silent.getsockname()[1]).deliver(a_message(), DOOR)

    assert not caught.value.permanent


def test_a_server_that_drips_is_left_by_the_wall_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("listener.actions.reach.within.__defaults__", (0.4,))
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_drip, args=(listening, over), daemon=True).start()
        with pytest.raises(Failed, match="in time"):
            an_email(listening.getsockname()[1]).deliver(a_message(), DOOR)
        over.set()


def _drip(listening: socket.socket, over: threading.Event) -> None:
    with suppress(OSError):  # whoever asked has hung up
        taken, _ = listening.accept()
        with taken:
            while not over.wait(0.05):
                taken.sendall(b"220-still here\r\n")


@pytest.mark.parametrize("address", ["care", "a@b\r\nBcc: x@y", "a@b, c@d", "", "@", "a@", '"', "x:;", "a@b\x00",
                                     "=?utf-8?q?a=0d=0aBcc:x?= <a@b>"])  # fmt: skip
def test_an_address_that_is_none_or_several_is_refused(address: str) -> None:
    for options in ({"from": address}, {"to": [address]}):
        with pytest.raises(ValidationError, match="not an e-mail address"):
            an_email(25, **options)


def test_half_a_login_is_refused() -> None:
    with pytest.raises(ValidationError, match="belong together"):
        an_email(25, username="care")


def test_a_customer_is_written_to_alone_and_can_opt_out_with_one_click() -> None:
    link = "https://listener.acme.example/u/token"
    with mail_sink() as sink:
        an_email(sink).deliver(a_message(to="anna@customer.example", unsubscribe=link), DOOR)

    (mail,) = sink.mails
    assert mail["to"] == "anna@customer.example"
    assert mail["list-unsubscribe"] == f"<{link}>"
    assert mail["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("to", ["anna", "a@b.example, c@d.example", "=?utf-8?q?x?= <a@b.example>", "a b@c.example"])
def test_a_customers_address_that_is_none_goes_nowhere(to: str) -> None:
    with mail_sink() as sink, pytest.raises(Failed, match="cannot be used") as caught:
        an_email(sink).deliver(a_message(to=to), DOOR)

    assert caught.value.permanent
    assert sink.mails == []
