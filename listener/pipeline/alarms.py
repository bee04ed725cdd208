"""The bursts of an issue or a topic, kept as rows, so that people are told of each once and again when it doubles."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row

from listener.issues.rates import Span
from listener.issues.voices import Voices
from listener.store.hearing import Hearing

# a late post may move the beginning of a burst
SLACK = 6 * 3_600.0


def keep_alarms(
    hearing: Hearing,
    key: str,
    brand: str,
    topic: str,
    issue: str | None,
    voices: Voices,
    known: list[Row[Any]],
    now: datetime,
) -> bool:
    """Make the kept bursts of a key agree with what its voices say now; whether one began, rose or ended."""
    spans = voices.spans(now.timestamp())
    kept = list(known)
    new, changed = [], False
    for span in spans:
        same = next((row for row in kept if _same(row, span)), None)
        values = _values(voices, span)
        if same is None:
            about = {"key": key, "issue": issue, "brand": brand, "topic": topic}
            new.append(about | values | dict.fromkeys(("told_persons", "told_level", "told_at", "why_quiet")))
        else:
            kept.remove(same)
            if any(getattr(same, name) != value for name, value in values.items()):
                hearing.change_alarm(same.id, **values)
                changed = changed or (same.level, same.ended_at) != (values["level"], values["ended_at"])
    hearing.add_alarms(new)
    for row in kept:
        _withdraw(hearing, row, now)
    return changed or bool(new or kept)


def _withdraw(hearing: Hearing, row: Row[Any], now: datetime) -> None:
    if row.told_at is None:
        hearing.drop_alarm(row.id)
    elif row.ended_at is None:
        hearing.change_alarm(row.id, ended_at=now, why_quiet="later news showed that it was no burst")


def _same(row: Row[Any], span: Span) -> bool:
    start, end = row.at.timestamp(), row.ended_at.timestamp() if row.ended_at else float("inf")
    return span.start - SLACK <= end and start <= (span.end or float("inf")) and abs(start - span.start) <= SLACK


def _values(voices: Voices, span: Span) -> dict[str, Any]:
    level, persons, expected, ratio, z = voices.height(span)
    end = datetime.fromtimestamp(span.end, UTC) if span.end is not None else None
    measured = {"level": level, "persons": persons, "expected": expected, "ratio": ratio, "z": z}
    return {"at": datetime.fromtimestamp(span.start, UTC), "ended_at": end, **measured}
