"""The watch over issues between mentions: late posts are gone over again, spreads fall, people hear of bursts."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from structlog.typing import FilteringBoundLogger

from listener.pipeline.burst_readers import Readers
from listener.pipeline.bursts_told import tell
from listener.pipeline.evidence_cards import EvidenceCards
from listener.pipeline.issue_check import IssueCheck
from listener.pipeline.joined import Reading
from listener.pipeline.settling import Settling
from listener.store import Store
from rules.book import Book


class IssueWatch:
    """What is done about issues although nobody said anything new."""

    def __init__(
        self,
        store: Store,
        check: IssueCheck,
        reading: Callable[[], Reading],
        now: Callable[[], datetime],
        channel: str,
        log: FilteringBoundLogger,
        book: Callable[[], Book] | None = None,
    ) -> None:
        self._store = store
        self._check = check
        self._settling = Settling(store, reading, now)
        self._now = now
        self._readers = Readers(channel, book)
        self._cards = EvidenceCards(check)
        self._log = log

    def beat(self, also: Collection[str] = ()) -> None:
        """Settle what came late, look at lively issues and those `also` again, tell people. Raises StoreTrouble."""
        self._look({*self._settling.settle(), *self._store.issues.roots(also).values()}, telling=True)

    def catch_up(self) -> None:
        """Settle what came late for somebody who asks now; of its bursts people hear at the next beat."""
        self._look(self._settling.settle(), telling=False)

    def _look(self, changed: Collection[str], telling: bool) -> None:
        now, told = self._now(), 0
        lively, topics = self._store.issues.lively(), self._store.issues.lively_topics()
        if changed or lively or topics or self._store.issues.any_moved():
            with self._store.judging.turn(now) as turn:
                again = {*changed, *turn.hearing.take_moved(now)}
                self._check.look_again(turn, again, set(lively), topics, now)
                told = tell(turn, self._cards, self._readers, now) if telling else 0
        if told:
            self._log.info("issue.told", bursts=told)
