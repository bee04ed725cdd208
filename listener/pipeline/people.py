"""What people decide about deliveries and tickets: the same for the command line, the ops desk and Slack."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from listener.model.contact import Check, unbounded
from listener.model.handling import PLAIN_HANDLING, Handling
from listener.pipeline.orders import INSIDE
from listener.pipeline.recheck import Against
from listener.pipeline.ticketing import NotPossible as NotPossible
from listener.pipeline.ticketing import TicketWork
from listener.store import Store
from listener.store.deliveries import ByHand
from listener.store.delivery_lists import DeliveryFilter
from rules.catalogue import ACTIONS


@dataclass(frozen=True, slots=True)
class Person:
    """Who decides, by the name that is recorded."""

    name: str


@dataclass(frozen=True, slots=True)
class Once:
    """The one-time link that somebody decides by, and the end of its time."""

    link: str
    until: datetime | None = None


class People:
    """Decisions of people. `answers` tells whether a source can be answered by the daemon itself.

    `against` looks at a draft once more before it is approved: what its rule says with what is known by now.
    """

    def __init__(
        self,
        store: Store,
        answers: Callable[[str], bool],
        now: Callable[[], datetime],
        who: Person,
        against: Callable[[Row[Any]], Against | None] = lambda row: None,
        once: Once | None = None,
        handling: Handling = PLAIN_HANDLING,
        contact: Check = unbounded,
    ) -> None:
        self._store = store
        self._answers = answers
        self._now = now
        self._who = who.name
        self._against = against
        self._once = once
        self._contact = contact
        self.tickets = TicketWork(store, now, who.name, handling)

    @property
    def who(self) -> str:
        """In whose name everything is decided."""
        return self._who

    def approve(self, number: int, text: str | None = None, anyway: bool = False) -> Row[Any]:
        """The exact text approved is what goes out; where the source takes no reply, by hand.

        Where the contact budget is in the way it is approved and waits (`held`); `anyway` sends it in spite of the
        budget, never in spite of an opt-out. Raises NotPossible.
        """
        row = self._get(number)
        self._look_again(row)
        final = (text if text is not None else row.text).strip()
        if row.status == "waiting" and row.action not in INSIDE and not final:
            raise NotPossible(
                f"delivery {number} has no text: write one and use `listener approve {number} --text-file`"
            )
        now = self._now()
        status = "due" if row.action in INSIDE or self._can_answer(row) else "by_hand"
        values = {"status": status, "text": final, "due_at": now, "told": 0 if status == "due" else 1, "told_at": now}
        return self._let_out(row, {**values, "last_error": None}, anyway)

    def _let_out(self, row: Row[Any], values: dict[str, Any], anyway: bool) -> Row[Any]:
        now, who = self._now(), {"decided_by": self._who} | ({"anyway": self._who} if anyway else {})
        origin = ("waiting", "held") if anyway else ("waiting",)
        check = unbounded if anyway else self._contact
        by = self._by("approve anyway" if anyway else "approve")
        after, block = self._store.deliveries.let_out(row.id, origin, now, by, check, decided_at=now, **values, **who)
        if block and not block.until:
            cure = "" if anyway else f"; to send it all the same: `listener approve {row.id} --anyway`"
            raise NotPossible(f"delivery {row.id} is not sent: {block.why}{cure}")
        if after is None:
            raise self._elsewhere(row.id, "approve", origin)
        return after

    def reject(self, number: int, why: str, due: bool = False) -> Row[Any]:
        """It never goes out; what was reserved for it is given back. `due`: also where it is on its way already."""
        origin = ("waiting", "by_hand", "held") + (("due",) if due else ())
        return self._move(number, origin, "reject", status="rejected", why=why)

    def done(self, number: int, url: str | None = None) -> Row[Any]:
        """A person did it: that is a contact."""
        now = self._now()
        external = {"kind": "by hand", "key": "", "url": url}
        values = {"status": "done", "done_at": now, "external": external}
        return self._move(number, ("by_hand",), "done", **values)

    def skip(self, number: int) -> Row[Any]:
        """A person decided not to do it."""
        return self._move(number, ("by_hand", "waiting"), "skip", status="cancelled")

    def settle(self, number: int, sent: bool) -> Row[Any]:
        """A person looked whether it arrived."""
        now = self._now()
        sent_values = {"status": "done", "done_at": now, "last_error": None}
        values = sent_values if sent else {"status": "due", "due_at": now}
        return self._move(number, ("in_doubt",), "settle", **values)

    def retry(self, number: int) -> Row[Any]:
        """Try a failed one again, as if for the first time."""
        return self._move(number, ("failed",), "retry", status="due", due_at=self._now(), attempts=0)

    def _look_again(self, row: Row[Any]) -> None:
        """What its rule would not order any more is withdrawn, and whoever would have approved it is told."""
        against = self._against(row) if row.status == "waiting" else None
        if against is None:
            return
        look = f"`listener explain {row.mention}` shows the mention"
        if against.passing:
            raise NotPossible(f"delivery {row.id} is not sent yet: {against.why}. Look again in a minute; {look}")
        if against.anew:
            self._store.verdicts.judge_again(row.mention)
            look = f"its post is judged anew, as it is by {row.customer or row.person}; {look}"
        self._move(row.id, ("waiting",), "withdraw", status="cancelled", why=against.why)
        raise NotPossible(f"delivery {row.id} is not sent: {against.why}. It is cancelled; {look}")

    def acknowledge(self, number: int) -> Row[Any]:
        """Somebody looks after an alert: the others need not."""
        row = self._store.alerts.acknowledge(number, self._who, self._now())
        if row is not None:
            return row
        known = self._store.alerts.get(number)
        if known is None:
            raise NotPossible(f"there is no alert {number}: `listener alerts` lists them")
        raise NotPossible(
            f"alert {number} was acknowledged by {known.acked_by} at {known.acked_at:%Y-%m-%d %H:%M %Z}".rstrip()
        )

    def _can_answer(self, row: Row[Any]) -> bool:
        if row.channel:
            return True
        public = row.action in ACTIONS and ACTIONS[row.action].public
        mention = self._store.mentions.get(row.mention) if row.mention and public else None
        return mention is not None and self._answers(mention.source)

    def _get(self, number: int) -> Row[Any]:
        rows = self._store.deliveries.page(DeliveryFilter(id=number))
        if not rows:
            raise NotPossible(f"there is no delivery {number}: `listener deliveries` lists them")
        return rows[0]

    def _move(self, number: int, origin: tuple[str, ...], what: str, **values: Any) -> Row[Any]:
        now, by = self._now(), self._by(what, str(values.get("why", "")))
        row = self._store.deliveries.move(number, origin, now, by, decided_by=self._who, decided_at=now, **values)
        if row is None:
            raise self._elsewhere(number, what, origin)
        return row

    def _by(self, what: str, why: str = "") -> ByHand:
        once = self._once or Once("")
        return ByHand(self._who, what, why, once.link, once.until)

    def _elsewhere(self, number: int, what: str, origin: tuple[str, ...]) -> NotPossible:
        row = self._get(number)
        if what == "approve" and row.status == "held":
            goes = (
                f"it goes out by itself at {row.due_at:%Y-%m-%d %H:%M %Z}, `listener approve {number} --anyway` sooner"
            )
            return NotPossible(f"{told(row)} and waits for nobody's approval ({row.last_error}); {goes}")
        if row.status == "expired":
            post = f": `listener explain {row.mention}` shows the post, to answer there" if row.mention else ""
            return NotPossible(f"{told(row)}. It cannot go out any more{post}")
        return NotPossible(f"{told(row)}; {what} is for those that are {' or '.join(origin).replace('_', ' ')}")

    def take(self, ticket: int) -> None:
        """The ticket is mine."""
        self.tickets.assign(ticket, self._who)

    def assign(self, ticket: int, owner: str) -> None:
        self.tickets.assign(ticket, owner)

    def note(self, ticket: int, text: str) -> None:
        self.tickets.note(ticket, text)

    def close(self, ticket: int, cause: str, outcome: str) -> None:
        """Closing names the root cause and how it ended for the person."""
        self.tickets.close(ticket, cause, outcome)

    def reopen(self, ticket: int) -> None:
        self.tickets.reopen(ticket)


def told(row: Row[Any]) -> str:
    """A delivery's state in words, and by whom and when it came to that."""
    who = f", decided by {row.decided_by}" if row.decided_by else ""
    when = f" at {row.decided_at:%Y-%m-%d %H:%M %Z}".rstrip() if row.decided_by and row.decided_at else ""
    return f"delivery {row.id} is {row.status.replace('_', ' ')}{who}{when}" + (f": {row.why}" if row.why else "")
