"""What our own people are told about references: what must come down, what is still up, who could come back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from listener.actions.contract import Message


@dataclass(frozen=True, slots=True)
class Entry:
    """One place on a takedown list: its number, kind, address, owner, what the last look found, open for how long."""

    takedown: int
    kind: str
    place: str
    owner: str
    seen: str
    open_for: timedelta


def take_down(customer: str, cause: str, entries: Sequence[Entry], key: str) -> Message:
    """A reference turned sour: the list of places that must come down."""
    return Message(
        title=f"{customer} is paused as a reference: {_places(len(entries))} to take down",
        text=f"The cause: {cause}. Nobody uses this reference until it is reinstated by hand.",
        facts=_facts(entries),
        footer="Web pages are looked at until the texts are gone. Anything else: "
        "`listener references down NUMBER` when it is down.",
        key=key,
    )


def still_up(customer: str, entries: Sequence[Entry], key: str) -> Message:
    """The daily reminder of a list that is not done."""
    return Message(
        title=f"{customer}: {_places(len(entries))} still not confirmed as taken down",
        facts=_facts(entries),
        footer="`listener references down NUMBER` confirms one by hand.",
        key=key,
    )


def could_come_back(customer: str, why: str, key: str) -> Message:
    """What paused a reference is over. It is proposed, never done."""
    return Message(
        title=f"{customer} could be reinstated as a reference",
        text=f"{why}. Nothing happens by itself.",
        footer=f"`listener references show {customer}`, then `listener references reinstate {customer}`.",
        key=key,
    )


def review(customer: str, before: str, owner: str, key: str) -> Message:
    """The customer has a new relationship owner, who has not seen the reference yet."""
    return Message(
        title=f"{customer}: a new owner looks after this reference",
        text=f"{before or 'Nobody'} handed over to {owner or 'nobody'}. Is everything we say with this customer right?",
        footer=f"`listener references show {customer}`, then `listener references reviewed {customer}`.",
        key=key,
    )


def _facts(entries: Sequence[Entry]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (f"{entry.takedown} {entry.kind}", f"{entry.place} ({entry.owner or 'no owner'}; {_since(entry)})")
        for entry in entries
    )


def _since(entry: Entry) -> str:
    hours = int(entry.open_for.total_seconds() // 3600)
    return entry.seen if hours < 1 else f"{entry.seen}, for {f'{hours} h' if hours < 48 else f'{hours // 24} days'}"


def _places(number: int) -> str:
    return f"{number} place" if number == 1 else f"{number} places"
