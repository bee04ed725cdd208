"""`/slack/interactions`: where Slack posts what is pressed, when no Socket Mode connection is wanted."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from email.message import Message
from http import HTTPStatus

from structlog.typing import FilteringBoundLogger

from listener.actions.slack import Slack
from listener.desk import Desk
from listener.web.contract import JSON, Answer, Request

ADDRESS = "/slack/interactions"
MOST = 1_000_000
WINDOW = timedelta(minutes=5)  # older posts may be replayed by whoever saw them
LONGEST_TIME = 12  # digits


class Interactions:
    """Checks that a post comes from Slack, and hands it to the desk of the app that signed it."""

    methods = ("POST",)

    def __init__(
        self,
        channels: Mapping[str, Slack],
        desks: Mapping[str, Desk],
        now: Callable[[], datetime],
        log: FilteringBoundLogger,
    ) -> None:
        self._apps = [
            (channel.signing_secret.get_secret_value(), desks[name])
            for name, channel in channels.items()
            if channel.signing_secret
        ]
        self._now = now
        self._log = log

    def most_bytes(self, path: str) -> int | None:
        """A body's length; there is no such page where no channel has a signing_secret."""
        return MOST if self._apps else None

    def answer(self, request: Request) -> Answer:
        """200 once it is decided, with what a form is to show."""
        desk = self._signer(request)
        if desk is None:
            self._log.warning("slack.refused", error="not signed by Slack, or too old")
            return Answer(HTTPStatus.UNAUTHORIZED, b"not signed by Slack, or too old: see the app's Signing Secret\n")
        try:
            payload = json.loads(request.form.get("payload", ""))
        except (ValueError, RecursionError):
            return Answer(HTTPStatus.BAD_REQUEST, b"payload is no JSON\n")
        given = desk.hear(payload) if isinstance(payload, dict) else {}
        return Answer(HTTPStatus.OK, json.dumps(given).encode() if given else b"", JSON)

    def _signer(self, request: Request) -> Desk | None:
        """Every secret is tried, so that the time it takes tells nothing."""
        found = [desk for secret, desk in self._apps if signed(secret, request.headers, request.body, self._now())]
        return found[0] if found else None


def signed(secret: str, headers: Message, body: bytes, now: datetime) -> bool:
    """Whether Slack's signature v0 of this body is right, and not older than five minutes."""
    written = headers.get("X-Slack-Request-Timestamp", "")
    if not (written.isascii() and written.isdigit() and len(written) <= LONGEST_TIME):
        return False
    if abs(now.timestamp() - int(written)) > WINDOW.total_seconds():
        return False
    said = hmac.new(secret.encode(), f"v0:{written}:".encode() + body, hashlib.sha256).hexdigest()
    given = headers.get("X-Slack-Signature", "").encode("utf-8", "replace")
    return hmac.compare_digest(f"v0={said}".encode(), given)
