"""What it means for one customer: alone with the trouble, or one of many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from listener.issues.bursts import Level

Spread = Literal["isolated", "possibly_shared", "shared", "outbreak", "cannot_tell"]
DAY = 86_400.0
# other persons with a similar complaint within a day
SHARED_FROM = 2


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known when one complaint is looked at.

    `others` are the other persons with a similar complaint in the last 24 h, `elsewhere` those of them in other issues,
    `earlier` the persons of its issue in the 6 days before. `nameless` are mentions of the issue whose author is not
    known. `topic` is the alarm of its topic, unless issues explain that.
    `listened` is for how many seconds the brand has been listened to.
    """

    others: int
    elsewhere: int = 0
    earlier: int = 0
    nameless: int = 0
    has_author: bool = True
    listened: float = 14 * DAY
    issue: Level | None = None
    topic: Level | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far the trouble has spread, the reasons, and what would change that."""

    spread: Spread
    reasons: tuple[str, ...]
    would_change: tuple[str, ...] = ()


def judged(now: Circumstances) -> Verdict:
    """The verdict. What counts is distinct persons; a nameless mention is nobody's."""
    spread, reason = verdict(now)
    reasons = (reason, *doubts(now))
    return Verdict(spread, reasons, would_change(spread, now))


def verdict(now: Circumstances) -> tuple[Spread, str]:
    if now.others and now.issue == "page":
        return "outbreak", "many more persons than usual have this trouble now"
    if now.others and now.topic == "page":
        return "outbreak", "many more persons than usual complain about this topic now"
    if now.others >= SHARED_FROM:
        return "shared", f"{persons(now.others)} with a similar complaint within 24 h{where(now)}"
    if not now.has_author and not now.others:
        return "cannot_tell", "no author is known, so persons cannot be told apart"
    if now.others + now.earlier or now.issue or now.topic:
        return "possibly_shared", hint(now)
    if now.listened < DAY:
        return "cannot_tell", "the brand has been listened to for less than a day"
    return "isolated", "nobody else complained of the same within 7 days"


def hint(now: Circumstances) -> str:
    """Why it may be shared."""
    if now.others:
        return f"one other person with a similar complaint within 24 h{where(now)}"
    if now.earlier:
        return f"{persons(now.earlier)} complained of the same in the days before"
    return "more persons than usual complain about this topic now"


def where(now: Circumstances) -> str:
    """In which issues the others are, if not all in this one."""
    if not now.elsewhere:
        return ""
    if now.elsewhere == now.others:
        return ", in other issues"
    return ", one of them in another issue" if now.elsewhere == 1 else f", {now.elsewhere} of them in other issues"


def persons(count: int) -> str:
    return "one other person" if count == 1 else f"{count} other persons"


def doubts(now: Circumstances) -> tuple[str, ...]:
    """What weakens the verdict."""
    found = []
    if now.nameless:
        found.append(f"{now.nameless} more mentions have no known author and are not counted")
    if DAY <= now.listened < 3 * DAY:
        found.append("no outbreak can be told from the usual before 3 days of listening")
    return tuple(found)


def would_change(spread: Spread, now: Circumstances) -> tuple[str, ...]:
    if spread == "outbreak":
        return ("it ends when persons are near the usual for 6 h",)
    if spread == "shared":
        return ("an outbreak needs at least 5 persons and twice the usual within 6 h",)
    missing = SHARED_FROM - now.others
    more = "one more person" if missing == 1 else f"{missing} more persons"
    return (f"{more} with the same complaint within 24 h would make it shared",)
