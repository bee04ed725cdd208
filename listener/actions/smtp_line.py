"""One connection to a mail server for several mails, which always knows whether a mail may have been taken."""

from __future__ import annotations

import re
import smtplib
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from typing import Any

from listener.actions.letter import Letter

Refused = dict[str, tuple[int, bytes]]

_LINE_END = re.compile(rb"\r\n|\r|\n")
_DOT = re.compile(rb"(?m)^\.")
_KNOWN = (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused)


class Gate:
    """Passed once, just before a mail is handed over. Whoever gives up first keeps it from being handed over later."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._given_up = False
        self.handed = False

    def passes(self) -> bool:
        """True when the mail may be handed over; from then on it may have been taken."""
        with self._lock:
            self.handed = not self._given_up
            return self.handed

    def give_up(self) -> bool:
        """Nothing more is handed over; whether the mail may have been taken already."""
        with self._lock:
            self._given_up = True
            return self.handed


class _Gated(smtplib.SMTP):
    """The standard library's client, with a gate before the body of a mail."""

    gate = Gate()

    def data(self, msg: Any) -> tuple[int, bytes]:
        """As in smtplib, in two steps: after the gate nobody knows until the server has answered."""
        code, reply = self.docmd("data")
        if code != 354:
            raise smtplib.SMTPDataError(code, reply)
        if not self.gate.passes():
            raise smtplib.SMTPServerDisconnected("given up before the mail was handed over")
        body = _DOT.sub(b"..", _LINE_END.sub(b"\r\n", msg if isinstance(msg, bytes) else msg.encode("ascii")))
        self.send((body if body.endswith(b"\r\n") else body + b"\r\n") + b".\r\n")
        answer = self.getreply()
        self.gate.handed = False
        return answer


class Plain(_Gated):
    """A connection in the clear, which STARTTLS may encrypt."""


class Encrypted(_Gated, smtplib.SMTP_SSL):
    """A connection that is encrypted from the first byte."""


class Line:
    """A connection that `connect` makes when it is first needed, and again where the server hung up between mails."""

    def __init__(self, connect: Callable[[], _Gated]) -> None:
        self._connect = connect
        self._server: _Gated | None = None
        self.abandoned = False

    def send(self, mail: Letter | EmailMessage, gate: Gate) -> Refused:
        """Hand one mail over; recipients that were refused. Raises as smtplib does: see `gate.handed` then."""
        used = self._server is not None
        try:
            return self._sent(mail, gate)
        except (smtplib.SMTPException, OSError):
            if not used or gate.handed or self._alive():
                raise
            # servers hang up on who is idle, or after so many mails: nothing of this one was handed over
            return self._sent(mail, gate)

    def _sent(self, mail: Letter | EmailMessage, gate: Gate) -> Refused:
        server = self._connected()
        server.gate = gate
        try:
            if isinstance(mail, Letter):
                return server.sendmail(mail.sender, mail.to, mail.content)
            return server.send_message(mail)
        except _KNOWN:
            # the server answered: it goes on with the next mail, unless it hung up
            self._server = server if server.sock else None
            raise
        except BaseException:
            self._server = None
            server.close()
            raise

    def _connected(self) -> _Gated:
        server = self._server or self._connect()
        if self.abandoned:
            server.close()
            raise smtplib.SMTPServerDisconnected("given up before it was connected")
        self._server = server
        return server

    def _alive(self) -> bool:
        return self._server is not None

    def reached(self) -> None:
        """Connect, encrypt, log in."""
        self._connected()

    def abandon(self) -> None:
        """Hang up without a word, for good: whoever still waits on this connection ends by itself."""
        self.abandoned = True
        server, self._server = self._server, None
        if server is not None and server.sock:
            with suppress(OSError):
                server.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Say goodbye. What was accepted stays accepted, however badly the server says goodbye."""
        server, self._server = self._server, None
        if server is not None:
            with suppress(OSError):  # smtplib's own errors are OSErrors
                server.quit()
            server.close()
