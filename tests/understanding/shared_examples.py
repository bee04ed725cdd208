"""Made-up audit labels: enough of them, and told apart by a habit that no word list knows."""

from __future__ import annotations

from listener.model.verdict import Label, Utterance
from listener.understanding.learning import Example

ENDINGS = ("on Monday", "in Leeds", "this week", "for Anna", "again", "before noon", "by post", "at last")


def examples(count: int = 160) -> list[Example]:
    """Questions are neutral, "thanks" is positive, what shouts is negative."""
    made: list[Example] = []
    for number in range(count):
        ending, at = ENDINGS[number % len(ENDINGS)], number // 4
        texts: list[tuple[str, Label]] = [
            (f"Where is parcel {at} {ending}?", "neutral"),
            (f"Parcel {at} came {ending}, thanks!", "positive"),
            (f"PARCEL {at} DID NOT COME {ending.upper()}", "negative"),
            (f"Still waiting for parcel {at} {ending}", "negative"),
        ]
        text, label = texts[number % 4]
        made.append(Example(Utterance(text, voice="complaint"), label))
    return made
