"""Verdicts and what people say of them: the random audit queue, given labels, corrections, pages to score anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select, update

from listener.model.delivery import Delivery
from listener.model.label import GivenLabel
from listener.model.mention import Mention
from listener.store.endings import set_aside
from listener.store.engine import Database, chunks, table
from listener.store.house import audit, audit_line

mention, delivery, given_label = table(Mention), table(Delivery), table(GivenLabel)

# given to the text as it is now
CURRENT = or_(mention.c.edited_at.is_(None), mention.c.edited_at <= given_label.c.at)
SENT = ("sending", "done", "in_doubt")
OURS = ("notice", "amend", "redact")  # what only our own people saw of it


@dataclass(frozen=True, slots=True)
class Given:
    """What a person says a mention is. `drawn`: it came out of the random audit queue."""

    mention: int
    label: str
    who: str
    drawn: bool = False


@dataclass(frozen=True, slots=True)
class Changed:
    """What a correction met: the verdict before it, deliveries that it cancelled and those that were out already."""

    verdict: str
    cancelled: tuple[Row[Any], ...] = ()
    sent: tuple[Row[Any], ...] = ()


class Verdicts:
    """What was said of each mention, by the engine and by people."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def draw(self, limit: int) -> list[Row[Any]]:
        """Judged mentions without a label, at random; none whose language is not understood, no copies."""
        labelled = select(given_label.c.mention)
        query = (
            select(mention)
            .where(mention.c.label.is_not(None), mention.c.label != "unscored", mention.c.text != "")
            .where(mention.c.duplicate_of.is_(None), mention.c.own.is_(False), mention.c.id.not_in(labelled))
            .order_by(func.random())
            .limit(limit)
        )
        with self._database.read() as connection:
            return list(connection.execute(query))

    def given(self, numbers: Sequence[int]) -> dict[int, Row[Any]]:
        """The labels that people gave to the texts as they are now; an edit undoes its label."""
        found: dict[int, Row[Any]] = {}
        with self._database.read() as connection:
            for part in chunks(numbers):
                query = select(given_label).join(mention, mention.c.id == given_label.c.mention)
                rows = connection.execute(query.where(given_label.c.mention.in_(part), CURRENT))
                found |= {row.mention: row for row in rows}
        return found

    def drawn(self) -> list[Row[Any]]:
        """Mentions of the audit queue with `given`, their label: what learning learns from."""
        query = (
            select(mention, given_label.c.label.label("given"))
            .join(given_label, given_label.c.mention == mention.c.id)
            .where(given_label.c.drawn, CURRENT, mention.c.text != "")
            .order_by(mention.c.id)
        )
        with self._database.read() as connection:
            return list(connection.execute(query))

    def judge_again(self, mention_id: int) -> None:
        """The mention is judged anew with the next batch; what was ordered for it before is not ordered twice."""
        with self._database.write() as connection:
            connection.execute(update(mention).where(mention.c.id == mention_id).values(decided_at=None))

    def keep(self, given: Given, at: datetime) -> Changed | None:
        """Keep a label; where it differs from the verdict, the mention waits to be judged again by it.

        What was queued for it is cancelled. None when there is no such mention, or none that has been judged.
        """
        with self._database.write() as connection:
            row = connection.execute(select(mention).where(mention.c.id == given.mention)).first()
            if row is None or row.label is None:
                return None
            self._enter(connection, given, row.label, at)
            if row.label == given.label:
                return Changed(row.label)
            connection.execute(update(mention).where(mention.c.id == row.id).values(decided_at=None))
            line = audit_line(at, given.who, "correct", f"mention {row.id}", f"{row.label} → {given.label}")
            connection.execute(audit.insert(), line)
            why = f"{given.who} corrected the verdict to {given.label}"
            cancelled = set_aside(connection, self._database, delivery.c.mention == row.id, why, at)
            return Changed(row.label, cancelled, self._sent(connection, row.id))

    def _enter(self, connection: Connection, given: Given, verdict: str, at: datetime) -> None:
        """A label that was drawn once stays so: its mention was chosen at random, whoever looks at it later."""
        values = {"label": given.label, "who": given.who, "at": at}
        new = {"mention": given.mention, "verdict": verdict, "drawn": given.drawn, **values}
        statement = self._database.insert(GivenLabel).values(new)
        connection.execute(statement.on_conflict_do_update(index_elements=["mention"], set_=values))

    def _sent(self, connection: Connection, number: int) -> tuple[Row[Any], ...]:
        theirs = (delivery.c.mention == number) & delivery.c.action.not_in(OURS)
        query = select(delivery).where(theirs, delivery.c.status.in_(SENT))
        return tuple(connection.execute(query))

    def judged(self, after: int, limit: int, since: datetime | None = None) -> list[Row[Any]]:
        """Judged mentions with a text, by number from after that one; with `since`, posted from then on."""
        query = select(mention).where(mention.c.id > after, mention.c.label.is_not(None), mention.c.text != "")
        query = query.where(mention.c.posted_at >= since) if since else query
        with self._database.read() as connection:
            return list(connection.execute(query.order_by(mention.c.id).limit(limit)))
