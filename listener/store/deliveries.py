"""Deliveries: the queue of everything on its way out. A claim is one UPDATE; its attempt number is the fence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, case, or_, select, update

from listener.model.contact import Block, Check, unbounded
from listener.model.delivery import Attempt, Delivery
from listener.model.mention import Mention
from listener.model.plan import OwnReply
from listener.store import outbox, postings
from listener.store.claiming import blocked, claimable, claimed, seen, unpaused
from listener.store.delivery_lists import DeliveryLists
from listener.store.endings import enter_contact, release
from listener.store.engine import table
from listener.store.house import audit, audit_line, spend
from listener.store.prepared import Prepared, entry
from listener.store.tracks import carried

delivery, attempt, mention = table(Delivery), table(Attempt), table(Mention)

ENDED_UNSENT = ("rejected", "expired", "cancelled")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt ended: done, due (again at `due_at`), failed, in_doubt, by_hand.

    `shows`: a message that can be changed went out, and what it shows: kind, number and state.
    """

    delivery: int
    attempt: int
    status: str
    at: datetime
    due_at: datetime | None = None
    error: str | None = None
    external: Mapping[str, Any] | None = None
    channel: str | None = None
    shows: tuple[str, int, str] | None = None


@dataclass(frozen=True, slots=True)
class ByHand:
    """Who changes a delivery, for the audit trail; `link` is the one-time link that was used, good until `until`."""

    who: str
    what: str
    why: str = ""
    link: str = ""
    until: datetime | None = None


_ATTEMPTED = entry(attempt)


@cache
def _ending(columns: tuple[str, ...]) -> Prepared:
    """An attempt's end, which sets these columns; made once, as it costs more than the store needs to run it."""
    mine = (delivery.c.id == bindparam("which")) & (delivery.c.attempts == bindparam("attempt"))
    values = {name: bindparam(f"new_{name}", type_=delivery.c[name].type) for name in columns}
    ours = update(delivery).where(mine, delivery.c.status == "sending")
    return Prepared(ours.values(values).returning(delivery))


