"""What people are told about an issue: its card on an alert, and news of a burst."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from listener.actions.contract import Message, Plot

SPREADS = {
    "isolated": "nobody else has it",
    "possibly_shared": "others may have it",
    "shared": "several persons have it",
    "outbreak": "far more persons than usual have it",
    "cannot_tell": "nobody can tell yet who else has it",
}


class IssueTold(BaseModel):
    """An issue as people are told of it: `counted` and `baseline` as the card says them, `lines` the whole card."""

    model_config = ConfigDict(frozen=True)

    id: str
    brand: str
    topic: str
    title: str
    spread: str
    state: str
    counted: str
    baseline: str
    lines: tuple[str, ...]
    plot: Plot | None = None


def with_card(message: Message, told: IssueTold) -> Message:
    """The message with the evidence card under its own words."""
    text = "\n\n".join(filter(None, (message.text, "\n".join(told.lines))))
    facts = (*message.facts, *_facts(told))
    return Message(**(message.model_dump() | {"text": text, "facts": facts, "plot": told.plot}))


def with_cards(message: Message, told: Sequence[IssueTold]) -> Message:
    """The message with the gravest of these cards under its own words, and a line for each other."""
    if not told:
        return message
    first, *others = sorted(told, key=lambda card: card.spread != "outbreak")
    lines = [f"also {card.id} ({card.title}): {card.lines[0]}" for card in others]
    carried = with_card(message, first)
    return carried.model_copy(update={"text": "\n".join((carried.text, *lines))})


def burst(told: IssueTold, level: str, persons: int, key: str, again: bool = False) -> Message:
    """More persons than usual have the same trouble; `again`: it has grown since people were told."""
    word = {"page": "Outbreak", "watch": "Watch"}[level]
    grown = ", it has grown" if again else ""
    return Message(
        title=f"{word}: {persons} persons have the same trouble with {told.brand} ({told.topic}){grown}",
        text="\n".join((f"{told.title}: {SPREADS[told.spread]}.", "", *told.lines)),
        facts=_facts(told),
        footer=f"`listener issues show {told.id}` · `listener issues affected {told.id}` names the customers · "
        f"`listener issues mute {told.id} --until +20` for quiet until 20 more persons have it",
        key=key,
        plot=told.plot,
    )


def topic_burst(brand: str, topic: str, persons: int, expected: float, ratio: float, level: str, key: str) -> Message:
    """More persons than usual complain of a topic, and no single trouble explains it."""
    word = {"page": "Outbreak", "watch": "Watch"}[level]
    return Message(
        title=f"{word}: {persons} persons complain of {topic} at {brand}",
        text=f"{persons} persons in 6 h, expected {expected:.1f} → {ratio:.1f} ×. No single issue explains it: "
        "they may speak of one trouble in different words.",
        facts=(("Brand", brand), ("Topic", topic), ("Against the usual", f"{ratio:.1f} ×")),
        footer="`listener issues` lists the issues; `listener issues suggestions` those that may be one",
        key=key,
    )


def _facts(told: IssueTold) -> tuple[tuple[str, str], ...]:
    return (
        ("Issue", f"{told.id}: {told.title}"),
        ("Spread", told.spread.replace("_", " ")),
        ("State", told.state),
        ("Counted", told.counted),
        ("Baseline", told.baseline.removeprefix("baseline: ")),
    )
