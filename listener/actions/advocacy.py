"""What our own people are told about references: what must come down, what is still up, who could come back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from listener.actions.contract import Message
from listener.counted import counted


@dataclass(frozen=True, slots=True)
class Entry:
    """One place on a takedown list: its number, kind, address, owner, what the last look found, open for how long."""

    takedown: int
    kind: str
    place: str
    owner: str
    seen: str
    open_for: timedelta


@dataclass(frozen=True, slots=True)
class Lost:
    """A request that its customer cannot serve any more, the team that made it, and who serves now (None: nobody)."""

    request: int
    team: str
    serves: str | None


def take_down(customer: str, cause: str, entries: Sequence[Entry], lost: Sequence[Lost], key: str) -> Message:
    """A reference serves no more: the places that must come down, and the requests that need somebody else."""
    places = f": {counted(len(entries), 'place')} to take down" if entries else ""
    looks = "Web pages are looked at until the texts are gone. Anything else: `listener references down NUMBER`"
    return Message(
        title=f"{customer} is no reference now{places}",
        text=f"The cause: {cause}. Nobody uses this reference from now on.",
        facts=(*_facts(entries), *map(_stands_in, lost)),
        footer=f"{looks} when it is down."
        if entries
        else f"`listener references show {customer}` tells the whole road.",
        key=key,
    )


def _stands_in(lost: Lost) -> tuple[str, str]:
    who = f"{lost.serves} moves up" if lost.serves else "nobody stands by, it is open again"
    return f"request {lost.request} of {lost.team}", who


def still_up(customer: str, entries: Sequence[Entry], key: str) -> Message:
    """The daily reminder of a list that is not done."""
    return Message(
        title=f"{customer}: {counted(len(entries), 'place')} still not confirmed as taken down",
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


def consent_lapsed(customer: str, form: str, until: str, places: int, key: str) -> Message:
    """What a customer agreed to holds no longer. What follows from it, a person decides."""
    shown = counted(places, "place shows", "places show") if places else "no place shows"
    return Message(
        title=f"{customer}: the consent for {form} ran out on {until}",
        text=f"Nobody is asked for it any more; {shown} this customer. Ask for it anew, or take down what rests on it.",
        footer=f"`listener references consent {customer} --form {form} …`, or `listener references uses {customer}`.",
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
