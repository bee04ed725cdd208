"""What rules ask of the store inside a decision's transaction: limits to reserve and mentions to count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, distinct, func, select, update

from listener.model import Customer, LimitCounter, Mention
from listener.store.engine import Database, table
from rules.terms import STAMPS_KEPT, Count, Counter, Refused, Reservation

counter, mention, customer = table(LimitCounter), table(Mention), table(Customer)

COLUMNS = {
    "person.id": mention.c.person,
    "customer.id": mention.c.customer,
    "issue.id": mention.c.issue,
    "brand": mention.c.brand,
    "source": mention.c.source,
    "source.kind": mention.c.kind,
    "sentiment": mention.c.label,
    "language": mention.c.language,
    "thread": mention.c.thread,
    "product": mention.c.product,
    "topics": mention.c.topic,
    "customer.segment": customer.c.segment,
    "customer.plan": customer.c.plan,
    "customer.region": customer.c.region,
    "customer.version": customer.c.version,
}


def _stamps(kept: Iterable[str], window: timedelta | None, at: datetime) -> list[str]:
    edge = (at - window).isoformat() if window else ""
    return [stamp for stamp in kept if stamp > edge][-STAMPS_KEPT:]


class StoredLedger:
    """rules.terms.Ledger over counter rows, within one transaction."""

    def __init__(self, connection: Connection, database: Database) -> None:
        self._connection = connection
        self._database = database

    def reserve(self, counters: tuple[Counter, ...], at: datetime) -> Refused | None:
        """Take from all of the counters or, where one has no room, from none and say which."""
        at = at.astimezone(UTC)
        rows = self._rows([wanted.key for wanted in counters])
        for wanted in counters:
            refused = self._refusal(wanted, rows.get(wanted.key, ([], 0)), at)
            if refused:
                return refused
        for wanted in counters:
            self._take(wanted, rows.get(wanted.key, ([], 0)), at)
        return None

    def latest(self, key: str) -> datetime | None:
        """The newest stamp of a row, reserved or committed."""
        stamps, _ = self._rows([key]).get(key, ([], 0))
        return datetime.fromisoformat(stamps[-1]) if stamps else None

    def commit(self, reservations: tuple[Reservation, ...]) -> None:
        """What was reserved has happened: the rows hold it already."""

    def release(self, reservations: tuple[Reservation, ...]) -> None:
        """Give back what was reserved."""
        rows = self._rows([held.counter.key for held in reservations])
        for held in reservations:
            stamps, amount = rows.get(held.counter.key, ([], 0))
            mark = held.at.astimezone(UTC).isoformat()
            if held.counter.window is not None or held.counter.ends is None:
                kept = [stamp for stamp in stamps if stamp != mark] + [mark] * max(0, stamps.count(mark) - 1)
                values: dict[str, Any] = {"stamps": sorted(kept)}
            else:
                values = {"amount": max(0, amount - held.counter.amount)}
            self._connection.execute(update(counter).where(counter.c.key == held.counter.key).values(values))

    def _rows(self, keys: list[str]) -> dict[str, tuple[list[str], float]]:
        query = select(counter).where(counter.c.key.in_(keys)).with_for_update()
        return {row.key: (row.stamps, row.amount) for row in self._connection.execute(query)}

    def _refusal(self, wanted: Counter, row: tuple[list[str], float], at: datetime) -> Refused | None:
        if wanted.cap is None:
            return None
        if wanted.window is None:
            used, free_at = int(row[1]), wanted.ends or at
            return Refused(wanted, used, free_at) if used + wanted.amount > wanted.cap else None
        stamps = _stamps(row[0], wanted.window, at)
        if len(stamps) + wanted.amount <= wanted.cap:
            return None
        first = stamps[len(stamps) + wanted.amount - wanted.cap - 1] if wanted.cap else at.isoformat()
        return Refused(wanted, len(stamps), datetime.fromisoformat(first) + wanted.window)

    def _take(self, wanted: Counter, row: tuple[list[str], float], at: datetime) -> None:
        if wanted.window is None and wanted.ends is not None:
            values: dict[str, Any] = {"stamps": [], "amount": row[1] + wanted.amount}
        else:
            # limits with other windows share the row: only the cap on stamps prunes it
            stamps = [*row[0], *[at.isoformat()] * wanted.amount]
            values = {"stamps": stamps[-STAMPS_KEPT:], "amount": 0}
        statement = self._database.insert(LimitCounter).values(key=wanted.key, **values)
        self._connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_=values))


class StoredHistory:
    """rules.terms.History over stored mentions; `besides` excludes the mention at hand by its own value."""

    def __init__(self, connection: Connection, number: int, now: datetime) -> None:
        self._connection = connection
        self._mention = number
        self._now = now

    def count(self, question: Count, value: str, besides: str, at: datetime) -> int:
        """Mentions (or distinct other values of `different`) with that value, younger than the window."""
        what = func.count()
        clauses = [
            COLUMNS[question.same] == value,
            mention.c.posted_at > at - question.within,
            mention.c.posted_at <= at,
            mention.c.id != self._mention,
            mention.c.own.is_(False),
            *(COLUMNS[name].in_(sorted(allowed)) for name, allowed in question.where),
        ]
        if question.different:
            other = COLUMNS[question.different]
            what = func.count(distinct(other))
            clauses.append(other != besides)
        told = mention.outerjoin(customer, customer.c.id == mention.c.customer)
        return self._connection.execute(select(what).select_from(told).where(*clauses)).scalar_one()

    def since(self) -> datetime:
        """How far back the stored mentions reach."""
        first = self._connection.execute(select(func.min(mention.c.posted_at))).scalar()
        return first or self._now


def reservation_as_json(held: Reservation) -> dict[str, Any]:
    """A reservation as it is kept with its delivery."""
    window = held.counter.window
    return {
        "key": held.counter.key,
        "amount": held.counter.amount,
        "window": window.total_seconds() if window else None,
        "ends": held.counter.ends.isoformat() if held.counter.ends else None,
        "at": held.at.isoformat(),
    }


def reservation_from_json(kept: Mapping[str, Any]) -> Reservation:
    """The inverse of `reservation_as_json`."""
    window = timedelta(seconds=kept["window"]) if kept["window"] is not None else None
    ends = datetime.fromisoformat(kept["ends"]) if kept["ends"] else None
    return Reservation(
        Counter(kept["key"], window=window, ends=ends, amount=kept["amount"]), datetime.fromisoformat(kept["at"])
    )
