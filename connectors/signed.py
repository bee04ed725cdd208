"""Posts that other systems sign: HMAC over timestamp and body, so that none is made up, changed or played again."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta

TIMESTAMP, SIGNATURE = "x-listener-timestamp", "x-listener-signature"
FRESH = timedelta(minutes=5)  # either way: what was recorded earlier cannot be played again


class Refused(Exception):
    """A post that is not taken: the HTTP status for the sender, and why, which may be shown to it."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


def check(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> None:
    """Raises Refused(401) unless `sha256=` HMAC-SHA256(secret, timestamp "." body) fits; header names in lower case."""
    at, signature = headers.get(TIMESTAMP, "").strip(), headers.get(SIGNATURE, "").strip()
    digest = hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
    # the signature first: who does not know the secret learns nothing of our clock
    if not hmac.compare_digest(signature.encode(), f"sha256={digest}".encode()):
        raise Refused(401, f"{SIGNATURE} does not fit {TIMESTAMP}, the body and the secret")
    if not (at.isascii() and at.isdigit() and abs(int(at[:15]) - now.timestamp()) <= FRESH.total_seconds()):
        raise Refused(401, f"{TIMESTAMP} is not within {FRESH.seconds // 60} minutes of our clock")
