"""The plan and the health of every source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, or_, select, update

from listener.model.mention import Appearance, Mention
from listener.model.source import BlindSpot, Source
from listener.store.engine import Database, table
from listener.store.glance import USUAL
from listener.store.outbox import add
from listener.store.renaming import is_free, rename

source = table(Source)
mention = table(Mention)
blind_spot = table(BlindSpot)

# built once: an idle poll runs both, and putting them together costs more than running them
ONE = select(source).where(source.c.name == bindparam("who"))
UNCHANGED = (
    update(source)
    .where(source.c.name == bindparam("who"))
    .values({name: bindparam(name) for name in ("cursor", "next_at", "last_ok_at")})
    .values(state="ok", failures=0, last_error=None, blind_since=None)
)
appearance = table(Appearance)
PUSHED = "webhook"  # its options do not say who posts to it


@dataclass(frozen=True, slots=True)
class Failure:
    """A poll that did not work, and the state that follows from it (backing off, blind, gone)."""

    source: str
    at: datetime
    next_at: datetime | None
    state: str
    error: str


class Sources:
    """What is remembered of each configured source."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def enlist(self, configured: Sequence[tuple[str, str, str]]) -> dict[str, str]:
        """Make the table agree with the configuration (name, kind, identity). A new identity starts afresh.

        A source that has another name now keeps its memory and its mentions; returns these as new name → old.
        """
        names = [name for name, _, _ in configured]
        with self._database.write() as connection:
            renamed = _renamed(configured, list(connection.execute(select(source))))
            renamed = {name: old for name, old in renamed.items() if is_free(connection, name)}
            for name, old in renamed.items():
                rename(connection, old, name)
            rows = {row.name: row for row in connection.execute(select(source))}
            for name, kind, identity in configured:
                self._enlist_one(connection, rows.get(name), {"name": name, "kind": kind, "identity": identity})
            off = update(source).where(source.c.name.not_in(names)).values(state="off", next_at=None)
            connection.execute(off)
        return renamed

    def _enlist_one(self, connection: Connection, row: Row[Any] | None, values: dict[str, str]) -> None:
        afresh = {**values, "cursor": "", "state": "ok", "next_at": None, "failures": 0, "told_day_one": False}
        afresh |= {"first_ok_at": None, "last_error": None, "blind_since": None}
        if row is None:
            connection.execute(source.insert(), {**afresh, "items": 0, "mentions": 0})
        elif (row.kind, row.identity) != (values["kind"], values["identity"]):
            connection.execute(update(source).where(source.c.name == row.name).values(afresh))
        elif row.state in ("off", "gone"):
            connection.execute(update(source).where(source.c.name == row.name).values(state="ok", next_at=None))

    def due(self, now: datetime, limit: int = 200) -> list[Row[Any]]:
        """Sources to poll, longest overdue first; one that was never polled is due now."""
        query = (
            select(source)
            .where(source.c.state.not_in(("off", "gone")), or_(source.c.next_at.is_(None), source.c.next_at <= now))
            .order_by(source.c.next_at.is_not(None), source.c.next_at)
            .limit(limit)
        )
        with self._database.read() as connection:
            return list(connection.execute(query))

    def get(self, name: str) -> Row[Any] | None:
        with self._database.read() as connection:
            return connection.execute(ONE, {"who": name}).first()

    def all(self) -> list[Row[Any]]:
        with self._database.read() as connection:
            return list(connection.execute(select(source).order_by(source.c.name)))

    def unchanged(self, name: str, cursor: str, at: datetime, next_at: datetime) -> None:
        """The far side said that nothing is new: the cheap way to say that all is well."""
        values = {"who": name, "cursor": cursor, "next_at": next_at, "last_ok_at": at}
        with self._database.write() as connection:
            connection.execute(UNCHANGED, values)

    def failed(self, failure: Failure, notices: Sequence[Mapping[str, Any]] = ()) -> None:
        """Remember a failure; blindness starts at the first of an unbroken row. With notices, it is told to people."""
        values = {
            "state": failure.state,
            "next_at": failure.next_at,
            "last_error": failure.error,
            "failures": source.c.failures + 1,
            "blind_since": func.coalesce(source.c.blind_since, failure.at),
        }
        mine = source.c.name == failure.source
        with self._database.write() as connection:
            since = connection.execute(
                update(source).where(mine).values(values).returning(source.c.blind_since)
            ).scalar()
            if notices and since:
                keep_blind_spot(connection, failure.source, since, None, failure.error)
                add(connection, self._database, notices)

    def close_blind_spots(self, name: str, until: datetime) -> set[datetime]:
        """What a source missed ends then; since when each of these stretches was."""
        still = (blind_spot.c.source == name) & blind_spot.c.until.is_(None)
        with self._database.write() as connection:
            closed = connection.execute(
                update(blind_spot).where(still).values(until=until).returning(blind_spot.c.since)
            )
            return set(closed.scalars())

    def blind_spots(self, limit: int = 100) -> list[Row[Any]]:
        """Newest first."""
        with self._database.read() as connection:
            return list(connection.execute(select(blind_spot).order_by(blind_spot.c.id.desc()).limit(limit)))

    def blind_now(self) -> list[Row[Any]]:
        """Those that go on, of sources that are configured, newest first."""
        query = select(blind_spot).join(source, source.c.name == blind_spot.c.source)
        lasting = query.where(blind_spot.c.until.is_(None), source.c.state != "off")
        with self._database.read() as connection:
            return list(connection.execute(lasting.order_by(blind_spot.c.id.desc())))

    def missed(self, name: str, since: datetime, until: datetime) -> int:
        """About how many mentions that time would have brought, by the two weeks before it."""
        before = since - USUAL
        query = select(func.count()).where(
            mention.c.source == name, mention.c.posted_at >= before, mention.c.posted_at < since
        )
        with self._database.read() as connection:
            counted = connection.execute(query).scalar_one()
        return round(counted * ((until - since) / USUAL))

    def rhythms(self, since: datetime) -> list[Row[Any]]:
        """For each source that is well: how many items it has brought since then, and when the last one."""
        brought = (
            select(appearance.c.source, func.count().label("items"), func.max(appearance.c.seen_at).label("last"))
            .join(source, source.c.name == appearance.c.source)
            .where(appearance.c.seen_at >= since, source.c.state == "ok")
            .group_by(appearance.c.source)
        )
        with self._database.read() as connection:
            return list(connection.execute(brought))

    def first_polls_untold(self, restored: datetime | None) -> list[str]:
        """Sources whose first poll (since the store was restored) is judged to the end but not yet told."""
        waiting = select(mention.c.id).where(mention.c.source == source.c.name, mention.c.decided_at.is_(None))
        query = select(source.c.name).where(
            source.c.told_day_one.is_(False), source.c.first_ok_at.is_not(None), ~waiting.exists()
        )
        query = query.where(source.c.last_ok_at >= restored) if restored else query
        with self._database.read() as connection:
            return list(connection.execute(query).scalars())

    def first_poll_told(self, name: str, notices: Sequence[Mapping[str, Any]]) -> None:
        """The one message of a source's first day, and that it was sent, together."""
        with self._database.write() as connection:
            add(connection, self._database, notices)
            connection.execute(update(source).where(source.c.name == name).values(told_day_one=True))

    def first_poll_counts(self, name: str, restored: datetime | None) -> tuple[int, int]:
        """Old mentions and complaints among them of a source's first poll, or since the store was restored."""
        came = mention.c.seen_at >= restored if restored else mention.c.first_poll.is_(True)
        old = (mention.c.source == name) & came & mention.c.history.is_(True)
        query = select(func.count(), func.count().filter(mention.c.label == "negative")).where(old)
        with self._database.read() as connection:
            row = connection.execute(query).one()
        return int(row[0]), int(row[1])

    def history_of(self, seen_at: datetime, after: int) -> list[tuple[str, int, int]]:
        """Source, old mentions and complaints among them, of what was first seen at this moment: an import has one.

        `after` is the newest mention before it: the others need not be looked at.
        """
        old = (mention.c.id > after) & (mention.c.seen_at == seen_at) & mention.c.history.is_(True)
        complaints = func.count().filter(mention.c.label == "negative")
        # not by the column itself, or SQLite takes its index, which holds every mention there is
        source_of = func.coalesce(mention.c.source, "")
        query = select(source_of, func.count(), complaints).where(old).group_by(source_of)
        with self._database.read() as connection:
            return [(source, int(many), int(bad)) for source, many, bad in connection.execute(query)]


def _renamed(configured: Sequence[tuple[str, str, str]], rows: Sequence[Row[Any]]) -> dict[str, str]:
    """New names, each with the one source that is configured no more and read the very same."""
    names, known = {name for name, _, _ in configured}, {row.name for row in rows}
    new = [(kind, identity) for name, kind, identity in configured if name not in known]
    gone = {(row.kind, row.identity): row.name for row in rows if row.name not in names}
    left = [(row.kind, row.identity) for row in rows if row.name not in names]
    return {
        name: gone[kind, identity]
        for name, kind, identity in configured
        if name not in known and kind != PUSHED and new.count((kind, identity)) == left.count((kind, identity)) == 1
    }


def keep_blind_spot(connection: Connection, name: str, since: datetime, until: datetime | None, why: str) -> None:
    """One row for one stretch and reason, however often it is told: the newest word on its end holds."""
    same = (blind_spot.c.source == name) & (blind_spot.c.since == since) & (blind_spot.c.why == why)
    if not connection.execute(update(blind_spot).where(same).values(until=until)).rowcount:
        values = {"source": name, "since": since, "until": until, "why": why}
        connection.execute(blind_spot.insert(), values)
