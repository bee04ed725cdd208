"""What rooms hand to the store about issues: who belongs where and why, an issue that opens."""

from __future__ import annotations

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
