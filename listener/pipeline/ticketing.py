"""What people do to tickets: take, assign, note, wait, close, reopen; the same for commands, Slack and pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from listener.model.handling import PLAIN_HANDLING, Handling
from listener.store import Store

OUTCOMES = ("recovered", "neutral", "lost")


class NotPossible(Exception):
    """What was asked cannot be done; the text says why and what can."""


class TicketWork:
    """Work on tickets in somebody's name."""

    def __init__(self, store: Store, now: Any, who: str, handling: Handling = PLAIN_HANDLING) -> None:
        self._store = store
        self._now = now
        self._who = who
        self._handling = handling

    def get(self, number: int) -> Row[Any]:
        """The ticket. Raises NotPossible where there is none."""
        row = self._store.tickets.get(number)
        if row is None:
            raise NotPossible(f"there is no ticket {number}: `listener tickets` lists them")
        return row

    def assign(self, number: int, owner: str) -> None:
        """Somebody looks after it from now on."""
        self._change(number, "assigned", owner, owner=owner)

    def note(self, number: int, text: str) -> None:
        """What happened."""
        self._change(number, "noted", text)

    def reached(self, number: int, text: str) -> None:
        """The person heard from us by another way: a contact, and the first reply."""
        self.get(number)
        self._store.tickets.contact(number, self._now(), self._who, text)

    def wait(self, number: int, until: datetime | None, why: str) -> None:
        """We wait for the person: the time to resolve stands still until then, or until they write."""
        row, now = self.get(number), self._now()
        if row.status == "closed":
            raise NotPossible(f"ticket {number} is closed: `listener ticket reopen {number}` first")
        if until is not None and until <= now:
            raise NotPossible("--until is past: write when to go on, as 3d or 2026-12-01")
        values = {"status": "waiting", "waiting_since": row.waiting_since or now, "wait_until": until, "look_at": now}
        self._change(number, "waiting", why, **values)

    def close(self, number: int, cause: str, outcome: str) -> None:
        """Closing names the root cause and how it ended for the person; one closed outside gets them afterwards."""
        row, now = self.get(number), self._now()
        if outcome not in OUTCOMES:
            raise NotPossible(f"outcome is one of {', '.join(OUTCOMES)}, not {outcome!r}")
        if not cause.strip():
            raise NotPossible("a ticket closes with its root cause: --cause 'what went wrong'")
        if row.status == "closed" and row.root_cause and row.outcome:
            raise NotPossible(f"ticket {number} is closed already, {row.outcome}: {row.root_cause}")
        closed_at = row.closed_at or now
        values: dict[str, Any] = {"status": "closed", "closed_at": closed_at, "root_cause": cause, "outcome": outcome}
        values |= {"look_at": closed_at + self._handling.check_after, "waiting_since": None, "wait_until": None}
        self._change(number, "closed", f"{outcome}: {cause}", **values)

    def reopen(self, number: int) -> None:
        """It was not over, or we wait no longer."""
        row, now = self.get(number), self._now()
        if row.status == "open":
            raise NotPossible(f"ticket {number} is open")
        values = self._handling.reopened(row, now) if row.status == "closed" else self._handling.resumed(row, now)
        self._change(number, "reopened", "", **values)

    def track(self, number: int) -> str:
        """Follow it in the outside system of its queue; the name of that system."""
        row = self.get(number)
        current, tracker = self._store.tracks.current(number), self._handling.tracker(row.queue)
        if current is not None:
            raise NotPossible(f"ticket {number} is in {current.tracker} already: {current.url or current.mark}")
        if tracker is None:
            raise NotPossible(f"no [[tracker]] of the configuration takes the queue {row.queue!r}")
        self._store.tracks.begin(number, tracker, self._handling.house, self._now())
        return tracker

    def _change(self, number: int, what: str, text: str, **values: Any) -> None:
        if not self._store.tickets.change(number, self._now(), self._who, what, text, **values):
            self.get(number)
