"""Tickets and their counterparts in outside systems: what we tell them, what we hear of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row
from structlog.typing import FilteringBoundLogger

from connectors.contract import Failed, Receipt
from listener.actions import ticket_words as words
from listener.model.handling import Handling
from listener.pipeline import remarks
from listener.pipeline.attention import Readers, told_of
from listener.pipeline.casework import case_of, complaint_of, ending_of, note_of, reopening_of
from listener.store import Store
from listener.store.engine import StoreTrouble
from listener.store.hearsay import Listened
from listener.store.tracks import Heard
from listener.trackers.contract import GONE, Missing, News, Outside, Said, State, Tracker

AT_ONCE = 50
SOON = timedelta(minutes=1)
BLIND_AFTER = 3


@dataclass(frozen=True, slots=True)
class Followed:
    """A tracker as configured: how often it is asked, and what it calls our queues."""

    name: str
    tracker: Tracker
    every: timedelta
    queues: Mapping[str, str]


class Withdrawn(Exception):
    """A delivery to a counterpart that has become pointless; the text says why."""


class Tracking:
    """Both ways between tickets and trackers. `followed` are the trackers by name."""

    def __init__(
        self,
        store: Store,
        followed: Mapping[str, Followed],
        outside: Outside,
        readers: Readers,
        handling: Handling,
        now: Callable[[], datetime],
        log: FilteringBoundLogger,
    ) -> None:
        self._store = store
        self._followed = followed
        self._outside = outside
        self._readers = readers
        self._handling = handling
        self._now = now
        self._log = log
        self._failures: dict[str, tuple[int, datetime]] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The trackers that are asked for what happened there."""
        return tuple(name for name, each in self._followed.items() if each.tracker.pulls)

    @property
    def trackers(self) -> dict[str, Tracker]:
        """Those that may post to us, too."""
        return {name: each.tracker for name, each in self._followed.items()}

    def perform(self, row: Row[Any]) -> Receipt:
        """Do what a delivery orders, once however often it is tried. Raises Failed and Withdrawn."""
        followed = self._followed.get(row.channel or "")
        case = self._store.tracks.case(row.options["mark"], row.options.get("mention"), row.options.get("note"))
        if followed is None:
            raise Failed(f"there is no tracker {row.channel!r} any more: add it, then `listener retry`", permanent=True)
        if case is None or case.track.status == "gone":
            raise Withdrawn(f"ticket {row.options['ticket']} has no counterpart in {followed.name} any more")
        if row.options["op"] == "create":
            return self._create(followed, case)
        if case.track.key is None:
            raise Failed(f"ticket {case.ticket.id} is not in {followed.name} yet", after=SOON)
        try:
            self._tell(followed.tracker, row, case)
        except Missing:
            self._gone(case.track)
            raise Withdrawn(f"{case.track.key} was deleted in {followed.name}") from None
        return Receipt(followed.name, case.track.key, case.track.url)

    def _create(self, followed: Followed, case: Any) -> Receipt:
        told = case_of(case, followed.queues.get(case.ticket.queue, ""))
        found = followed.tracker.find(told, self._outside) or followed.tracker.create(told, self._outside)
        return Receipt(followed.name, found.key, found.url)

    def _tell(self, tracker: Tracker, row: Row[Any], case: Any) -> None:
        key, op = case.track.key, row.options["op"]
        if op == "comment":
            if case.mention is None:
                raise Withdrawn("the post was deleted at its source")
            tracker.comment(key, complaint_of(case), self._outside)
        elif op == "note":
            if not tracker.notes or case.note is None:
                raise Withdrawn(
                    f"notes stay here: notes = false of {row.channel}" if case.note else "the note is erased"
                )
            tracker.comment(key, note_of(case), self._outside)
        elif self._store.tracks.overtaken(row):
            raise Withdrawn("the ticket was closed or opened again since")
        elif op == "close":
            tracker.close(key, ending_of(case, row), self._outside)
        else:
            tracker.reopen(key, reopening_of(case, row), self._outside)

    def pull(self, name: str) -> int:
        """Ask a tracker how our counterparts stand, those that a webhook named first; how many were asked for."""
        followed, now = self._followed[name], self._now()
        failures, again_at = self._failures.get(name, (0, now))
        rows = self._store.tracks.to_ask(name, now - followed.every, AT_ONCE) if again_at <= now else []
        if not rows:
            return 0
        try:
            states = followed.tracker.states([row.key for row in rows], self._outside)
        except Failed as error:
            self._blind(followed, failures + 1, error)
            return 0
        except Exception:  # noqa: BLE001  # boundary: a tracker that answers nonsense is one that cannot be read
            self._log.exception("tracker.bug", tracker=name)
            self._blind(followed, failures + 1, Failed("a bug: see the log for its traceback"))
            return 0
        self._failures.pop(name, None)
        self._store.tracks.asked([row.mark for row in rows], now)
        for row in rows:
            if row.key in states:
                self._heard(followed, row, states[row.key])
        return len(rows)

    def _heard(self, followed: Followed, row: Row[Any], state: State) -> None:
        try:
            self._listen(followed, row, state)
            self.hear(row, state)
        except StoreTrouble:
            raise
        except Exception:  # noqa: BLE001  # boundary: what is strange about one ticket must not stop the others
            self._log.exception("tracker.bug", tracker=followed.name, ticket=row.ticket)

    def _listen(self, followed: Followed, row: Row[Any], state: State) -> None:
        """What was said there since it was last read. Times of a second are coarse: every change is read twice."""
        if state.changed is None or state == GONE or row.changed == state.changed:
            return
        try:
            known = remarks.names(row, self._store.hearsay.known(row))
            said = followed.tracker.said(row.key, known, self._outside)
        except Failed as error:
            self._log.warning("tracker.unread", tracker=followed.name, ticket=row.ticket, error=str(error))
            return
        once = f"{state.changed} {remarks.ONCE}"
        self._keep(followed, row, said, state.changed if row.changed == once else once)

    def _keep(self, followed: Followed, row: Row[Any], said: Sequence[Said], changed: str | None = None) -> None:
        heard = remarks.of(followed.tracker, row, said, self._now())
        new = self._store.hearsay.keep(Listened(row, heard, changed))
        if new:
            self._log.info("tracker.heard", tracker=followed.name, ticket=row.ticket, said=len(new))

    def _blind(self, followed: Followed, failures: int, error: Failed) -> None:
        """It is asked again by itself, later each time; the third failure in a row is told."""
        now = self._now()
        wait = max(error.after or timedelta(), min(SOON * 2 ** min(failures, 6), timedelta(hours=1)))
        self._failures[followed.name] = failures, now + wait
        self._log.warning("tracker.unread", tracker=followed.name, error=str(error))
        if failures == BLIND_AFTER:
            message = words.tracker_blind(followed.name, str(error), f"tracker:{followed.name}:{now:%Y%m%d%H}")
            self._store.deliveries.add(*self._readers.notices(None, None, message, now, all_hear=True))

    def take(self, name: str, news: News) -> bool:
        """What a webhook told; false when it names none of our counterparts."""
        if news.state is None and not news.said:
            return self._store.tracks.ask_now(name, news.name) is not None
        row = self._store.tracks.of(name, news.name)
        if row is None:
            return False
        self._keep(self._followed[name], row, news.said)
        if news.state is not None:
            self.hear(row, news.state)
        return True

    def hear(self, row: Row[Any], state: State) -> None:
        """Take over a change at a counterpart: closing there closes here, reopening there reopens here."""
        if state.status == row.status:
            return
        if state.status == "gone":
            self._gone(row)
            return
        if self._store.tracks.ordered(row.mark):
            return  # what we did last has not arrived there yet, and will change this once more
        ticket, now = self._store.tickets.get(row.ticket), self._now()
        assert ticket is not None
        if state.status == "closed" and ticket.status != "closed":
            news = self._closed(row, ticket, state, now)
        elif state.status != "closed" and ticket.status == "closed":
            news = self._news(row, "open", "reopened", self._handling.reopened(ticket, now))
        elif state.status == "waiting" and ticket.status == "open":
            values = {"status": "waiting", "waiting_since": now, "wait_until": None, "look_at": now}
            news = self._news(row, "waiting", "waiting", values)
        elif state.status == "open" and ticket.status == "waiting":
            news = self._news(row, "open", "resumed", self._handling.resumed(ticket, now))
        else:
            news = self._news(row, state.status, "", {})
        if self._store.tracks.heard(news):
            self._log.info("tracker.heard", tracker=row.tracker, ticket=row.ticket, status=news.status)

    def _news(self, row: Row[Any], status: str, what: str, values: Mapping[str, Any], **more: Any) -> Heard:
        return Heard(row.mark, row.status, status, self._now(), row.tracker, what, values=values, **more)

    def _closed(self, row: Row[Any], ticket: Row[Any], state: State, now: datetime) -> Heard:
        """With the root cause where the system has it; what is missing is asked for."""
        values = {"status": "closed", "closed_at": now, "root_cause": state.cause, "outcome": state.outcome}
        values |= {"look_at": now + self._handling.check_after, "waiting_since": None, "wait_until": None}
        notices: list[Any] = []
        if not (state.cause and state.outcome):
            key = f"{row.mark}:closed:{now.isoformat()}"
            message = words.closed_outside(told_of(ticket), row.tracker, state.cause, key)
            notices = self._readers.notices(ticket.id, ticket.owner, message, now, all_hear=False)
        text = ": ".join(filter(None, (state.outcome, state.cause))) or "without a root cause"
        return self._news(row, "closed", "closed", values, text=text, notices=notices)

    def _gone(self, row: Row[Any]) -> None:
        """Deleted there: ours goes on by itself, and its people are told."""
        ticket, now = self._store.tickets.get(row.ticket), self._now()
        assert ticket is not None
        count = len(self._store.tickets.mentions_of([ticket.id]).get(ticket.id, ()))
        message = words.gone_outside(told_of(ticket), row.tracker, row.key, count, f"{row.mark}:gone")
        notices = self._readers.notices(ticket.id, ticket.owner, message, now, all_hear=True)
        text = f"{row.key} was deleted in {row.tracker}"
        if self._store.tracks.heard(
            self._news(row, GONE.status, "lost", {"external": None}, text=text, notices=notices)
        ):
            self._log.warning("tracker.heard", tracker=row.tracker, ticket=row.ticket, status="gone")
