"""What people are told about a mention: alerts, drafts to approve, answers to post, deliveries in doubt."""

from __future__ import annotations

from dataclasses import dataclass

from listener.actions.contract import Message
from listener.actions.text import one_line
from rules.catalogue import ACTIONS

# Titles go into logs and onto lock screens, so they hold neither a name nor a word of the post.
_LABELS = {
    "positive": "Praise",
    "negative": "A complaint",
    "mixed": "Praise and complaint at once",
    "neutral": "A mention",
    "unsure": "A mention (sentiment unclear)",
    "unscored": "A mention (language not understood)",
}


@dataclass(frozen=True, slots=True)
class Told:
    """A mention as people are told of it. `score` −1 to 1, `rating` in stars 0 to 5; ids as the lists show them."""

    mention: int
    brand: str
    source: str
    text: str
    label: str
    title: str = ""
    author: str | None = None
    url: str | None = None
    score: float | None = None
    rating: float | None = None
    customer: str | None = None
    ticket: int | None = None
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A delivery that needs a person: `action` as rules call it, `draft` the text that would go out.

    `note` is what its reader must know: a language without a template, words that are all used, who should ask.
    """

    delivery: int
    action: str
    draft: str
    told: Told
    note: str = ""


def private(action: str) -> bool:
    """Whether it is said to one customer alone, never under what they posted."""
    known = ACTIONS.get(action)
    return known is not None and known.outward and not known.public


def subject(label: str | None) -> str:
    """What a mention is, in two words: `A complaint`."""
    return _LABELS.get(label or "", "A mention")


def alert(told: Told, key: str, above: str = "") -> Message:
    """News of one mention, with the ticket that was opened for it; `above` is the rule's own line."""
    ticket = f"Ticket {told.ticket} is open for it: `listener ticket take {told.ticket}`." if told.ticket else ""
    return Message(
        title=f"{_LABELS.get(told.label, 'A mention')} about {told.brand} on {told.source}",
        text="\n".join(filter(None, (above, ticket))),
        link=told.url,
        facts=_facts(told),
        quote=_quote(told),
        footer=f"Why this came: `listener explain {told.mention}`",
        key=key,
    )


def approval(waiting: Waiting, key: str) -> Message:
    """A draft and the two commands that settle it."""
    number = waiting.delivery
    return _with_draft(
        waiting,
        key,
        title=f"{_action(waiting)} {number} waits for your approval ({waiting.told.brand}, {waiting.told.source})",
        footer=f"`listener approve {number}` sends it, `listener approve {number} --text-file FILE` sends your own "
        f"words, `listener reject {number} --why REASON` drops it.",
    )


def by_hand(waiting: Waiting, key: str) -> Message:
    """An approved text that a person has to post, or to send to the one customer, as nothing of ours can."""
    number = waiting.delivery
    if private(waiting.action):
        return _with_draft(
            waiting,
            key,
            title=f"{_action(waiting)} {number} is yours to send privately",
            footer=f"It is for this customer alone, never under the post: send it, then `listener done {number}`; or "
            f"leave it: `listener skip {number}`.",
        )
    return _with_draft(
        waiting,
        key,
        title=f"{_action(waiting)} {number} is yours to post on {waiting.told.source}",
        footer=f"Open the link, post the text, then `listener done {number}`; or leave it: `listener skip {number}`.",
    )


def in_doubt(waiting: Waiting, channel: str, key: str) -> Message:
    """A delivery of which nobody knows whether it arrived; it is not repeated before a person says so."""
    number = waiting.delivery
    return _with_draft(
        waiting,
        key,
        title=f"{_action(waiting)} {number} may or may not have gone out by {channel}",
        footer=f"Look there, then `listener settle {number} --sent` or `listener settle {number} --not-sent`.",
    )


def _with_draft(waiting: Waiting, key: str, *, title: str, footer: str) -> Message:
    told = waiting.told
    note = f"Note: {waiting.note}\n\n" if waiting.note else ""
    return Message(
        title=title,
        text=note + waiting.draft,
        link=told.url,
        facts=_facts(told),
        quote=_quote(told),
        footer=footer,
        key=key,
    )


def _facts(told: Told) -> tuple[tuple[str, str], ...]:
    facts = (
        ("Author", told.author),
        ("Customer", told.customer),
        ("Stars", None if told.rating is None else f"{told.rating:g} of 5"),
        ("Sentiment", told.label if told.score is None else f"{told.label} ({told.score:+.2f})"),
        ("Ticket", told.ticket),
        ("Rule", told.rule),
    )
    return tuple((label, str(value)) for label, value in facts if value is not None)


def _quote(told: Told) -> str:
    return "\n".join(part for part in (one_line(told.title), told.text) if part) or "(a post without text)"


def _action(waiting: Waiting) -> str:
    return waiting.action.replace("_", " ").capitalize()
