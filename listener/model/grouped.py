"""What rooms hand to the store about issues: who belongs where and why, an issue that opens, how it is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Membership:
    """A mention put into an issue (None: taken out). `score` is the cosine, 0 to 1; `version` the way of grouping."""

    mention: int
    issue: str | None
    score: float
    reason: str
    version: str
    who: str = "listener"


@dataclass(frozen=True, slots=True)
class Opening:
    """An issue that begins with one mention; `number` is the place of its post, see `listener.issues.order`.

    `fence` is the topic of ops' rules within which alone it grows, empty for none.
    """

    id: str
    number: int
    brand: str
    topic: str
    founder: int
    at: datetime
    title: str = ""
    keywords: tuple[str, ...] = field(default=())
    fence: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does to an issue, for the record. `about` and `before` are what undoing needs."""

    who: str
    what: str
    issue: str
    why: str = ""
    about: dict[str, object] = field(default_factory=dict)
    before: dict[str, object] = field(default_factory=dict)


def text_of(title: str, text: str) -> str:
    """What grouping reads of a post."""
    return f"{title}\n{text}" if title else text


def titled(topic: str, keywords: Sequence[str]) -> str:
    """The title of an issue that nobody gave one."""
    return ": ".join(filter(None, (topic, ", ".join(keywords[:3]))))


def ground_of(brand: str, fence: str | None) -> str:
    """The name of the ground within which issues are looked for: a brand, or a topic of it that ops' rules gave."""
    return f"{brand}\n{fence or ''}"
