"""Which alerts are told together, and when: a collect time, a digest, and what they have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final

from rules.terms import Facts, Settled

MORNING: Final = 8  # o'clock: when the digest of a day or a week comes
NO_WAIT: Final = timedelta()


@dataclass(frozen=True, slots=True)
class Grouping:
    """How a channel likes its alerts: collected for a while, by what, or as a digest; none of them: one by one."""

    collect: timedelta = NO_WAIT
    by: tuple[str, ...] = ()
    digest: str = ""


ALONE: Final = Grouping()


def group_of(settled: Settled, usual: Grouping, facts: Facts, now: datetime, zone: tzinfo) -> dict[str, Any] | None:
    """What the store needs to put an alert into its group; None when it is told alone, at once.

    The rule's options win over the channel's. A mention without an issue is never put with others of none.
    """
    wish = _wish(settled, usual)
    about = {name: _value(name, settled, facts) for name in wish.by}
    if wish == ALONE or about.get("issue") == "":
        return None
    ends = _ends(wish.digest, now.astimezone(zone)) if wish.digest else now + wish.collect
    period = ends.isoformat() if wish.digest else ""
    return {
        "key": "|".join(("group", settled.channel, wish.digest, period, *(f"{n}={v}" for n, v in about.items()))),
        "about": about,
        "wait": wish.collect.total_seconds(),
        "digest": bool(wish.digest),
        "tell_at": ends.isoformat(),
        "sight": _sight(facts) if "issue" in about else "",
    }


def _wish(settled: Settled, usual: Grouping) -> Grouping:
    options: Mapping[str, Any] = settled.options
    if not {"collect", "by", "digest"} & set(options):
        return usual
    collect = timedelta(seconds=float(options.get("collect", 0)))
    return Grouping(collect, tuple(options.get("by", usual.by)), str(options.get("digest", "")))


def _value(name: str, settled: Settled, facts: Facts) -> str:
    if name == "rule":
        return settled.rule
    value = facts.get({"topic": "topics", "issue": "issue.id"}.get(name, name))
    if isinstance(value, tuple):
        return value[0] if value else ""
    return "" if value is None else str(value)


def _sight(facts: Facts) -> str:
    """How the issue stands: a change of it is news."""
    return f"{facts.get('issue.spread') or ''}/{facts.get('issue.state') or ''}"


def _ends(digest: str, local: datetime) -> datetime:
    if digest == "hour":
        # by UTC, as an hour may come twice
        into = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        return (local.astimezone(UTC) - into + timedelta(hours=1)).astimezone(local.tzinfo)
    morning = local.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    if digest == "day":
        return morning if local < morning else morning + timedelta(days=1)
    monday = morning - timedelta(days=local.weekday())
    return monday if local < monday else monday + timedelta(days=7)
