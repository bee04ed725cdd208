"""What people are told of tickets: promises that are about to break, people who wrote or did not, news from outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from listener.actions.contract import Message
from listener.counted import counted

_PROMISES = {"reply": "first reply", "resolve": "solution"}


@dataclass(frozen=True, slots=True)
class TicketTold:
    """A ticket as people are told of it; times are shown in their own zone. `url` is its counterpart outside."""

    id: int
    queue: str
    urgency: str
    person: str
    owner: str | None = None
    replied: bool = False
    url: str | None = None


def promise(told: TicketTold, name: str, due: datetime, late: bool, key: str) -> Message:
    """A promise that breaks soon (`late` false) or is broken. `name` is reply or resolve."""
    what = _PROMISES[name]
    state = f"is late: its {what} was due {_at(due)}" if late else f"must have its {what} by {_at(due)}"
    nobody = "" if told.owner else "Nobody has it yet. "
    unanswered = "The person has not heard from us yet." if not told.replied else "The person has had a first reply."
    return _message(told, f"Ticket {told.id} ({told.queue}, {told.urgency}) {state}", nobody + unanswered, key)


def waited(told: TicketTold, key: str) -> Message:
    """The time that somebody gave the person to answer is over."""
    title = f"Ticket {told.id} ({told.queue}) goes on: the time for the person's answer is over"
    return _message(told, title, "It is open again, and its time runs.", key)


def wrote(told: TicketTold, how: str, mention: int, key: str) -> Message:
    """The person answered. `how`: joined, resumed (we waited for them) or reopened."""
    state = {"resumed": "It is open again, and its time runs.", "reopened": "It was closed, and is open again."}
    title = f"Ticket {told.id} ({told.queue}): its person answered"
    text = f"{state.get(how, '')} `listener explain {mention}` shows what they say.".strip()
    return _message(told, title, text, key)


def got_worse(told: TicketTold, days: int, key: str) -> Message:
    """After a close the person speaks worse of us than in the ticket."""
    return Message(
        title=f"Ticket {told.id} was closed {days} days ago, and its person is unhappier than before",
        text="What they have said since then reads worse than their complaint.",
        facts=_facts(told),
        footer=f"`listener ticket show {told.id}`, then `listener ticket reopen {told.id}`",
        key=key,
    )


def closed_outside(told: TicketTold, tracker: str, cause: str | None, key: str) -> Message:
    """Somebody closed the counterpart; what is missing here is asked for."""
    cure = f"--cause {repr(cause) if cause else 'TEXT'} --outcome recovered|neutral|lost"
    return Message(
        title=f"Ticket {told.id} was closed in {tracker}: {'how' if cause else 'why'} did it end?",
        text="It is closed here too. " + ("" if cause else f"{tracker} gives no root cause, so you are asked for it."),
        link=told.url,
        facts=_facts(told),
        footer=f"`listener ticket close {told.id} {cure}`",
        key=key,
    )


def gone_outside(told: TicketTold, tracker: str, name: str, mentions: int, key: str) -> Message:
    """The counterpart was deleted there; ours goes on."""
    return Message(
        title=f"Ticket {told.id}: {name} was deleted in {tracker}",
        text=f"Nothing is lost: the ticket is as it was here, with {counted(mentions, 'mention')}. "
        "What comes next for it stays here.",
        facts=_facts(told),
        footer=f"`listener ticket track {told.id}` opens it there anew; `listener ticket show {told.id}` shows it.",
        key=key,
    )


def tracker_blind(tracker: str, why: str, key: str) -> Message:
    """A tracker cannot be asked what happened to our tickets there."""
    return Message(
        title=f"Tracker {tracker} cannot be read",
        text=f"{why}\nWhat is closed there is not closed here meanwhile. It is asked again by itself.",
        footer="`listener check --online` tries it now.",
        key=key,
    )


def _message(told: TicketTold, title: str, text: str, key: str) -> Message:
    number = told.id
    take = "" if told.owner else f"`listener ticket take {number}`, then "
    step = f"show {number}" if told.replied else f"reply {number} --text-file FILE"
    footer = f"{take}`listener ticket {step}`. Waiting for the person? `listener ticket wait {number} --until 3d`."
    return Message(title=title, text=text, link=told.url, facts=_facts(told), footer=footer, key=key)


def _facts(told: TicketTold) -> tuple[tuple[str, str], ...]:
    return (("Person", told.person), ("Owner", told.owner or "nobody"), ("Queue", told.queue))


def _at(at: datetime) -> str:
    return f"{at:%a %Y-%m-%d %H:%M %Z}".strip()
