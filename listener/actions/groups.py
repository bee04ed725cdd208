"""What people are told of several mentions at once, and of what became of a message that they were sent before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from listener.actions.contract import Button, Message
from listener.actions.text import one_line, shorten
from listener.actions.wording import Told, Waiting, alert, approval, by_hand
from listener.counted import counted

SHOWN, LENGTH = 8, 160  # mentions in one message, and letters of each
PAST = {"due": "approved", "held": "approved", "sending": "approved", "done": "approved", "cancelled": "withdrawn"}


@dataclass(frozen=True, slots=True)
class Group:
    """An alert about several mentions: how many in all, the newest of them, what they share, who took notice."""

    alert: int
    mentions: int
    before: int
    about: Mapping[str, str]
    newest: tuple[Told, ...]
    acked: str = ""


def group(told: Group, key: str) -> Message:
    """One message for all of them; `before` of them were told already."""
    count = counted(told.mentions, "mention")
    grown = f", {told.before} of them told before" if told.before else ""
    shared = ", ".join(f"{name} {value}" for name, value in told.about.items() if value)
    rest = told.mentions - len(told.newest[:SHOWN])
    more = f"\nand {rest} more" if rest > 0 else ""
    return Message(
        title=f"{count}{grown}: {shared}" if shared else _together(count, told.mentions) + grown,
        text=told.acked,
        quote="\n".join(map(_line, told.newest[:SHOWN])) + more,
        footer=f"`listener ack {told.alert}` says that you see to it; `listener alerts --id {told.alert}` lists it.",
        buttons=(*(() if told.acked else (_button("acknowledge", told.alert),)), _button("mute", told.alert)),
        key=key,
    )


def _together(count: str, mentions: int) -> str:
    return f"{count} in one message" if mentions > 1 else f"{count} that needs you"


def _line(told: Told) -> str:
    said = shorten(one_line(f"{told.title} {told.text}"), LENGTH) or "(the post is gone)"
    ticket = f", ticket {told.ticket}" if told.ticket else ""
    return f"• {told.label} on {told.source}{ticket}: {said} {told.url or ''}".rstrip()


@dataclass(frozen=True, slots=True)
class Seen:
    """How an alert about one mention stands: who took notice, and its ticket's owner and state."""

    alert: int
    acked: str = ""
    owner: str = ""
    ticket: str = ""


def single(told: Told, seen: Seen, key: str, above: str = "") -> Message:
    """An alert about one mention, with what was done about it since."""
    message = alert(told, key, above)
    stands = _stands(told.ticket, seen.owner, seen.ticket) if told.ticket else ""
    text = "\n".join(filter(None, (above if stands else message.text, stands, seen.acked)))
    acknowledge = () if seen.acked else (_button("acknowledge", seen.alert),)
    work = _work(told.ticket, seen.owner, seen.ticket) if told.ticket else ()
    return message.model_copy(update={"text": text, "buttons": (*acknowledge, *work, _button("mute", seen.alert))})


def of_ticket(message: Message, number: int, owner: str, status: str) -> Message:
    """News of a ticket, with what can be done about it and what was done since."""
    text = "\n".join(filter(None, (message.text, _stands(number, owner, status))))
    return message.model_copy(update={"text": text, "buttons": _work(number, owner, status)})


def _work(number: int, owner: str, status: str) -> tuple[Button, ...]:
    if status == "closed":
        return ()
    return tuple(_button(do, number) for do in (("assign", "close") if owner else ("take", "assign", "close")))


def _stands(number: int, owner: str, status: str) -> str:
    if status == "closed":
        return f"Ticket {number} is closed."
    return f"Ticket {number} is with {owner}." if owner else ""


def draft(waiting: Waiting, status: str, decided: str, key: str) -> Message:
    """A draft as it stands: to approve, to post by hand, or how it was decided."""
    number, action = waiting.delivery, waiting.action.replace("_", " ").capitalize()
    if status == "waiting":
        return _buttons(
            _of_nobody(approval(waiting, key), waiting, "waits for your approval"), number, "approve", "edit", "reject"
        )
    message = _of_nobody(by_hand(waiting, key), waiting, "is yours to do")
    if status == "by_hand":
        return _buttons(message, number, "done", "skip")
    return message.model_copy(update={"title": f"{action} {number}: {decided}", "footer": ""})


def _buttons(message: Message, number: int, *does: str) -> Message:
    return message.model_copy(update={"buttons": tuple(_button(do, number) for do in does)})


def _of_nobody(message: Message, waiting: Waiting, waits: str) -> Message:
    """A draft that no mention ordered has no post to show."""
    if waiting.told.mention:
        return message
    action = waiting.action.replace("_", " ").capitalize()
    return message.model_copy(update={"title": f"{action} {waiting.delivery} {waits}", "quote": ""})


def decided(status: str, who: str | None, at: datetime | None, why: str | None) -> str:
    """Approved by kim at 2026-11-23 12:00 UTC."""
    by = f" by {who}" if who else ""
    when = f" at {at:%Y-%m-%d %H:%M %Z}".rstrip() if at else ""
    return f"{PAST.get(status, status.replace('_', ' '))}{by}{when}" + (f": {why}" if why else "")


def acknowledged(who: str | None, at: datetime | None) -> str:
    """Acknowledged by kim at 2026-11-23 12:00 UTC; "" while nobody has."""
    return f"Acknowledged by {who} at {at:%Y-%m-%d %H:%M %Z}".rstrip() if who and at else ""


def _button(do: str, number: int) -> Button:
    return Button.model_validate({"do": do, "about": str(number)})
