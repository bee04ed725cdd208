"""Where alerts arrive in the demo: a Slack-shaped webhook and a mail server that keep what they get."""

from __future__ import annotations

import json
import random
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

from aiosmtpd.controller import Controller

from listener.demo.site import LOOPBACK, Answer, Request

# the shape of a real one: workspace, app, secret
WEBHOOK = "/services/T0DEMO/B0DEMO/bright-kettle"


@dataclass(frozen=True, slots=True)
class Mail:
    """One message that the mail server took, with its envelope."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage


class SlackSink:
    """Takes incoming-webhook posts and answers in Slack's words: ok, no_service, invalid_payload, no_text."""

    def __init__(self) -> None:
        self.messages: list[Mapping[str, Any]] = []

    def answer(self, request: Request) -> Answer:
        """Keep a message, or refuse it with status and word as Slack does."""
        if request.path != WEBHOOK or request.method != "POST":
            return _plain(404, b"no_service")
        try:
            payload = json.loads(request.body)
        except ValueError:
            return _plain(400, b"invalid_payload")
        if not isinstance(payload, dict) or not (payload.get("text") or payload.get("blocks")):
            return _plain(400, b"no_text")
        self.messages.append(payload)
        return _plain(200, b"ok")


class MailSink:
    """An SMTP server on a free loopback port, without TLS or login."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.port = free_port()
        self._controller = Controller(self, hostname=LOOPBACK, port=self.port)

    def start(self) -> None:
        """Take mail from now on."""
        self._controller.start()

    def stop(self) -> None:
        """Close the port; the mails stay readable."""
        self._controller.stop()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 aiosmtpd asks for it
        """Called by aiosmtpd for each message."""
        message = BytesParser(EmailMessage, policy=policy.default).parsebytes(envelope.content)
        self.mails.append(Mail(envelope.mail_from, tuple(envelope.rcpt_tos), message))
        return "250 OK"


def free_port() -> int:
    """A port nobody listens on just now, for servers that must be told one and cannot be asked for any.

    It lies below the ports that systems hand out by themselves, so that no outgoing call takes it in the meantime.
    """
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind((LOOPBACK, port))
            return port


def _plain(status: int, body: bytes) -> Answer:
    return Answer(body, "text/plain", status)
