"""A year of operation: retention and vacuum."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, or_, select, update

from listener.model.customer import Recognised
from listener.model.delivery import Attempt, Delivery
from listener.model.house import LimitCounter, Setting
from listener.model.issue import IssueMember
from listener.model.label import GivenLabel
from listener.model.mention import Appearance, Decision, Mention, Version
from listener.model.ticket import TicketMention
from listener.store import grouped
from listener.store.endings import purge
from listener.store.engine import Database, StoreTrouble, chunks, table
from listener.store.terms import Terms
from listener.store.trouble import BUSY_SECONDS, with_cure
from listener.store.unlearning import forget_words

SWEEP = 2_000
SOME_PAGES = 1_000  # given back at once: others wait meanwhile
STEPS = 100_000  # of SQLite between two questions whether to stop
PERIOD = re.compile(r":(?:[A-Z]{3})?(\d{4})(?:-[\dWQ-]+)?\Z")  # how the key of a calendar period ends: :EUR2026-11
ROOM = 1_000_000  # bytes; a batch of mentions takes as much, while a row may still find a place in the log of the store
OLD = "older than texts are kept"  # why it was put into its issue, once its words are gone


class Upkeep:
    """What the daemon does by itself so that the store neither grows for ever nor keeps what it must not."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def writable(self) -> bool:
        """Whether work can be kept now: a transaction is written, and beside a SQLite store there is `ROOM`."""
        path = self._database.path
        try:
            if path and not has_room(path.parent):
                return False
            with self._database.write() as connection:
                probe = self._database.insert(Setting).values(name="probe", value={})
                connection.execute(probe.on_conflict_do_update(index_elements=["name"], set_={"value": {}}))
        except StoreTrouble:
            return False
        return True

    def forget_mentions(
        self, before: datetime, terms: Terms, source: str | None = None, stopped: Callable[[], bool] = lambda: False
    ) -> int:
        """Delete mentions posted before that time, with all that hangs on them, until `stopped`; returns how many.

        `terms`, here and below, is how issues read words: those of what goes they forget.
        """
        old, total = _outlived(before), 0
        old = old.where(table(Mention).c.source == source) if source else old
        while not stopped() and (ids := self._delete_mentions(old.limit(SWEEP), terms)):
            total += ids
        return total

    def outlived(self, mentions: datetime, strangers: datetime) -> tuple[int, int]:
        """What the next round does: mentions deleted, by the first time; texts of strangers emptied, by the second."""
        mention = table(Mention)
        readable = _stale(mention.c.customer.is_(None), strangers) & (mention.c.posted_at >= mentions)
        with self._database.read() as connection:
            gone = connection.execute(select(func.count()).select_from(_outlived(mentions).subquery())).scalar_one()
            return gone, connection.execute(select(func.count()).where(readable)).scalar_one()

    def _delete_mentions(self, query: object, terms: Terms) -> int:
        mention, delivery = table(Mention), table(Delivery)
        with self._database.write() as connection:
            ids = list(connection.execute(query).scalars())  # type: ignore[call-overload]  # a Select of ids
            forget_words(connection, ids, terms, OLD)
            # an issue keeps the figures that it had, but a copy that stays counts from now on
            repeated = grouped.repeated(connection, ids)
            mine = select(delivery.c.id).where(delivery.c.mention.in_(ids))
            connection.execute(delete(table(Attempt)).where(table(Attempt).c.delivery.in_(mine)))
            connection.execute(delete(delivery).where(delivery.c.mention.in_(ids)))
            for model in (Version, Decision, GivenLabel, IssueMember, Recognised):
                connection.execute(delete(table(model)).where(table(model).c.mention.in_(ids)))
            connection.execute(delete(mention).where(mention.c.id.in_(ids)))
            grouped.pass_voice(connection, repeated)
        return len(ids)

    def blank_strangers(self, before: datetime, terms: Terms, stopped: Callable[[], bool] = lambda: False) -> int:
        """Empty the texts of persons who are not customers; the mention stays as a figure."""
        return self._blank(table(Mention).c.customer.is_(None), before, terms, stopped)

    def blank_source(
        self, source: str, before: datetime, terms: Terms, stopped: Callable[[], bool] = lambda: False
    ) -> int:
        """Empty the texts of one source; what hangs on a ticket stays as a figure."""
        return self._blank(table(Mention).c.source == source, before, terms, stopped)

    def _blank(self, which: ColumnElement[bool], before: datetime, terms: Terms, stopped: Callable[[], bool]) -> int:
        mention = table(Mention)
        query = select(mention.c.id).where(_stale(which, before)).order_by(mention.c.id).limit(SWEEP)
        total, last = 0, 0
        while not stopped() and (ids := self._empty_some(query.where(mention.c.id > last), terms)):
            total, last = total + len(ids), ids[-1]
        return total

    def _empty_some(self, query: Select[Any], terms: Terms) -> list[int]:
        """One sweep: its ids, in order."""
        mention = table(Mention)
        empty: dict[str, Any] = {"title": "", "text": "", "author_name": None, "author_url": None, "words": []}
        empty |= {"attributes": {}, "company_reply": None}
        with self._database.write() as connection:
            ids = list(connection.execute(query).scalars())
            forget_words(connection, ids, terms, OLD)
            connection.execute(delete(table(Version)).where(table(Version).c.mention.in_(ids)))
            purge(connection, self._database, ids)
            connection.execute(update(mention).where(mention.c.id.in_(ids)).values(empty))
        return ids

    def forget_counters(self, before: datetime, periods_before: datetime) -> None:
        """Limit rows last used before then, and those of calendar periods that were over before then."""
        counter = table(LimitCounter)
        with self._database.write() as connection:
            rows = connection.execute(select(counter.c.key, counter.c.stamps)).all()
            stale = [row.key for row in rows if _is_over(row.key, row.stamps, before, periods_before)]
            for some in chunks(stale):
                connection.execute(delete(counter).where(counter.c.key.in_(some)))

    def forget_appearances(self, before: datetime) -> None:
        """Items about no brand; one that is still offered after that time is looked at afresh."""
        appearance = table(Appearance)
        stale = appearance.c.post.is_(None) & (appearance.c.seen_at < before)
        with self._database.write() as connection:
            connection.execute(delete(appearance).where(stale))

    def vacuum(self, stopped: Callable[[], bool] = lambda: False) -> None:
        """Give free pages back, until `stopped`, and renew the statistics of the planner. Raises StoreTrouble."""
        with self._aside() as connection:
            if connection is None:
                return
            while (free := _free(connection)) and not stopped():
                # a script: `execute` takes but one step, which gives back one page
                connection.executescript(f"PRAGMA incremental_vacuum({SOME_PAGES})")
                if _free(connection) >= free:
                    break
            connection.execute("PRAGMA optimize")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def damage(self, stopped: Callable[[], bool] = lambda: False) -> str:
        """The first thing that is wrong in the file of a SQLite store; "" when it is sound, or when `stopped` first."""
        with self._aside() as connection:
            if connection is None:
                return ""
            connection.set_progress_handler(stopped, STEPS)
            try:
                (first,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            except sqlite3.OperationalError:
                if stopped():
                    return ""
                raise
            except sqlite3.DatabaseError as error:
                return str(error)
        # its first line says in which database, of which there is one
        return "" if first == "ok" else first.splitlines()[-1]

    @contextmanager
    def _aside(self) -> Iterator[sqlite3.Connection | None]:
        """A connection that nobody waits for; None where the store is no file."""
        if self._database.path is None:
            yield None
            return
        try:
            with closing(sqlite3.connect(self._database.path, timeout=BUSY_SECONDS)) as connection:
                yield connection
        except sqlite3.Error as error:
            raise with_cure(str(error), self._database.path) from error


def _free(connection: sqlite3.Connection) -> int:
    """Pages that nothing is on."""
    return int(connection.execute("PRAGMA freelist_count").fetchone()[0])


def _is_over(key: str, stamps: Sequence[str], before: datetime, periods_before: datetime) -> bool:
    """Whether a limit row is of no more use: of a calendar period the key tells the year alone."""
    if stamps:
        return stamps[-1] < before.isoformat()
    year = PERIOD.search(key)
    return year is not None and str(int(year[1]) + 1) < periods_before.isoformat()


def _outlived(before: datetime) -> Select[Any]:
    """The ids of mentions posted before then; tickets keep theirs."""
    mention = table(Mention)
    kept = mention.c.id.in_(select(table(TicketMention).c.mention))
    return select(mention.c.id).where(mention.c.posted_at < before, mention.c.decided_at.is_not(None), ~kept)


def _stale(which: ColumnElement[bool], before: datetime) -> ColumnElement[bool]:
    """Those of them that were posted before then and still have words."""
    mention = table(Mention)
    old = which & (mention.c.posted_at < before) & mention.c.decided_at.is_not(None)
    return old & or_(mention.c.text != "", mention.c.title != "")


def has_room(folder: Path) -> bool:
    """Whether `ROOM` can be written there; nothing stays."""
    try:
        with TemporaryFile(dir=folder, buffering=0) as file:
            # not zeros: some file systems keep those in no room at all
            return file.write(os.urandom(ROOM)) == ROOM
    except OSError:
        return False
