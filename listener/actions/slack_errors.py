"""What Slack's refusals mean: whether to try again, when, and what an operator can do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from connectors.contract import Failed
from listener.actions.text import without

if TYPE_CHECKING:
    from slack_sdk.webhook import WebhookResponse

# Slack's troubles, not ours: all other names mean that the same request will be refused again.
_PASSING = frozenset(
    ("ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout")
)
_TOKEN = "the token is not accepted: put a valid one behind the channel's `token`"
_CURES = {
    "invalid_auth": _TOKEN,
    "not_authed": _TOKEN,
    "token_revoked": _TOKEN,
    "token_expired": _TOKEN,
    "account_inactive": _TOKEN,
    "invalid_token": "the webhook is not accepted: make a new one in Slack",
    "no_service": "the webhook was removed: make a new one in Slack",
    "missing_scope": "the app lacks a scope: chat:write, channels:read and channels:history are needed",
    "channel_not_found": "no such channel, or the app is not in it: correct the name or invite the app",
    "not_in_channel": "the app is not in the channel: invite it there",
    "is_archived": "the channel is archived: choose another",
    "channel_is_archived": "the channel is archived: choose another",
}


def refusal(answer: Any) -> Failed:
    """From an answer of the Web API: status 429 or 5xx and passing errors are tried again."""
    return _failed(answer.status_code, str(answer.get("error", "")), answer.headers)


def webhook_refusal(answer: WebhookResponse) -> Failed:
    """From a webhook's answer, whose body is the error's bare name."""
    if answer.status_code < 300:
        answered = f"somebody between us and Slack answered {without(answer.body)[:80]}"
        why = f"{answered}: does a proxy want a login? It is tried again by itself"
        return Failed(why, after=_after(answer.headers))
    return _failed(answer.status_code, answer.body, answer.headers)


def _failed(status: int, error: str, headers: Mapping[str, str]) -> Failed:
    if status == 429 or status >= 500 or error in _PASSING:
        why = "we post too often" if status == 429 or "limited" in error else "the fault is on its side"
        said = f"Slack answered {_named(status, error)}: {why}; it is tried again by itself"
        return Failed(said, after=_after(headers))
    return Failed(f"Slack refused: {_CURES.get(error) or _named(status, error)}", permanent=True, after=_after(headers))


def _named(status: int, error: str) -> str:
    """What the answer says, and its number where that tells of an error."""
    said = without(error)[:80]
    if status < 400 and said:
        return said
    return f"{status} ({said})" if said else f"status {status}"


def _after(headers: Mapping[str, str]) -> timedelta | None:
    seconds = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    # Beyond a day it is an error of theirs, and int() fails on thousands of digits.
    return timedelta(seconds=int(seconds)) if seconds.isascii() and seconds.isdigit() and len(seconds) < 6 else None
