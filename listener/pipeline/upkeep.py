"""What the daemon does between the steps of the road: tells, reminds, expires, forgets, beats once a day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from structlog.typing import FilteringBoundLogger

from listener.actions import notices as words
from listener.actions.contract import Channel
from listener.issues.reading import TERMS
from listener.pipeline.alerting import tell_groups, tell_silences
from listener.pipeline.cards import Cards, announcement
from listener.pipeline.courtesies import first_things_first
from listener.pipeline.digests import tell_shadow, tell_unclear
from listener.pipeline.imported import tell_cut_off
from listener.pipeline.notices import Notices, as_delivery
from listener.pipeline.rhythm import tell_silent_sources
from listener.store import Store
from rules.quantities import LONGEST

REMIND_AFTER = timedelta(hours=4)
DAY = timedelta(days=1)
PERIODS_KEPT = timedelta(days=400)
UNMATCHED_KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Retention:
    """How long mentions, and the texts of persons who are not customers, are kept; and those of single sources."""

    mentions: timedelta
    strangers: timedelta
    sources: Mapping[str, timedelta] = field(default_factory=dict)


class Upkeep:
    """Small regular duties. Each is safe to repeat and to leave half done."""

    def __init__(
        self,
        store: Store,
        notices: Notices,
        channels: Mapping[str, Channel],
        retention: Retention,
        now: Callable[[], datetime],
        log: FilteringBoundLogger,
        readers: tuple[str, ...] = ("",),
    ) -> None:
        self._readers = readers
        self._cards = Cards(store, now)
        self._store = store
        self._notices = notices
        self._channels = channels
        self._retention = retention
        self._now = now
        self._log = log

    def tell(self, patient: bool = True) -> None:
        """Whatever people must be told now: first days, drafts, reminders, alerts, silences that ended.

        Impatiently, groups of alerts that still collect are told as they are.
        """
        self._tell_first_days()
        tell_cut_off(self._store, self._notices, self._now())
        self._tell_drafts()
        self._gather_alerts()
        tell_groups(self._store, self._cards, self._now(), patient)
        tell_silences(self._store, self._notices, self._now())
        for row in self._store.deliveries.expire(self._now()):
            self._log.info("delivery.expired", delivery=row.id, action=row.action)
        self._cards.refresh()

    def _tell_first_days(self) -> None:
        now, restored = self._now(), self._store.house.restored_at()
        for source in self._store.sources.first_polls_untold(restored):
            mentions, complaints = self._store.sources.first_poll_counts(source, restored)
            told = words.first_day(source, mentions, complaints, f"first-day:{source}:{now:%Y%m%d%H%M%S}")
            notice = [as_delivery(told, self._notices.channel, now)] if mentions else []
            self._store.sources.first_poll_told(source, notice)

    def _tell_drafts(self) -> None:
        """To each reader of the ops channel on their own, where one of them may decide by mail."""
        now = self._now()
        for row in first_things_first(self._store.deliveries.to_tell(now - REMIND_AFTER)):
            to = enumerate(self._readers)
            notices = [announcement(row, self._notices.channel, now, number, reader) for number, reader in to]
            self._store.deliveries.announce([row.id], now, notices)

    def _gather_alerts(self) -> None:
        now = self._now()
        for channel, rows in self._store.deliveries.crowded(now).items():
            share = self._channels[channel].max_per_hour if channel in self._channels else None
            key = f"summary:{channel}:{rows[0].id}"
            titles = tuple(str(row.message.get("title", row.action)) for row in rows)
            summary = as_delivery(words.held(channel, titles, share or 0, key), channel, now, "summary")
            self._store.deliveries.gather([row.id for row in rows], now, summary)

    def daily(self, stopped: Callable[[], bool] = lambda: False) -> None:
        """Once a day: the heartbeat, a look at the store, retention, vacuum.

        When it was is kept last: what a crash or `stopped` cut off comes again.
        """
        now = self._now()
        kept = self._store.house.get("daily").get("at")
        last = datetime.fromisoformat(kept) if kept else None
        # a time that is yet to come is that of a clock that stood wrong
        if last and abs(now - last) < DAY:
            return
        if last:
            self._notices.send(words.heartbeat(self._day(last), f"heartbeat:{now:%Y-%m-%d}"), now)
            tell_unclear(self._store, self._notices, last, now)
        tell_shadow(self._store, self._notices, now)
        tell_silent_sources(self._store, self._notices, now)
        if self._is_sound(now, stopped):
            self._forget(now, stopped)
        if not stopped():
            self._store.house.put("daily", {"at": now.isoformat()})

    def _is_sound(self, now: datetime, stopped: Callable[[], bool]) -> bool:
        """Whether the store is; else people hear of it, and nothing is deleted from it."""
        damage = self._store.upkeep.damage(stopped)
        if damage:
            self._log.error("store.damaged", problem=damage)
            self._notices.send(words.store_damaged(damage, f"damaged:{now:%Y-%m-%d}"), now)
        return not damage

    def _day(self, since: datetime) -> words.Day:
        sources, counts = self._store.sources.all(), self._store.deliveries.counts()
        return words.Day(
            since=since,
            sources=sum(row.state != "off" for row in sources),
            blind=sum(row.state in ("blind", "gone") for row in sources),
            mentions=sum(self._store.mentions.by_label(since).values()),
            tickets=self._store.tickets.opened_since(since),
            delivered=self._store.deliveries.done_since(since),
            waiting=counts.get("waiting", 0) + counts.get("by_hand", 0),
            failed=counts.get("failed", 0) + counts.get("in_doubt", 0),
            expired=self._store.deliveries.expired_since(since),
        )

    def _forget(self, now: datetime, stopped: Callable[[], bool]) -> None:
        upkeep = self._store.upkeep
        forgotten = upkeep.forget_mentions(now - self._retention.mentions, TERMS, stopped=stopped)
        blanked = upkeep.blank_strangers(now - self._retention.strangers, TERMS, stopped)
        for source, span in self._retention.sources.items():
            forgotten += upkeep.forget_mentions(now - span, TERMS, source, stopped)
            blanked += upkeep.blank_source(source, now - span, TERMS, stopped)
        if stopped():
            return
        # a limit may look back as far as any duration in a rule
        upkeep.forget_counters(now - LONGEST, now - PERIODS_KEPT)
        upkeep.forget_appearances(now - UNMATCHED_KEPT)
        self._store.rates.forget_hours(now - 2 * DAY)
        self._store.alerts.forget(now - self._retention.mentions)
        self._store.enrolling.index()
        upkeep.vacuum(stopped)
        self._log.info("retention.done", forgotten=forgotten, blanked=blanked)
