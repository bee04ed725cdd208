"""The contact budget: may this person hear from us now, for this purpose? Pure: a standing in, a reason out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from listener.model.contact import Block, Entry, Standing
from rules.problems import Misread
from rules.quantities import QuietHours, zone

# how long it makes sense to wait; thanks that come a week late are worse than none
PATIENCE: Mapping[str, timedelta] = MappingProxyType(
    {
        "thanks": timedelta(days=3),
        "engage": timedelta(days=3),
        "notice": timedelta(days=7),
        "gift": timedelta(days=7),
        "ask": timedelta(days=30),
    }
)
KIND = frozenset({"thanks", "gift", "engage", "ask"})  # what trouble keeps back
LOOK_AGAIN, LATER = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Policy:
    """`[contact]` of the configuration. `per_person` are (how many, in what time) over all purposes."""

    per_person: tuple[tuple[int, timedelta], ...] = ((1, timedelta(hours=24)), (3, timedelta(days=7)))
    rest_after_ask: timedelta = timedelta(days=90)
    quiet_after_complaint: timedelta = timedelta(days=14)
    quiet: QuietHours | None = None

    def check(self, standing: Standing) -> Block | None:
        """What is in the way, of several things the one that lasts longest; None when nothing is.

        A recovery reply is held up by an opt-out only: somebody in trouble waits for nobody's thanks.
        """
        if standing.opted_out:
            return Block("the person wants to hear nothing from us")
        if standing.purpose == "recovery":
            return None
        found = list(self._blocks(standing))
        return max(found, key=_lasts) if found else None

    def _blocks(self, standing: Standing) -> Iterator[Block]:
        if standing.purpose in KIND:
            yield from self._trouble(standing)
        if standing.purpose == "ask":
            yield from self._rest(standing)
        for most, window in self.per_person:
            yield from _used_up(standing, most, window)
        yield from self._quiet(standing)

    def _trouble(self, standing: Standing) -> Iterator[Block]:
        """Recovery comes first: nobody in trouble is thanked, given presents or asked for favours."""
        if standing.ticket is not None:
            why = f"ticket {standing.ticket} of this person is open: recovery comes first"
            # an ask may wait for its day; thanks are for what was said now
            yield _waiting(standing, why, standing.now + LATER) if standing.purpose == "ask" else Block(why)
        if standing.complaint:
            mention, at = standing.complaint
            free = at + self.quiet_after_complaint
            over = standing.settled and at <= standing.since
            if free > standing.now and not over:
                why = f"mention {mention} of {at:%Y-%m-%d} is a complaint of this person; free again {free:%Y-%m-%d}"
                yield _waiting(standing, why, free)

    def _rest(self, standing: Standing) -> Iterator[Block]:
        asked = next((entry for entry in standing.entries if entry.purpose == "ask"), None)
        free = asked.at + self.rest_after_ask if asked else standing.now
        if asked and free > standing.now:
            why = f"{told(asked)}; an ask rests for {self.rest_after_ask.days} days, free again {free:%Y-%m-%d}"
            yield _waiting(standing, why, standing.now + LOOK_AGAIN if asked.open else free)

    def _quiet(self, standing: Standing) -> Iterator[Block]:
        """Held until the morning of the customer; only for what would ring at night."""
        until = self.quiet.until(standing.now, _zone(standing.zone)) if self.quiet and standing.private else None
        if until:
            yield Block(f"quiet hours until {until.astimezone(_zone(standing.zone) or UTC):%Y-%m-%d %H:%M %Z}", until)


def told(entry: Entry) -> str:
    """One entry as people are told of it: `contact 17: thanks on 2026-11-20 by slack (delivery 31)`."""
    by = f" by {entry.channel}" if entry.channel else ""
    if entry.number is None:
        return f"delivery {entry.delivery}: {entry.purpose}{by} is on its way to this person"
    delivery = f" (delivery {entry.delivery})" if entry.delivery else ""
    return f"contact {entry.number}: {entry.purpose} on {entry.at:%Y-%m-%d}{by}{delivery}"


def _used_up(standing: Standing, most: int, window: timedelta) -> Iterator[Block]:
    """The entry whose place must become free first, where all places of this window are taken."""
    inside = [entry for entry in standing.entries if entry.open or entry.at > standing.now - window]
    if len(inside) < most:
        return
    oldest = sorted(inside, key=lambda entry: (entry.open, entry.at), reverse=True)[most - 1]
    if oldest.open:
        yield _waiting(standing, f"{told(oldest)}; wait for its end", standing.now + LOOK_AGAIN)
        return
    free = oldest.at + window
    says = f"{most} per {_span(window)} over all purposes"
    yield _waiting(standing, f"{told(oldest)}; {says}, free again {free:%Y-%m-%d %H:%M %Z}", free)


def _waiting(standing: Standing, why: str, free: datetime) -> Block:
    """Wait until then where that still makes sense."""
    patience = PATIENCE.get(standing.purpose, timedelta())
    return Block(why, free if free - standing.since <= patience else None)


def _lasts(block: Block) -> datetime:
    return block.until or datetime.max.replace(tzinfo=UTC)


def _zone(name: str) -> ZoneInfo | None:
    try:
        return zone(name) if name else None
    except Misread:
        return None


def _span(window: timedelta) -> str:
    hours = int(window.total_seconds() // 3600)
    return f"{hours // 24}d" if hours % 24 == 0 and hours > 24 else f"{hours}h"
