"""What a text says about the brand, as understanding found it and the store keeps it."""

from __future__ import annotations

from typing import Literal, NamedTuple

Label = Literal["positive", "negative", "neutral", "mixed", "unsure", "unscored"]
Voice = Literal["complaint", "review", "discussion", "news"]


class Evidence(NamedTuple):
    """One reason for a verdict: a word or phrase, stars, a language; what it weighed and who said so."""

    what: str
    value: float
    origin: str


# each mention makes one of each; of frozen dataclasses they would take four times as long
class Verdict(NamedTuple):
    """`score` runs from −1 to 1, `confidence` from 0 to 1.

    `lean` is the best of positive, negative and neutral, also where the label is mixed or unsure. `intent` is
    praise, complaint, question, request or news. `whole` is the score of the whole text where the label is about
    the brand's clauses only. `plain` is stock VADER's compound where computed. `topic_by` says who named the first
    of the topics: ops themselves, their rules, what was learned, or the words of the taxonomy.
    """

    label: Label
    score: float
    confidence: float
    engine: str
    language: str | None = None
    evidence: tuple[Evidence, ...] = ()
    topics: tuple[str, ...] = ()
    drivers: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    plain: float | None = None
    lean: Label | None = None
    intent: str | None = None
    whole: float | None = None
    topic_by: Literal["ops", "rule", "learned", "words"] | None = None

    @property
    def topic(self) -> str | None:
        """The main topic."""
        return self.topics[0] if self.topics else None

    @property
    def fence(self) -> str | None:
        """The topic within which alone its issue is looked for: one of ops' rules, which say it of all alike."""
        return self.topic if self.topic_by == "rule" else None


class Utterance(NamedTuple):
    """What understanding is given: one mention's text and what is known of where it was said.

    `brand` is the brand's name, `aliases` all its names and handles, `others` those of competitors and
    other brands; `stars` 0 to 5; `language` what the source declared.
    """

    text: str
    brand: str = ""
    aliases: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    voice: Voice = "discussion"
    stars: float | None = None
    language: str | None = None
