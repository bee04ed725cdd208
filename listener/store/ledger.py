"""What rules ask of the store inside a decision's transaction: limits to reserve and mentions to count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, distinct, func, select

from listener.model.customer import Customer
from listener.model.house import LimitCounter
from listener.model.mention import Mention
from listener.store.engine import Database, chunks, many, table
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


# made once: to put a statement together costs more than SQLite needs to answer it
ONE = select(counter.c.stamps, counter.c.amount).where(counter.c.key == bindparam("wanted")).with_for_update()


MANY = select(counter.c.key, counter.c.stamps, counter.c.amount).order_by(counter.c.key).with_for_update()
MANY = MANY.where(counter.c.key.in_(bindparam("wanted", expanding=True)))


class _Row:
    """One counter row as this transaction sees it."""

    __slots__ = ("amount", "stamps")

    def __init__(self, stamps: list[str], amount: float) -> None:
        self.stamps = stamps
        self.amount = amount


class StoredLedger:
    """rules.terms.Ledger over counter rows, within one transaction: read once, written by `flush` before it ends."""

    def __init__(self, connection: Connection, database: Database) -> None:
        self._connection = connection
        self._database = database
        self._seen: dict[str, _Row] = {}
        self._changed: set[str] = set()

    def reserve(self, counters: tuple[Counter, ...], at: datetime) -> Refused | None:
        """Take from all of the counters or, where one has no room, from none and say which."""
        at = at.astimezone(UTC)
        self._see([wanted.key for wanted in counters])
        for wanted in counters:
            refused = self._refusal(wanted, self._seen[wanted.key], at)
            if refused:
                return refused
        mark = at.isoformat()
        for wanted in counters:
            self._take(wanted, self._seen[wanted.key], mark)
        return None

    def latest(self, key: str) -> datetime | None:
        """The newest stamp of a row, reserved or committed."""
        self._see([key])
        stamps = self._seen[key].stamps
        return datetime.fromisoformat(stamps[-1]) if stamps else None

    def commit(self, reservations: tuple[Reservation, ...]) -> None:
        """What was reserved has happened: the rows hold it already."""

    def release(self, reservations: tuple[Reservation, ...]) -> None:
        """Give back what was reserved."""
        self._see([held.counter.key for held in reservations])
        for held in reservations:
            row, mark = self._seen[held.counter.key], held.at.astimezone(UTC).isoformat()
            if held.counter.window is not None or held.counter.ends is None:
                if mark in row.stamps:
                    row.stamps.remove(mark)
            else:
                row.amount = max(0, row.amount - held.counter.amount)
            self._changed.add(held.counter.key)

    def transfer(self, held: Reservation, key: str) -> Reservation:
        """What was reserved in one row counts in another from now on, as of the same time."""
        self.release((held,))
        moved = Reservation(replace(held.counter, key=key), held.at)
        self._see([key])
        row = self._seen[key]
        self._take(moved.counter, row, held.at.astimezone(UTC).isoformat())
        row.stamps.sort()
        return moved

    def carry(self, key: str, to: str, at: datetime) -> None:
        """A stamp of one row stands in another from now on; nothing where it is not in the first."""
        mark = at.astimezone(UTC).isoformat()
        self._see([key, to])
        old, new = self._seen[key], self._seen[to]
        if mark in old.stamps:
            old.stamps.remove(mark)
            new.stamps = sorted([*new.stamps, mark])[-STAMPS_KEPT:]
            self._changed |= {key, to}

    def flush(self) -> None:
        """Write what was taken and given back."""
        if not self._changed:
            return
        statement = self._database.insert(LimitCounter)
        new = {"stamps": statement.excluded.stamps, "amount": statement.excluded.amount}
        statement = statement.on_conflict_do_update(index_elements=["key"], set_=new)
        # in order, so that two transactions that want the same rows cannot wait for each other
        rows = [(key, self._seen[key]) for key in sorted(self._changed)]
        many(self._connection, statement, [{"key": k, "stamps": r.stamps, "amount": r.amount} for k, r in rows])
        self._changed.clear()

    def expect(self, keys: Iterable[str]) -> None:
        """Read these rows now and together, as they will be asked for one by one."""
        for part in chunks(sorted(set(keys) - self._seen.keys())):
            self._seen |= {key: _Row([], 0) for key in part}
            for key, stamps, amount in self._connection.execute(MANY, {"wanted": part}):
                self._seen[key] = _Row(list(stamps), amount)

    def _see(self, keys: Sequence[str]) -> None:
        for key in keys:
            if key not in self._seen:
                row = self._connection.execute(ONE, {"wanted": key}).first()
                self._seen[key] = _Row(list(row.stamps), row.amount) if row else _Row([], 0)

    def _refusal(self, wanted: Counter, row: _Row, at: datetime) -> Refused | None:
        if wanted.cap is None:
            return None
        if wanted.window is None:
            used, free_at = int(row.amount), wanted.ends or at
            return Refused(wanted, used, free_at) if used + wanted.amount > wanted.cap else None
        stamps = _stamps(row.stamps, wanted.window, at)
        if len(stamps) + wanted.amount <= wanted.cap:
            return None
        first = stamps[len(stamps) + wanted.amount - wanted.cap - 1] if wanted.cap else at.isoformat()
        return Refused(wanted, len(stamps), datetime.fromisoformat(first) + wanted.window)

    def _take(self, wanted: Counter, row: _Row, mark: str) -> None:
        if wanted.window is None and wanted.ends is not None:
            row.amount += wanted.amount
        else:
            # limits with other windows share the row: only the cap on stamps prunes it
            row.stamps.extend([mark] * wanted.amount)
            del row.stamps[:-STAMPS_KEPT]
        self._changed.add(wanted.key)


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
            *(_asked(name).in_(sorted(allowed)) for name, allowed in question.where),
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


def _asked(name: str) -> ColumnElement[Any]:
    """Rules compare in any case, and kinds of third parties and of ops' own specs have capitals."""
    return func.lower(COLUMNS[name]) if name == "source.kind" else COLUMNS[name]


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
