"""The watch over issues between mentions: late posts are gone over again, spreads fall, people hear of bursts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Set
from datetime import datetime

from structlog.typing import FilteringBoundLogger

from listener.pipeline.burst_readers import Readers
from listener.pipeline.bursts_told import tell
from listener.pipeline.evidence_cards import EvidenceCards
from listener.pipeline.issue_check import IssueCheck
from listener.pipeline.joined import Reading
from listener.pipeline.settling import Settling, never
from listener.store import Store
from rules.book import Book

# issues that are judged anew in one transaction, where what was said on each of their days has to be read
AT_ONCE = 100


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
        pause: Callable[[float], bool] = never,
    ) -> None:
        self._store = store
        self._check = check
        self._settling = Settling(store, reading, now, pause)
        self._pause = pause
        self._now = now
        self._readers = Readers(channel, book)
        self._cards = EvidenceCards(check)
        self._log = log

    def beat(self, also: Collection[str] = (), rest: Callable[[], bool] = never) -> None:
        """Settle what came late, look at lively issues and those `also` again, tell people.

        Where much came late it is left to the next beats as soon as `rest` is true. Raises StoreTrouble.
        """
        self._settling.settle(rest)
        self._look_at_moved(rest)
        if not self._pause(0):
            self._look(set(self._store.issues.roots(also).values()), telling=True)

    def catch_up(self) -> None:
        """Settle what came late for somebody who asks now; of its bursts people hear at the next beat."""
        self._settling.settle()
        self._look_at_moved()
        self._look(set(), telling=False)

    def _look_at_moved(self, rest: Callable[[], bool] = never) -> None:
        """Judge issues whose mentions changed, a few in each transaction: of many it takes longer than a stop may."""
        while not self._pause(0) and (some := self._store.issues.moved(AT_ONCE)):
            now = self._now()
            with self._store.judging.look(now) as seen:
                self._check.read(seen, some, now)
            with self._store.judging.turn(now) as turn:
                self._check.look_at(turn, turn.hearing.take_moved(some, now), now)
            if rest():
                return

    def _look(self, changed: Set[str], telling: bool) -> None:
        now, told = self._now(), 0
        lively, topics = self._store.issues.lively(), self._store.issues.lively_topics()
        if changed or lively or topics:
            with self._store.judging.turn(now) as turn:
                self._check.look_again(turn, changed, set(lively), topics, now)
                told = tell(turn, self._cards, self._readers, now) if telling else 0
        if told:
            self._log.info("issue.told", bursts=told)
