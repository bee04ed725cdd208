"""What an outside system is told of a ticket: the case, further complaints, how it ended."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from listener.actions import wording
from listener.actions.text import one_line, printable, shorten
from listener.store.tracks import Case as Kept
from listener.trackers.contract import Case, Comment, Ending

LONGEST_TITLE, LONGEST_QUOTE = 150, 10_000


def case_of(kept: Kept, place: str) -> Case:
    """The ticket as it is opened there: its first complaint, who it is about, until when what is promised."""
    ticket, said = kept.ticket, kept.mention
    title = f"{wording.subject(said.label)} about {said.brand} on {said.source}" if said else "A complaint"
    begin = one_line(said.title or said.text) if said else ""
    return Case(
        mark=kept.track.mark,
        ticket=ticket.id,
        title=shorten(f"{title}: {begin}" if begin else title, LONGEST_TITLE),
        about=_about(kept),
        quote=_quote(said),
        known=f"Customer: {ticket.customer}" if ticket.customer else "",
        link=said.url if said else None,
        place=place,
        urgency=ticket.urgency,
        opened_at=ticket.opened_at,
    )


def complaint_of(kept: Kept) -> Comment:
    """A further complaint of the same person."""
    said = kept.mention
    assert said is not None
    link = f"\n{said.url}" if said.url else ""
    about = f"The same person wrote again on {said.source}, {_at(said.posted_at)}:{link}"
    return Comment(f"{kept.track.mark}-m{said.id}", about, _quote(said))


def note_of(kept: Kept) -> Comment:
    """What one of our people wrote on the ticket."""
    note = kept.note
    assert note is not None
    about = f"{note.who}, {_at(note.at)}{', who reached the person' if note.what == 'answered' else ''}:"
    return Comment(f"{kept.track.mark}-n{note.id}", about, shorten(printable(note.text), LONGEST_QUOTE))


def ending_of(kept: Kept, order: Row[Any]) -> Ending:
    """How it ended here."""
    cause, outcome = str(order.options.get("cause") or ""), str(order.options.get("outcome") or "")
    about = (
        f"Closed by {order.options.get('who') or 'us'}: {cause or 'no root cause'} ({outcome or 'outcome not told'})"
    )
    return Ending(Comment(_mark(kept, order), about), cause, outcome)


def reopening_of(kept: Kept, order: Row[Any]) -> Comment:
    """It goes on here."""
    return Comment(_mark(kept, order), "Open again: it was not over.")


def _mark(kept: Kept, order: Row[Any]) -> str:
    """Of this very order: a ticket may be closed twice."""
    return f"{kept.track.mark}-d{order.id}"


def _about(kept: Kept) -> str:
    ticket, said = kept.ticket, kept.mention
    lines = [f"Ticket {ticket.id} of the listening post, queue {ticket.queue}, {ticket.urgency}"]
    if ticket.owner:
        lines.append(f"Owner: {ticket.owner}")
    if said is not None:
        who = one_line(said.author_name or said.author_handle or "somebody")
        lines.append(f"Who: {who} on {said.platform}, {_at(said.posted_at)}")
        lines += [said.url] if said.url else []
    for name, due in (("First reply", ticket.first_reply_due), ("Solution", ticket.resolve_due)):
        lines += [f"{name} due: {_at(due)}"] if due else []
    return "\n".join(lines)


def _quote(said: Row[Any] | None) -> str:
    if said is None:
        return ""
    return shorten(printable("\n".join(filter(None, (said.title, said.text)))), LONGEST_QUOTE)


def _at(at: Any) -> str:
    return f"{at:%Y-%m-%d %H:%M %Z}".strip()
