"""Step 1 of the road: poll a source, keep what it brought, plan the next poll, tell when it went blind."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Row
from structlog.typing import FilteringBoundLogger

from connectors.contract import Batch, Connector, Door, GiveUp, Item, TryLater
from listener.actions import notices as words
from listener.importing import importing
from listener.intake import Intake, Origin, identity, writable
from listener.model.plan import Polled, Taken
from listener.model.verdict import Voice
from listener.pipeline.following import Following, Praises, unread
from listener.pipeline.notices import Notices, as_delivery
from listener.store import Store
from listener.store.engine import StoreTrouble
from listener.store.sources import Failure
from rules.terms import MaxAge

if TYPE_CHECKING:
    from listener.store.terms import Terms

ADAPTIVE = timedelta(minutes=15)
LONGEST_BACK_OFF = timedelta(hours=6)
SHORTEST_BACK_OFF = timedelta(seconds=30)
BLIND_AFTER = 3
LONG = timedelta(hours=1)
CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Watched:
    """One source as the operator configured it. `every` None: adaptive. `brands` are names."""

    name: str
    kind: str
    connector: Connector
    brands: tuple[str, ...]
    everything: bool
    platform: str
    voice: Voice
    every: timedelta | None = None


Result = Literal["ok", "failed", "unkept"]


class Collect:
    """Polls sources. One call is one poll of one source and touches no other."""

    def __init__(
        self,
        store: Store,
        intake: Intake,
        watched: Mapping[str, Watched],
        door: Callable[[str], Door],
        notices: Notices,
        max_age: MaxAge,
        log: FilteringBoundLogger,
        praises: Praises = unread,
    ) -> None:
        self._store = store
        self._following = Following(store, intake, praises)
        self._intake = intake
        self._watched = watched
        self._door = door
        self._notices = notices
        self._max_age = max_age
        self._log = log

    def poll(self, name: str) -> Result:
        """Read one source once. Never raises: this is the boundary of a poll. "unkept": the store took nothing."""
        door = self._door(name)
        try:
            watched, row = self._watched.get(name), self._store.sources.get(name)
            return "ok" if watched is None or row is None else self._polled(watched, row, door)
        except StoreTrouble as error:
            self._log.error("store.trouble", source=name, error=str(error))
            return "unkept"

    def push(self, name: str, items: Sequence[Item]) -> Taken:
        """Keep what was posted to a source; it is stored when this returns. Raises StoreTrouble.

        What is pushed counts as said now: there is no first poll whose old items would be history.
        """
        watched, row, now = self._watched[name], self._store.sources.get(name), self._door(name).now()
        if row is None:
            raise StoreTrouble(f"source {name} is not in the store: restart the daemon")
        polled = Polled(name, row.cursor, now, row.next_at or now, row.hint)
        taken = self._take(watched, items, polled, first_poll=False, last_ok_at=now)
        self._log.info("push.done", source=name, items=taken.items, mentions=taken.mentions, edited=taken.edited)
        return taken

    def _polled(self, watched: Watched, row: Row[Any], door: Door) -> Result:
        try:
            self._poll(watched, row, door)
        except GiveUp as error:
            self._failed(watched, row, door.now(), str(error), "gone", None)
        except TryLater as error:
            if error.after or not door.stopped.is_set():  # broken off by our own stop, it is due again at the start
                self._failed(watched, row, door.now(), str(error), "backing off", error.after)
        except StoreTrouble:
            raise
        except Exception:  # noqa: BLE001  # boundary: a bug in one connector must not stop the others
            self._log.exception("poll.bug", source=watched.name)
            self._failed(watched, row, door.now(), "a bug: see the log for its traceback", "backing off", None)
        else:
            return "ok"
        return "failed"

    def _poll(self, watched: Watched, row: Row[Any], door: Door) -> None:
        batch = watched.connector.poll(row.cursor, door)
        now = door.now()
        next_at = now + self._interval(watched, batch, row)
        # told before anything is kept: after a crash in between the poll comes again and the same keys are told once
        self._recovered(row, now)
        self._tell_missed(watched, batch, now)
        if batch.unchanged and row.first_ok_at is not None and not batch.blind:
            self._store.sources.unchanged(watched.name, batch.cursor, now, next_at)
            return
        polled = _remembered(watched.name, batch, now, next_at)
        first_poll = row.first_ok_at is None
        taken = self._take(watched, list(batch.items), polled, first_poll, row.last_ok_at)
        if taken.items or taken.edited:
            counts = {"items": taken.items, "mentions": taken.mentions, "edited": taken.edited}
            self._log.info("poll.done", source=watched.name, **counts)

    def _take(
        self, watched: Watched, items: Sequence[Item], polled: Polled, first_poll: bool, last_ok_at: datetime | None
    ) -> Taken:
        items = [writable(item) for item in items]
        restored = self._store.house.restored_at()
        origin = self._origin(watched, first_poll, polled.at)
        if restored:
            origin = replace(origin, restored=restored, undated_old=last_ok_at is None or last_ok_at < restored)
        if origin.first_poll or origin.undated_old:
            items = [_credible(item, polled.at) for item in items]
        arrivals = self._following.arrivals(items, origin)
        taken = self._store.arrivals.take(watched.name, arrivals, polled.at, polled, _terms())
        if replies := self._intake.own_replies(items, watched.platform):
            self._store.deliveries.answered(watched.name, replies, polled.at)
            self._store.tickets.answered(watched.name, replies, polled.at)
        return taken

    def _tell_missed(self, watched: Watched, batch: Batch, now: datetime) -> None:
        for blind in batch.blind:
            # two troubles of one moment are two notices
            about = blake2b(blind.why.encode(), digest_size=4).hexdigest()
            key = f"missed:{watched.name}:{blind.since.isoformat()}:{about}"
            self._notices.send(words.source_missed(watched.name, blind.since, blind.until or now, blind.why, key), now)

    def _origin(self, watched: Watched, first_poll: bool, now: datetime) -> Origin:
        return Origin(
            source=watched.name,
            kind=watched.kind,
            platform=watched.platform,
            voice=watched.voice,
            brands=watched.brands,
            everything=watched.everything,
            first_poll=first_poll,
            at=now,
            young=self._max_age.first_poll,
            fresh=self._max_age.tickets,
        )

    def _interval(self, watched: Watched, batch: Batch, row: Row[Any]) -> timedelta:
        """The operator's, else what the source suggests; the name changes a first interval, to spread the phases."""
        hint = timedelta(seconds=row.hint) if row.hint else None
        interval = watched.every or batch.every or hint or ADAPTIVE
        if row.first_ok_at is not None:
            return interval
        phase = int.from_bytes(blake2b(watched.name.encode(), digest_size=2).digest(), "big") / 65535
        # a publisher's ttl or max-age is a floor: what it suggests gets longer, up to a day
        longer = min(interval * (1 + phase / 4), timedelta(days=1))
        return interval * (0.5 + phase / 2) if watched.every else max(interval, longer)

    def _failed(
        self, watched: Watched, row: Row[Any], now: datetime, why: str, state: str, after: timedelta | None
    ) -> None:
        """Errors double the interval with full jitter; people are told of the third in a row, and of a long wait."""
        ceiling = min((watched.every or ADAPTIVE) * 2 ** min(row.failures, 10), LONGEST_BACK_OFF)
        jitter = timedelta(seconds=random.uniform(0, ceiling.total_seconds()))
        next_at = now + max(jitter, min(SHORTEST_BACK_OFF, ceiling), after or timedelta())
        blind = state == "gone" or row.failures + 1 >= BLIND_AFTER
        state = "blind" if blind and state != "gone" else state
        failure = Failure(watched.name, now, None if state == "gone" else next_at, state, why)
        tells = (blind or (after or timedelta()) >= LONG) and row.state not in ("blind", "gone")
        told = self._blindness(row, failure) if tells else []
        self._store.sources.failed(failure, told)
        self._log.warning("poll.failed", source=watched.name, state=state, error=why, next_at=str(failure.next_at))

    def _blindness(self, row: Row[Any], failure: Failure) -> list[dict[str, Any]]:
        since = row.blind_since or failure.at
        missed = self._store.sources.missed(row.name, row.last_ok_at or since, failure.at)
        blind = words.Blindness(row.name, since, row.last_ok_at, missed)
        notice = words.source_blind(blind, failure.error, failure.next_at, f"blind:{row.name}:{since.isoformat()}")
        return [as_delivery(notice, self._notices.channel, failure.at)]

    def _recovered(self, row: Row[Any], now: datetime) -> None:
        since = row.blind_since
        # of a failure that was not told nobody hears the end either
        if since is None or since not in self._store.sources.close_blind_spots(row.name, now):
            return
        missed = self._store.sources.missed(row.name, row.last_ok_at or since, now)
        key = f"back:{row.name}:{since.isoformat()}"
        self._notices.send(words.source_back(row.name, since, now, missed, key), now)


def _credible(item: Item, now: datetime) -> Item:
    """Without a date in the future: that of a wrong clock says as little about its age as none."""
    return replace(item, posted_at=None) if item.posted_at and item.posted_at - now > CLOCKS_DIFFER else item


def _terms() -> Terms:
    with importing:  # a first poll is on its way before the daemon has imported all this
        from listener.issues.reading import TERMS
    return TERMS


def _remembered(source: str, batch: Batch, now: datetime, next_at: datetime) -> Polled:
    """What the store keeps of a poll beside its items."""
    return Polled(
        source=source,
        cursor=batch.cursor,
        at=now,
        next_at=next_at,
        hint=batch.every.total_seconds() if batch.every else None,
        gone=tuple(map(identity, batch.gone)),
        measures=tuple((m.name, m.about, m.value, m.at) for m in batch.measures),
        blind=tuple((b.since, b.until, b.why) for b in batch.blind),
    )
