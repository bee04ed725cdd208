"""What ops are told once a day or once a week: mentions that need a person, rules that only would have acted."""

from __future__ import annotations

from dataclasses import dataclass

from listener.actions.contract import Message
from listener.counted import counted

MOST = 50


@dataclass(frozen=True, slots=True)
class Unclear:
    """A mention that no rule could judge for itself: `label` is unsure, mixed or unscored."""

    mention: int
    label: str
    source: str
    url: str | None


@dataclass(frozen=True, slots=True)
class WouldHave:
    """What one rule in shadow would have done: one action, how often, for how many persons."""

    rule: str
    action: str
    times: int
    persons: int


def needs_a_person(total: int, newest: tuple[Unclear, ...], key: str) -> Message:
    """The day's mentions whose feeling nobody could tell; `newest` are as many of them as fit."""
    lines = [f"#{one.mention} {one.label} on {one.source} {one.url or '(no link)'}" for one in newest[:MOST]]
    more = [f"and {total - len(lines)} more"] if total > len(lines) else []
    return Message(
        title=f"{counted(total, 'mention needs', 'mentions need')} a person",
        text="\n".join([*lines, *more]),
        footer="They are unsure, mixed or in a language that is not understood. `listener explain ID` shows each of "
        "them.",
        key=key,
    )


def shadow_week(done: tuple[WouldHave, ...], key: str) -> Message:
    """What the rules in shadow would have done in a week."""
    lines = [
        f"{one.rule}: {one.action} {counted(one.times, 'time')} for {counted(one.persons, 'person')}"
        for one in done[:MOST]
    ]
    return Message(
        title=f"{counted(len(done), 'action')} in shadow this week",
        text="\n".join(lines),
        footer="They would have done this and did nothing. `listener deliveries` shows each; set `mode: live` in the "
        "rule's file when you agree.",
        key=key,
    )
