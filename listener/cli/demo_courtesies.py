"""The demo's third act: something useful, a question and a present, each approved by a person, and what comes back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from listener.demo.telling import Note, Scene
from listener.demo.visitor import answer, has_letter

if TYPE_CHECKING:
    from listener.demo.servers import World
    from listener.wiring import Parts

BY = "care"
# who likes a Brew Bar, who bought in the first year, who speaks well of us again
BARISTA, FOUNDER, REGULAR = "c-146", "c-040", "c-068"
SAID = {
    "score": "3",
    "reason.Service": "on",
    "reason.Ease of use": "on",
    "text": "The lid is too stiff for my hands, and nobody answered my letter. Disappointing.",
}
HOME = {"name": "Hugo Ashdown", "address": "4 Harbour Row, Falmouth"}
EXPORT = "presents.csv"
Wait = Callable[[Callable[[], bool]], None]


def told_of_courtesies(parts: Parts, world: World, folder: Path, wait: Wait) -> Scene:
    """Three drafts of the first round are approved; two customers answer by the links in their letters."""
    asked, given = _sent(parts, FOUNDER, "ask_feedback"), _sent(parts, REGULAR, "send_gift")
    notes = _useful(parts)
    if asked:
        notes += _answered(parts, world, wait)
    if given:
        notes += _accepted(parts, world, folder, wait)
    return Scene("Round 3: something useful, a question, a present", courtesies=notes)


def _draft(parts: Parts, customer: str, action: str) -> Any:
    from listener.store.delivery_lists import DeliveryFilter

    rows = parts.store.deliveries.page(DeliveryFilter(status=("waiting",), limit=1_000))
    return next((row for row in rows if (row.customer, row.action) == (customer, action)), None)


def _sent(parts: Parts, customer: str, action: str) -> bool:
    """Whether it is on its way; the contact budget may hold it."""
    draft = _draft(parts, customer, action)
    return draft is not None and parts.people(BY).approve(draft.id).status == "due"


def _useful(parts: Parts) -> list[Note]:
    """No site of the demo takes replies, so the approved text is posted by hand; that is a contact too."""
    draft = _draft(parts, BARISTA, "engage")
    if draft is None:
        return []
    people = parts.people(BY)
    people.approve(draft.id)
    about = parts.store.mentions.get(draft.mention)
    people.done(draft.id, about.url if about is not None else None)
    told = f"got {draft.options['item.title']}, posted by hand"
    return [Note(_name(parts, BARISTA), told, f"listener contacts --person {BARISTA}")]


def _answered(parts: Parts, world: World, wait: Wait) -> list[Note]:
    address = parts.store.customers.email(FOUNDER)
    wait(lambda: has_letter(world.received.mails, address, "survey"))
    answer(world.received.mails, address, "survey", SAID)
    wait(lambda: not parts.store.mentions.waiting())
    row = _survey(parts)
    if row is None:
        return []
    ticket = parts.store.tickets.of_mention(row.id)
    known = f"a mention of kind {row.kind}, {row.label}; {f'ticket {ticket} is open' if ticket else 'no ticket'}"
    said = f"{row.attributes['score']} of 10 for {row.attributes['reasons']}: {row.text}"
    return [Note(_name(parts, FOUNDER), said), Note("became", known, f"listener explain {row.id}")]


def _survey(parts: Parts) -> Any:
    from listener.store.mentions import MentionFilter

    rows = parts.store.mentions.page(MentionFilter(source="survey"))
    return next((row for row in rows if row.customer == FOUNDER), None)


def _accepted(parts: Parts, world: World, folder: Path, wait: Wait) -> list[Note]:
    from listener.cli.gifts import written
    from listener.wiring.now import clock

    address = parts.store.customers.email(REGULAR)
    wait(lambda: has_letter(world.received.mails, address, "gift"))
    answer(world.received.mails, address, "gift", HOME)
    count = written(parts.store.gifts, folder / EXPORT, clock())
    told = f"said where the present may go, by a link that works once; {count} exported to {EXPORT}"
    return [Note(_name(parts, REGULAR), told, "listener gifts export FILE")]


def _name(parts: Parts, customer: str) -> str:
    found = parts.store.customers.get([customer]).get(customer)
    return found.name if found is not None else customer
