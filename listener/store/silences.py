"""Silences: who asked for quiet about what, until when and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Row, select, update

from listener.model.house import Silence
from listener.store.engine import Database, table
from listener.store.house import audit, audit_line
from listener.store.outbox import add
from rules.terms import Mute, MuteKind

silence = table(Silence)


def in_force(connection: Connection, at: datetime) -> tuple[Mute, ...]:
    """The silences of this moment, as rules see them."""
    rows = connection.execute(select(silence).where(silence.c.until > at).order_by(silence.c.id))
    return tuple(Mute(cast(MuteKind, row.kind), row.what, row.until, row.why, row.owner) for row in rows)


def count_suppressed(connection: Connection, decisions: Sequence[Mapping[str, Any]], at: datetime) -> None:
    """Count for each silence what these decisions did not order because of it."""
    reasons = Counter(
        one["reason"] for decision in decisions for one in decision["settled"] if one.get("stage") == "silence"
    )
    for reason, times in reasons.items():
        for row in connection.execute(select(silence).where(silence.c.until > at)):
            if reason.startswith(f"{row.kind} {row.what} is silenced until"):
                more = {"suppressed": silence.c.suppressed + times}
                connection.execute(update(silence).where(silence.c.id == row.id).values(more))


class Silences:
    """Quiet that people asked for."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, mute: Mute, at: datetime) -> int:
        """Keep a silence; returns its number."""
        values = {"kind": mute.kind, "what": mute.what, "until": mute.until, "why": mute.why, "owner": mute.owner}
        with self._database.write() as connection:
            statement = silence.insert().values(since=at, **values).returning(silence.c.id)
            number = connection.execute(statement).scalar_one()
            about = f"{mute.kind} {mute.what}"
            connection.execute(audit.insert(), audit_line(at, mute.owner, "mute", about, mute.why))
        return int(number)

    def end(self, number: int, at: datetime, who: str) -> bool:
        """End a silence now; false when there is none of that number in force."""
        mine = (silence.c.id == number) & (silence.c.until > at)
        with self._database.write() as connection:
            ended = connection.execute(update(silence).where(mine).values(until=at)).rowcount
            if ended:
                connection.execute(audit.insert(), audit_line(at, who, "unmute", f"silence {number}"))
        return bool(ended)

    def now(self, at: datetime) -> list[Row[Any]]:
        """Those in force, oldest first."""
        with self._database.read() as connection:
            return list(connection.execute(select(silence).where(silence.c.until > at).order_by(silence.c.id)))

    def ended_untold(self, at: datetime) -> list[Row[Any]]:
        """Silences that are over and nobody was told."""
        query = select(silence).where(silence.c.until <= at, silence.c.told_at.is_(None)).order_by(silence.c.id)
        with self._database.read() as connection:
            return list(connection.execute(query))

    def told(self, number: int, at: datetime, notice: Mapping[str, Any]) -> None:
        """People are told that a silence ended: the notice and that it was sent, together."""
        with self._database.write() as connection:
            connection.execute(update(silence).where(silence.c.id == number).values(told_at=at))
            add(connection, self._database, [notice])
