"""People hear of a burst though nobody said anything that a rule would fire on: once, and again when it doubles."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from listener.actions import issue_words
from listener.actions.contract import Message
from listener.pipeline.burst_readers import Readers
from listener.pipeline.evidence_cards import EvidenceCard, EvidenceCards
from listener.pipeline.notices import as_delivery
from listener.store.judging import Turn

WINDOW = timedelta(hours=6)


def tell(turn: Turn, cards: EvidenceCards, readers: Readers, now: datetime) -> int:
    """Order news of the bursts that go on; returns how many. A child's burst silences its topic's."""
    rows = turn.hearing.open_alarms()
    muted = frozenset(mute.what for mute in turn.mutes() if mute.kind == "topic")
    told = 0
    for row in rows:
        if not is_news(row):
            continue
        quiet = why_quiet(turn, row, muted, now)
        card = cards.card(turn, row.issue, now) if row.issue and not quiet else None
        message = None if quiet else _message(card, row)
        if message is not None:
            _order(turn, row, message, _readers(turn, card, readers, row, now), now)
            turn.hearing.change_alarm(
                row.id, told_persons=row.persons, told_level=row.level, told_at=now, why_quiet=None
            )
            told += 1
        elif quiet != row.why_quiet:
            turn.hearing.change_alarm(row.id, why_quiet=quiet)
    return told


def _readers(turn: Turn, card: EvidenceCard | None, readers: Readers, row: Row[Any], now: datetime) -> tuple[str, ...]:
    """Whom it is news to: not those whom a rule has just shown the same verdict."""
    if card is None:
        return readers.of(row, None)
    issue = turn.issues.rows([row.issue]).get(row.issue)
    shown = turn.hearing.shown(row.issue, card.evidence.verdict.spread, row.told_at or now - WINDOW)
    return tuple(channel for channel in readers.of(row, issue) if channel not in shown)


def _order(turn: Turn, row: Row[Any], message: Message, channels: Iterable[str], now: datetime) -> None:
    for channel in channels:
        own = message.model_copy(update={"key": f"{message.key}:{channel}"})
        turn.order(as_delivery(own, channel, now, "alert") | {"issue": row.issue})


def is_news(row: Row[Any]) -> bool:
    """Of a burst nobody was told of, one that grew from watch to page, one whose persons have doubled."""
    if row.told_persons is None:
        return True
    return (row.told_level, row.level) == ("watch", "page") or row.persons >= 2 * row.told_persons


def why_quiet(turn: Turn, row: Row[Any], muted: frozenset[str], now: datetime) -> str | None:
    """The reason for which nobody is told; None where people are."""
    if not turn.hearing.live(row, row.at - WINDOW):
        return "history: it is never acted on"
    if row.topic in muted:
        return f"the topic {row.topic} is silenced"
    if row.issue is None:
        explained = turn.hearing.is_explained(row.brand, row.topic, now - WINDOW)
        return "issues that have bursts of their own explain it" if explained else None
    issue = turn.issues.rows([row.issue]).get(row.issue)
    if issue is not None and issue.muted_until is not None and issue.persons < issue.muted_until:
        return f"muted by {issue.muted_by} until {issue.muted_until} persons have it"
    return None


def _message(card: EvidenceCard | None, row: Row[Any]) -> Message | None:
    key = f"burst:{row.id}:{row.level}:{row.persons}"
    if row.issue is None:
        measured = (row.persons, row.expected, row.ratio, row.level)
        return issue_words.topic_burst(row.brand, row.topic, *measured, key)
    if card is None:
        return None
    persons = max(row.persons, card.evidence.persons)
    return issue_words.burst(card.told(), row.level, persons, key, row.told_persons is not None)
