"""What shops and CRM systems report of newcomers, as JSON objects or CSV rows → Reports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from listener.advocacy.referring import WHATS
from listener.model.referral import Report

LONGEST = 200
MOST_CENTS = 10**11
COLUMNS = ("event", "what", "newcomer", "code", "customer", "at", "worth")


class Unusable(Exception):
    """A report that cannot be read; the text says what is wrong with it."""


def read(entry: object, now: datetime) -> Report:
    """One report. `event`, `what` and `newcomer` are needed; `at` is ISO 8601, default now; `worth` a number like 9.50.

    Without an `event` of its own it is known by what it says, so that the same row counts once. Raises Unusable.
    """
    if not isinstance(entry, Mapping):
        raise Unusable("is no object")
    what, newcomer = _text(entry, "what"), _text(entry, "newcomer")
    if what not in WHATS:
        raise Unusable(f"what is {what or 'missing'}: write one of {', '.join(WHATS)}")
    if not newcomer:
        raise Unusable("newcomer is missing: write the newcomer's id in your system")
    at, code, customer = _time(entry, now), _text(entry, "code"), _text(entry, "customer")
    event = _text(entry, "event") or f"{what}:{newcomer}:{entry.get('at') or ''}"
    return Report(event, what, newcomer, at, (code or "").lower() or None, customer or None, _cents(entry))


def _text(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if len(text) > LONGEST or not text.isprintable():
        raise Unusable(f"{name} is no name: at most {LONGEST} printable characters")
    return text


def _time(entry: Mapping[str, Any], now: datetime) -> datetime:
    written = entry.get("at")
    if written in (None, ""):
        return now
    try:
        at = datetime.fromisoformat(str(written))
        at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unusable(f"at is no time: {str(written)[:40]!r}; write 2026-11-23T10:00+01:00") from None
    return min(at, now)


def _cents(entry: Mapping[str, Any]) -> int:
    written = entry.get("worth")
    if not (written is None or isinstance(written, str | int | float)) or isinstance(written, bool):
        raise Unusable(f"worth is no number: {str(written)[:40]!r}")
    try:
        cents = round(float(written or 0) * 100)
    except (TypeError, ValueError, OverflowError):
        raise Unusable(f"worth is no number: {str(written)[:40]!r}") from None
    if not 0 <= cents <= MOST_CENTS:
        raise Unusable("worth is out of range")
    return cents
