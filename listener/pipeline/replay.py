"""Stored mentions as if they were heard once more, each at the moment it was posted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from listener.pipeline.facts import facts_again
from listener.store import Store
from rules.rule import Rule
from rules.simulation import Heard, times_matched
from rules.terms import Facts, Moment

LOOK_BACK = timedelta(days=14)
DAY = timedelta(days=1)
LEAST = timedelta(days=3)  # a rate over less than this says more about the hour than about the rule
MOST = 2_000  # mentions: about a tenth of a second, while the writer waits


def heard(store: Store, since: datetime, until: datetime, zone: ZoneInfo, most: int | None = None) -> Iterator[Heard]:
    """Mentions posted in that time, oldest first; weekday and hour are those of the post, in `zone`."""
    for row in store.replays.between(since, until, most):
        at = row.posted_at
        local = at.astimezone(zone)
        clock = {"weekday": local.strftime("%A").lower(), "hour": local.hour}
        facts = Facts({**facts_again(row, row.facts).values, **clock})
        yield Heard(str(row.id), facts, Moment(at, at, at))


def expected_per_day(store: Store, rule: Rule, since: datetime, now: datetime, zone: ZoneInfo) -> float | None:
    """How often a rule is to be expected to fire: what it would have done with the 14 days before its mode began.

    Where nothing was heard before that, the 14 days before the last one count. None while less than 3 days are known.
    """
    first = store.replays.first()
    until = next((end for end in (since, now - DAY) if first and end - first >= LEAST), None)
    if until is None or first is None:
        return None
    replayed = heard(store, max(first, until - LOOK_BACK), until, zone, MOST)
    oldest = next(replayed, None)
    if oldest is None:
        return 0.0
    # where the mentions are too many to replay them all, the newest of them stand for the rest
    days = max((until - oldest.moment.now) / DAY, 1 / 24)
    return times_matched(rule, chain((oldest,), replayed)) / days