class Deliveries(DeliveryLists):
    """What is on its way out."""

    def add(self, *rows: Mapping[str, Any]) -> None:
        """Deliveries that no mention ordered: ops notices, test messages."""
        with self._database.write() as connection:
            outbox.add(connection, self._database, rows)

    def due(self, now: datetime, limit: int = 200) -> list[tuple[int, str | None]]:
        """Deliveries to claim with their channel, longest due first."""
        ready = and_(claimable(), delivery.c.due_at <= now, unpaused())
        query = (
            select(delivery.c.id, delivery.c.channel)
            .where(ready)
            .order_by(delivery.c.due_at, delivery.c.id)
            .limit(limit)
        )
        with self._database.read() as connection:
            return [(row.id, row.channel) for row in connection.execute(query)]

    def claim(self, number: int, now: datetime, check: Check = unbounded) -> Row[Any] | None:
        """The one exit. `sending`: this call and no other may perform it, and its place in the budget is taken.

        `held` or `cancelled`: the contact budget is in the way, `last_error` says what. None: it was not there to be
        claimed, or had to be withdrawn (an opt-out, its rule switched off).
        """
        with self._database.write() as connection:
            return claimed(connection, self._database, number, now, check)

    def let_out(
        self, number: int, origin: Sequence[str], now: datetime, by: ByHand, check: Check, **values: Any
    ) -> tuple[Row[Any] | None, Block | None]:
        """A person lets it out: the row after it (None: it was elsewhere), and what the budget has against it.

        Held up, it is approved and waits. Where waiting makes no sense nothing is changed.
        """
        with self._database.write() as connection:
            row = seen(connection, self._database, number, now)
            if row is None or row.status not in origin:
                return None, None
            block = blocked(connection, self._database, row, now, check, now)
            if (block and not block.until) or not self._by_hand(connection, number, now, by):
                return None, block
            held = {"status": "held", "due_at": block.until, "last_error": block.why} if block else {}
            statement = update(delivery).where(delivery.c.id == number).values(values | held).returning(delivery)
            return connection.execute(statement).one(), block

    def finish(self, outcome: Outcome) -> bool:
        """Transaction [3]: outcome and contact ledger entry. False when the claim is no longer ours."""
        with self._database.write() as connection:
            return self._finished(connection, outcome)

    def finish_and_claim(
        self, outcome: Outcome, number: int, now: datetime, check: Check
    ) -> tuple[bool, Row[Any] | None]:
        """Transaction [3] of one delivery and the claim of the next together: what `finish` and `claim` return."""
        with self._database.write() as connection:
            return self._finished(connection, outcome), claimed(connection, self._database, number, now, check)

    def _finished(self, connection: Connection, outcome: Outcome) -> bool:
        values: dict[str, Any] = {"status": outcome.status, "last_error": outcome.error}
        values |= {"due_at": outcome.due_at} if outcome.due_at else {}
        values |= {"done_at": outcome.at, "external": outcome.external} if outcome.status == "done" else {}
        new = {f"new_{name}": value for name, value in values.items()}
        mine = {"which": outcome.delivery, "attempt": outcome.attempt}
        row = _ending(tuple(values)).first(connection, new | mine)
        if row is None:
            return False
        tried = {"delivery": outcome.delivery, "number": outcome.attempt, "at": outcome.at}
        _ATTEMPTED.all(connection, {**tried, "outcome": outcome.status, "error": outcome.error})
        if outcome.status == "done":
            enter_contact(connection, self._database, row, outcome.at)
            carried(connection, row, outcome.external, outcome.at)
            if outcome.shows:
                postings.enter(connection, self._database, row.id, outcome.shows)
        return True

    def move(
        self, number: int, origin: Sequence[str], at: datetime, by: ByHand | None = None, **values: Any
    ) -> Row[Any] | None:
        """A person's (or the clock's) change from one of these states; the row after it, None if it was elsewhere.

        `status="done"` also enters the contact. A person's change writes its audit line and spends its link with it.
        """
        with self._database.write() as connection:
            query = select(delivery).where(delivery.c.id == number, delivery.c.status.in_(origin)).with_for_update()
            old = connection.execute(query).first()
            if old is None or not self._by_hand(connection, number, at, by):
                return None
            statement = update(delivery).where(delivery.c.id == number).values(values).returning(delivery)
            row = connection.execute(statement).one()
            if row.status == "done":
                enter_contact(connection, self._database, row, at)
            if row.status in ENDED_UNSENT:
                release(connection, self._database, [row])
            return row

    def _by_hand(self, connection: Connection, number: int, at: datetime, by: ByHand | None) -> bool:
        """False when the link that was used for it had been used before."""
        if by is None:
            return True
        if by.link and not spend(connection, self._database, by.link, at, by.until):
            return False
        connection.execute(audit.insert(), audit_line(at, by.who, by.what, f"delivery {number}", by.why))
        return True

    def answered(self, source: str, replies: Sequence[OwnReply], at: datetime) -> None:
        """Our own account was seen to answer there: what waited to be done by hand is done."""
        parents = [reply.parent for reply in replies if reply.parent]
        threads = [reply.thread for reply in replies if reply.thread]
        there = or_(mention.c.external_id.in_(parents), mention.c.thread.in_(threads))
        open_ones = (
            select(delivery.c.id, mention.c.external_id, mention.c.thread)
            .join(mention, mention.c.id == delivery.c.mention)
            .where(delivery.c.status == "by_hand", mention.c.source == source, there)
        )
        urls = {key: reply.url for reply in replies for key in (reply.thread, reply.parent) if key}
        with self._database.read() as connection:
            found = list(connection.execute(open_ones))
        for row in found:
            external = {"kind": "seen", "key": "", "url": urls.get(row.external_id, urls.get(row.thread))}
            self.move(row.id, ("by_hand",), at, status="done", done_at=at, external=external)

    def expire(self, now: datetime) -> list[Row[Any]]:
        """Drafts that waited too long."""
        late = delivery.c.status.in_(("waiting", "by_hand")) & (delivery.c.expires_at <= now)
        why = case((delivery.c.status == "waiting", "nobody decided in time"), else_="nobody did it in time")
        statement = update(delivery).where(late).values(status="expired", why=why).returning(delivery)
        with self._database.write() as connection:
            rows = list(connection.execute(statement))
            release(connection, self._database, rows)
        return rows

    def announce(self, numbers: Sequence[int], at: datetime, notices: Sequence[Mapping[str, Any]]) -> None:
        """People are told: the notices and that they were sent, together."""
        with self._database.write() as connection:
            outbox.add(connection, self._database, notices)
            told = {"told": delivery.c.told + 1, "told_at": at}
            connection.execute(update(delivery).where(delivery.c.id.in_(numbers)).values(told))

    def gather(self, numbers: Sequence[int], at: datetime, summary: Mapping[str, Any]) -> None:
        """One summary in place of these alerts."""
        done = {"status": "done", "done_at": at, "external": {"kind": "summary", "key": summary["key"], "url": None}}
        with self._database.write() as connection:
            outbox.add(connection, self._database, [summary])
            connection.execute(update(delivery).where(delivery.c.id.in_(numbers)).values(done))
