"""What else the wording tells: topics, drivers of praise, intent, leaving, comparing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from listener.model.verdict import Evidence, Label, Voice
from listener.understanding import taxonomy
from listener.understanding.packs import WordFile
from listener.understanding.phrases import Phrases, Said

# "via" or "reports" alone also stands in a customer's post
LEAST_NEWS_SIGNS = 2
# more phrases than the shipped files and any taxonomy that people keep
KEPT_EVIDENCE = 10_000


class Signs(NamedTuple):
    """The signs in one text, each with the phrase that showed it, in the order of the text."""

    topics: tuple[Said, ...] = ()
    rules: tuple[Said, ...] = ()
    drivers: tuple[Said, ...] = ()
    intents: tuple[Said, ...] = ()
    churn: tuple[Said, ...] = ()
    comparison: tuple[Said, ...] = ()

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        everything = (*self.rules, *self.topics, *self.drivers, *self.intents, *self.churn, *self.comparison)
        return tuple([evidence_of(said) for said in everything])


NO_SIGNS = Signs()


@lru_cache(KEPT_EVIDENCE)
def evidence_of(said: Said) -> Evidence:
    return Evidence(said.phrase, 0.0, said.group)


@lru_cache(KEPT_EVIDENCE)
def apart(said: Said) -> tuple[str, Said]:
    """The section, and the rest, of what `qualified` joined."""
    section, _, group = said.group.partition(":")
    return section, Said(group, said.phrase)


class SignReader:
    """Finds the signs of a text in one pass. `topics` is the taxonomy file that ops edit, with their rules in it."""

    def __init__(self, topics: WordFile = taxonomy.TOPICS) -> None:
        of_ops = taxonomy.OF_OPS
        ours = tuple(name for name in Signs._fields if name not in of_ops)
        sections = {name: taxonomy.groups(taxonomy.SIGNS, name, ours) for name in ours}
        sections |= {name: taxonomy.groups(topics, name) for name in of_ops}
        self._places = {topic: place for place, topic in enumerate(taxonomy.topics(topics))}
        self._phrases = Phrases(qualified(sections))

    def read(self, text: str) -> Signs:
        """The signs in a text whose names are marked."""
        everything = self._phrases.said_in(text)
        if not everything:
            return NO_SIGNS
        found: dict[str, list[Said]] = {}
        for said in everything:
            section, each = apart(said)
            found.setdefault(section, []).append(each)
        return Signs(**{section: tuple(each) for section, each in found.items()})

    def ranked(self, signs: Signs) -> tuple[str, ...]:
        """The topics, the main one first: those of ops' rules, then by how many of their words were said.

        Of equals the one that stands first in the file.
        """
        said = [one.group for one in signs.topics]
        if not signs.rules and len(said) < 2:
            return tuple(said)
        ruled = {one.group for one in signs.rules}
        return tuple(
            sorted({*said, *ruled}, key=lambda topic: (topic not in ruled, -said.count(topic), self._places[topic]))
        )


def qualified(sections: Mapping[str, Mapping[str, Sequence[str]]]) -> dict[str, Sequence[str]]:
    """One mapping of `section:group` for all, so that one automaton serves them."""
    return {f"{section}:{group}": phrases for section, groups in sections.items() for group, phrases in groups.items()}


def names_of(signs: Sequence[Said]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([said.group for said in signs])) if signs else ()


def intent_of(signs: Signs, label: Label, voice: Voice, text: str) -> str | None:
    """What the writer is after. Trouble and joy come before the form of the sentence."""
    wants = [said.group for said in signs.intents] if signs.intents else ()
    if voice == "news" or wants.count("news") >= LEAST_NEWS_SIGNS:
        return "news"
    if label in ("negative", "mixed"):
        return "complaint"
    if label == "positive":
        return "praise"
    if "request" in wants:
        return "request"
    return "question" if "question" in wants or "?" in text else None
