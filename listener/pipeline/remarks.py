"""What was said in an outside system → notes of our ticket, each under a name of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row

from listener.actions.text import one_line, printable, shorten
from listener.store.hearsay import ANSWERED, Remark
from listener.trackers.contract import Said, Tracker

ONCE: Final = "read once"
LONGEST, LONGEST_NAME = 10_000, 100
KINDS = {"reply": ANSWERED, "note": "noted", "person": "wrote"}


def of(tracker: Tracker, row: Row[Any], said: Sequence[Said], now: datetime) -> list[Remark]:
    """The notes of these; `replies = false` makes plain notes of replies."""
    return [_remark(tracker, row, one, now) for one in said]


def names(row: Row[Any], marks: Iterable[str]) -> frozenset[str]:
    """What the system calls those of its entries that are kept under these marks."""
    return frozenset(mark.removeprefix(_prefix(row)) for mark in marks)


def _remark(tracker: Tracker, row: Row[Any], one: Said, now: datetime) -> Remark:
    what = KINDS["note" if one.kind == "reply" and not tracker.replies else one.kind]
    at = min(one.at or now, now)
    who = f"{shorten(one_line(one.by), LONGEST_NAME) or 'somebody'} in {row.tracker}"
    return Remark(f"{_prefix(row)}{one.name}", at, who, what, shorten(printable(one.text), LONGEST))


def _prefix(row: Row[Any]) -> str:
    return f"{row.mark}:"
