"""Signatures of webhooks: who does not know the secret is told so, and nothing else happens."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from connectors import texts
from connectors.signed import FRESH, Refused, check
from listener.trackers.contract import Secret


def known(secret: Secret | None) -> bytes:
    """The secret. Raises Refused where the operator gave none: then nothing is taken."""
    if secret is None:
        raise Refused(404, "this tracker takes no webhooks: give it a webhook_secret")
    return secret.get_secret_value().encode()


def hexadecimal(secret: bytes, body: bytes, told: str) -> None:
    """`sha256=` and the hexadecimal HMAC of the body: GitHub, Jira. Raises Refused."""
    _same(told, "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest())


def timed(secret: bytes, body: bytes, headers: Mapping[str, str], now: datetime) -> None:
    """Our own: X-Listener-Timestamp and X-Listener-Signature, over time, full stop and body. Raises Refused."""
    check(headers, body, secret.decode(), now)


def zendesk(secret: bytes, body: bytes, headers: Mapping[str, str], now: datetime) -> None:
    """Base64 of the HMAC over time and body. Raises Refused."""
    at = headers.get("x-zendesk-webhook-signature-timestamp", "").strip()
    digest = base64.b64encode(hmac.new(secret, at.encode() + body, hashlib.sha256).digest()).decode()
    _same(headers.get("x-zendesk-webhook-signature", ""), digest)
    try:
        told = datetime.fromisoformat(at)
    except ValueError:
        raise Refused(401, "the signature's timestamp is no time") from None
    _fresh(told if told.tzinfo else told.replace(tzinfo=UTC), now)


def content(body: bytes) -> dict[str, Any]:
    """The JSON object of a body. Raises Refused."""
    try:
        found = texts.content(body)
    except (ValueError, RecursionError):
        raise Refused(400, "the body is no JSON in UTF-8") from None
    if not isinstance(found, dict):
        raise Refused(400, "the body is no JSON object")
    return found


def _same(told: str, wanted: str) -> None:
    if not hmac.compare_digest(told.strip().encode(), wanted.encode()):
        raise Refused(401, "the signature does not fit the body and the secret")


def _fresh(at: datetime, now: datetime) -> None:
    if abs(at - now) > FRESH:
        raise Refused(401, f"the signature's time is not within {FRESH.seconds // 60} minutes of our clock")
