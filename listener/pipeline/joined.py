"""What joining works with: complaints as grouping sees them, grounds as they are remembered, and what is kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row

from listener.issues.grouping import Complaint, Grouping, Thresholds
from listener.issues.meaning import meaning
from listener.issues.order import NO_TOPIC, name_of, place
from listener.issues.walking import Placed, Step, Walked
from listener.issues.words import stem, terms
from listener.likeness import normal_words
from listener.model.grouped import Membership, Opening, ground_of, text_of, titled
from listener.store.grounds import COMPLAINTS

VERSION = "words-2"


@dataclass
class Ground:
    """The issues of one ground as this process remembers them, as of a version of the store."""

    version: int
    grouping: Grouping
    last: int | None
    ids: dict[int, str]
    since_snapshot: int = 0


@dataclass(frozen=True, slots=True)
class Complained:
    """One complaint that is to be placed, with the ground it belongs to."""

    row: Row[Any]
    ground: str
    step: Step


@dataclass(frozen=True, slots=True)
class Stepped:
    """One ground after a batch: what came, where it ended, the issues that it opened, from where to go over again."""

    name: str
    ground: Ground
    fresh: Sequence[Complained]
    walked: Walked
    openings: Sequence[Opening]
    redo: int | None

    def words(self) -> list[tuple[str, str, dict[str, Any]]]:
        """(issue, ground, words) of the issues that grew."""
        ids = self.ground.ids
        return [(ids[number], self.name, one.as_json()) for number, one in self.walked.grown.items()]


@dataclass(frozen=True, slots=True)
class Reading:
    """How complaints are read: from which likeness on they are one issue, and the words by which a brand is called.

    Its own name tells no trouble of a brand from another.
    """

    thresholds: Thresholds = field(default_factory=Thresholds)
    names: Mapping[str, frozenset[str]] = field(default_factory=dict)


def complained(
    row: Row[Any],
    topic: str | None,
    fence: str | None,
    language: str | None,
    copy_of: int | None,
    reading: Reading,
) -> Complained:
    """A mention as grouping sees it; issues are looked for within its `fence`, where ops' rules gave it one."""
    names = reading.names.get(row.brand, frozenset())
    words = telling_words(row.title, row.text, names)
    at = row.posted_at.timestamp()
    meant = meaning(text_of(row.title, row.text), language, row.brand)
    said = Complaint(row.brand, fence or "", words, at, topic or NO_TOPIC, meant)
    return Complained(row, ground_of(row.brand, fence), Step(row.id, place(row.posted_at, row.post), said, copy_of))


def telling_words(title: str, text: str, names: Collection[str]) -> tuple[str, ...]:
    """The words of a post that can tell its trouble from others, without those by which its brand is called."""
    return tuple(term for term in terms(text_of(title, text)) if term not in names)


def is_complaint(label: str, row: Row[Any]) -> bool:
    """What is looked at for issues: trouble that somebody else than us voices."""
    return label in COMPLAINTS and not row.own


def opening(founder: Complained, number: int) -> Opening:
    """A new issue, named by its topic and its founder's place."""
    row, said = founder.row, founder.step.said
    name = name_of(said.topic, number, row.brand)
    return Opening(name, number, row.brand, said.topic, row.id, row.posted_at, fence=said.fence)


def suggested(step: Stepped) -> list[tuple[str, str, float, str]]:
    """Issues that a new one may be the same as: near, but not near enough to be counted together."""
    ids = step.ground.ids
    return [
        (ids[one.number], ids[number], score, f"share {', '.join(one.words)}" if one.words else "mean nearly the same")
        for one in step.walked.placed
        for number, score in one.maybe
        if number in ids
    ]


def membership(one: Placed, ids: Mapping[int, str]) -> Membership:
    """An assignment, with the words that decided it."""
    return Membership(one.mention, ids[one.number], one.score, reason_of(one), VERSION)


def reason_of(one: Placed) -> str:
    """Why a complaint is in its issue, with the words that decided it."""
    shared = f": {', '.join(one.words)}" if one.words and not one.founds else ""
    return f"{one.reason}{shared}"


def retitled(rows: Mapping[str, Row[Any]], step: Stepped) -> list[dict[str, Any]]:
    """Topics, keywords and titles of the issues that grew: what most say, in words as people wrote them."""
    said, ids = step.fresh, step.ground.ids
    spoken = {stem(word): word for one in said for word in normal_words(f"{one.row.title} {one.row.text}")}
    found = []
    for number, centroid in step.walked.grown.items():
        row = rows.get(ids[number])
        if row is None:
            continue
        known = written(row)
        keywords = [known.get(term) or spoken.get(term, term) for term in step.walked.telling[number]]
        found.append(renamed(row, centroid.topic, centroid.fence, keywords))
    return found


def written(row: Row[Any]) -> dict[str, str]:
    """The words by which people know an issue, as they wrote them, by the stems that grouping knows."""
    return {stem(word): word for word in row.keywords}


def renamed(row: Row[Any], about: str, fence: str, keywords: Sequence[str]) -> dict[str, Any]:
    """Topic, keywords and title of an issue that is `about` a topic; what people named stays."""
    topic = row.topic if row.topic_by else about or row.topic
    title = row.title if row.titled_by else titled(topic, keywords)
    # the founder may have come from another ground, and its issue with it
    return {"id": row.id, "topic": topic, "fence": fence, "keywords": list(keywords), "title": title}
