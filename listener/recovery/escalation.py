"""When a ticket needs its owner: before a promise is broken, when it is, and when somebody may go on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Record = Any  # a row of Ticket


@dataclass(frozen=True, slots=True)
class Stage:
    """One moment of one promise: `promise` is reply or resolve, `late` whether it is broken by then, `due` its time."""

    promise: str
    late: bool
    at: datetime
    due: datetime


def reached(row: Record, now: datetime) -> list[Stage]:
    """What must be told now: of each open promise the worst that has come, so that a daemon that slept tells once."""
    worst: dict[str, Stage] = {}
    for stage in _stages(row):
        if stage.at <= now and (stage.late or stage.promise not in worst):
            worst[stage.promise] = stage
    return list(worst.values())


def next_look(row: Record, now: datetime) -> datetime | None:
    """When the ticket is to be looked at again."""
    moments = [stage.at for stage in _stages(row)]
    if row.status == "waiting" and row.wait_until:
        moments.append(row.wait_until)
    return min((moment for moment in moments if moment > now), default=None)


def _stages(row: Record) -> Iterator[Stage]:
    """The open promises. Who waits for the person may take that long for the rest, but not for the first reply."""
    if row.replied_at is None:
        yield from _promise("reply", row.reply_warn_at, row.first_reply_due)
    if row.status != "waiting":
        yield from _promise("resolve", row.resolve_warn_at, row.resolve_due)


def _promise(name: str, warn_at: datetime | None, due: datetime | None) -> Iterator[Stage]:
    if due is not None:
        if warn_at is not None:
            yield Stage(name, False, warn_at, due)
        yield Stage(name, True, due, due)
