"""Several mails over one connection: kept, made anew where that is safe, and never a second mail after doubt."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from connectors.contract import Failed
from listener.actions.contract import InDoubt
from tests.actions.far_sides import DOOR, a_message
from tests.actions.mail_sink import mail_sink
from tests.actions.test_email import an_email

HELLO = b"220 far\r\n"


@contextmanager
def a_server(*lives: Callable[[socket.socket], None]) -> Iterator[tuple[int, list[str]]]:
    """A mail server whose connections go as written, one after the other; what each was asked."""
    heard: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_serve, args=(listening, lives, heard), daemon=True).start()
        yield listening.getsockname()[1], heard


def _serve(listening: socket.socket, lives: tuple[Callable[..., None], ...], heard: list[str]) -> None:
    """Live one life after the other; the test that closes the door or hangs up ends them all."""
    with suppress(OSError):
        for life in lives:
            taken, _ = listening.accept()
            with taken, taken.makefile("rwb") as wire:
                life(wire, heard)


def talk(mails: int, last: bytes | None = b"250 taken") -> Callable[..., None]:
    """Take so many mails, then hang up; the last one is answered like this, or not at all."""

    def life(wire: object, heard: list[str]) -> None:
        wire.write(HELLO)
        wire.flush()
        for number in range(mails):
            _take(wire, heard, last if number == mails - 1 else b"250 taken")

    return life


def _take(wire: object, heard: list[str], answer: bytes | None) -> None:
    for line in wire:
        word = line.split()[0].upper().decode()
        heard.append(word)
        wire.write(b"354 go on\r\n" if word == "DATA" else b"250 ok\r\n")
        wire.flush()
        if word == "DATA":
            while wire.readline() != b".\r\n":
                pass
            if answer:
                wire.write(answer + b"\r\n")
                wire.flush()
            return


def test_mails_of_one_performer_share_a_connection() -> None:
    with mail_sink() as sink, an_email(sink).line() as line:
        for number in range(3):
            line.deliver(a_message(key=f"k{number}"), DOOR)

    assert len(sink.mails) == 3
    assert len(set(sink.peers)) == 1


def test_a_server_that_hangs_up_between_mails_is_called_again() -> None:
    with a_server(talk(1), talk(1)) as (port, heard), an_email(port).line() as line:
        line.deliver(a_message(key="k1"), DOOR)
        line.deliver(a_message(key="k2"), DOOR)

    assert heard.count("DATA") == 2


def test_a_mail_that_was_handed_over_and_not_answered_is_in_doubt_and_not_sent_again() -> None:
    with a_server(talk(1, last=None), talk(1)) as (port, heard), pytest.raises(InDoubt, match="after it had the mail"):
        an_email(port).deliver(a_message(), DOOR)

    assert heard.count("DATA") == 1


def test_the_same_on_a_connection_that_was_used_before() -> None:
    with a_server(talk(2, last=None), talk(1)) as (port, heard), an_email(port).line() as line:
        line.deliver(a_message(key="k1"), DOOR)
        with pytest.raises(InDoubt):
            line.deliver(a_message(key="k2"), DOOR)

    assert heard.count("DATA") == 2


def test_a_server_that_falls_silent_with_the_mail_leaves_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    # on a busy machine, too, long enough for the mail to be handed over
    monkeypatch.setattr("listener.actions.reach.within.__defaults__", (1.5,))
    over = threading.Event()

    def silent(wire: object, heard: list[str]) -> None:
        talk(1, last=None)(wire, heard)
        over.wait(5)

    with a_server(silent) as (port, _), pytest.raises(InDoubt, match="did not answer in time"):
        an_email(port).deliver(a_message(), DOOR)
    over.set()


def test_a_mail_that_was_given_up_is_not_handed_over_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("listener.actions.reach.within.__defaults__", (0.4,))

    def slow(wire: object, heard: list[str]) -> None:
        threading.Event().wait(0.8)
        talk(1)(wire, heard)

    with a_server(slow) as (port, asked):
        with pytest.raises(Failed) as caught:
            an_email(port).deliver(a_message(), DOOR)
        threading.Event().wait(1)

    assert not isinstance(caught.value, InDoubt)
    assert "DATA" not in asked


def test_a_refused_recipient_costs_the_others_nothing() -> None:
    with mail_sink(refuse={"gone@customer.example": "550 no such user"}) as sink, an_email(sink).line() as line:
        with pytest.raises(Failed, match="no such user"):
            line.deliver(a_message(key="k1", to="gone@customer.example"), DOOR)
        line.deliver(a_message(key="k2", to="anna@customer.example"), DOOR)

    assert [mail["to"] for mail in sink.mails] == ["anna@customer.example"]


def test_lines_that_begin_with_a_dot_arrive_as_they_were() -> None:
    with mail_sink() as sink:
        an_email(sink).deliver(a_message(text=".hidden\n..\n.\nend"), DOOR)

    text = sink.mails[0].get_body(("plain",)).get_content()
    assert text.splitlines()[:4] == [".hidden", "..", ".", "end"]
