"""Answers that somebody writes to a ticket's person: a private letter where there is a way, else in public."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from listener.pipeline.letters import Mailroom, letter
from listener.pipeline.notices import BLANK
from listener.pipeline.orders import REPLY
from listener.pipeline.ticketing import NotPossible
from listener.store import Store

TITLE = "About what you told us"


@dataclass(frozen=True, slots=True)
class Replies:
    """Writes answers in somebody's name. `answers` tells whether a source can be answered by the daemon itself."""

    store: Store
    room: Mailroom
    answers: Callable[[str], bool]
    now: Callable[[], datetime]
    who: str

    def write(self, number: int, text: str, title: str = "", public: bool = False) -> Row[Any]:
        """The delivery that carries it: whoever writes it has approved it. Raises NotPossible."""
        row = self.store.tickets.get(number)
        if row is None:
            raise NotPossible(f"there is no ticket {number}: `listener tickets` lists them")
        if not text.strip():
            raise NotPossible("the text is empty: write what the person is to read")
        # the same words twice are a key pressed twice
        key = f"ticket:{number}:reply:{hashlib.sha256(text.strip().encode()).hexdigest()[:16]}"
        if old := self.store.deliveries.by_key(key):
            raise NotPossible(f"this text is delivery {old.id} already, which is {old.status.replace('_', ' ')}")
        self.store.deliveries.add(self._columns(row, key, text.strip(), title, public))
        made = self.store.deliveries.by_key(key)
        assert made is not None
        self.store.house.audit(self.now(), self.who, "reply", f"ticket {number}", f"delivery {made.id}")
        self.store.tickets.change(number, self.now(), self.who, "replied", f"delivery {made.id}")
        return made

    def _columns(self, row: Row[Any], key: str, text: str, title: str, public: bool) -> dict[str, Any]:
        mentions = self.store.tickets.mentions_of([row.id]).get(row.id, [])
        latest = self.store.mentions.get(mentions[-1]) if mentions else None
        about = {"mention": latest.id if latest else None, "decided_by": self.who, "options": {"ticket": row.id}}
        known = self.store.customers.get([row.customer]).get(row.customer) if row.customer else None
        if known and not public and self.room.reaches(known):
            return letter(self.room, key, "recovery", known.id, title or TITLE, text, self.now(), status="due", **about)
        if latest is None:
            raise NotPossible(f"ticket {row.id} has no post to answer, and no letter can reach its person")
        now, by_itself = self.now(), self.answers(latest.source)
        told = {"status": "due"} if by_itself else {"status": "by_hand", "told": 1, "told_at": now}
        whom = {"person": row.person, "customer": row.customer, "purpose": "recovery"}
        row_of = {**BLANK, "key": key, "action": REPLY, "channel": None, "text": text, "due_at": now, "created_at": now}
        return row_of | whom | about | told
