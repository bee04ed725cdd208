"""What a batch of mentions is decided with, and what settling all of them will ask of the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from listener.advocacy.souring import SOUR
from listener.pipeline.brake import Brake
from listener.pipeline.orders import Said
from listener.pipeline.running import Running
from listener.store.judging import Turn, Written
from rules.engine import Deciding
from rules.terms import ALONE, MaxAge, Mute

Before = frozenset[tuple[str, str, str]]  # (rule, action, channel) that were ordered for a mention already


@dataclass(frozen=True, slots=True)
class Limits:
    """What the installation lets rules do: the floor for public actions and the age of what is acted on.

    `ops` is the channel that hears of the brake. `sour` is the score from which on a complaint pauses a reference.
    """

    floor: Any
    max_age: MaxAge
    zone: ZoneInfo
    ops: str = "log"
    sour: float = SOUR


@dataclass(frozen=True, slots=True)
class Sitting:
    """What one batch is decided with: the same book, silences and brake; and which rules had to be skipped."""

    turn: Turn
    running: Running
    brake: Brake
    mutes: tuple[Mute, ...]
    skipped: list[str]


def expect(turn: Turn, cases: Sequence[tuple[Said, Deciding]]) -> None:
    """Have the store read for all of these at once what it would be asked for one by one."""
    reaching: dict[int, Written] = {}
    complaints: dict[int, str] = {}
    counters: list[str] = []
    for one, deciding in cases:
        person = one.judgement.person
        for step, keys in deciding.foreseen():
            counters += keys
            if step.action.outward and not person.startswith(ALONE):
                reaching[one.row.id] = Written(person, one.row.thread or "")
            if step.action.name == "open_ticket":
                complaints[one.row.id] = person
    turn.expect(counters, reaching, complaints)
