"""Tokens that we hand out in links and take back: nobody else can make or change one, and each has an end."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime

MOST = 2_000  # characters: a longer token is none of ours
SIGNED = 18  # bytes of the signature: 144 bits


class BadToken(Exception):
    """The link is not one of ours, or it is for something else."""


class Expired(BadToken):
    """The link was ours and its time is over."""


class Signer:
    """Makes and reads tokens with one key.

    A token carries small facts that its reader may see and not change: an id, never a name or an address.
    `purpose` keeps a token of one page from being used on another.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def token(self, purpose: str, facts: Mapping[str, str | int], until: datetime | None = None) -> str:
        """A token for a link, good until then (None: for ever). Letters, digits, `-`, `_` and one dot."""
        ends = {} if until is None else {"~": int(until.timestamp())}
        body = json.dumps({**facts, **ends}, separators=(",", ":"), sort_keys=True).encode()
        return f"{_text(body)}.{_text(self._signature(purpose, body))}"

    def read(self, purpose: str, token: str, now: datetime) -> dict[str, str | int]:
        """The facts of a token. Raises BadToken, and Expired where it was ours and is over."""
        body, _, signature = token.partition(".")
        if len(token) > MOST or not hmac.compare_digest(_bytes(signature), self._signature(purpose, _bytes(body))):
            raise BadToken("this link is not valid")
        facts: dict[str, str | int] = json.loads(_bytes(body))
        ends = facts.pop("~", None)
        if ends is not None and now > datetime.fromtimestamp(int(ends), UTC):
            raise Expired("this link has expired")
        return facts

    def digest(self, purpose: str, what: str) -> str:
        """A keyed hash: recognises what was erased, and tells nothing about it."""
        return hmac.new(self._key, f"digest:{purpose}:{what}".encode(), hashlib.sha256).hexdigest()

    def _signature(self, purpose: str, body: bytes) -> bytes:
        return hmac.new(self._key, f"token:{purpose}:".encode() + body, hashlib.sha256).digest()[:SIGNED]


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return b""
