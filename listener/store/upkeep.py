"""A year of operation: migrations with a backup before, backup while running, restore, retention, vacuum."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, inspect, or_, select, text, update

from listener.model import (
    Appearance,
    Attempt,
    Decision,
    Delivery,
    GivenLabel,
    IssueMember,
    LimitCounter,
    Mention,
    Recognised,
    Setting,
    TicketMention,
    Version,
)
from listener.store.endings import purge
from listener.store.engine import Database, StoreTrouble, table
from listener.store.revision import MIGRATIONS, newest_revision
from listener.store.unlearning import Terms, forget_words

SWEEP = 2_000
OLD = "older than texts are kept"  # why it was put into its issue, once its words are gone


def revision_of(database: Database) -> str | None:
    """The revision that the store is at; None for a new one."""
    with database.read() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def migrate(database: Database, at: datetime) -> Path | None:
    """Bring the store to this program's revision; returns the backup made before. Refuses a store from the future."""
    if database.path:
        database.path.parent.mkdir(parents=True, exist_ok=True)
    present, wanted = revision_of(database), newest_revision()
    if present == wanted:
        return None
    if present and present > wanted:
        raise StoreTrouble(
            f"the store is at revision {present}, this program knows {wanted}: it was used by a newer version. "
            "Install that version again, or restore the backup made before the upgrade"
        )
    saved = None
    if present and database.path:
        saved = database.path.with_name(f"{database.path.name}.before-{wanted}-{at:%Y%m%d%H%M%S}")
        backup(database, saved)
    _upgrade(database)
    return saved


def _upgrade(database: Database) -> None:
    from alembic import command  # imported here: 0.2 s that only an upgrade pays
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def backup(database: Database, target: Path) -> None:
    """A consistent copy while the daemon works. SQLite only: for PostgreSQL use pg_dump."""
    if database.path is None:
        raise StoreTrouble("`listener backup` copies SQLite stores; for PostgreSQL use pg_dump")
    if not database.path.exists():
        raise StoreTrouble(f"there is no store at {database.path} yet")
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    with closing(sqlite3.connect(database.path)) as source, closing(sqlite3.connect(part)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    part.replace(target)


def restore(database: Database, saved: Path, at: datetime, who: str) -> Path | None:
    """Put a backup in the store's place, paused; returns where the old store went.

    Whatever was posted before that moment is history from now on: the store that was lost may have acted on it.
    """
    if database.path is None:
        raise StoreTrouble("`listener restore` works on SQLite; for PostgreSQL use pg_restore, then `listener pause`")
    database.hold()
    _check(saved)
    old = None
    if database.path.exists():
        old = database.path.with_name(f"{database.path.name}.replaced-{at:%Y%m%d%H%M%S}")
        backup(database, old)
    database.close()
    for suffix in ("-wal", "-shm"):
        database.path.with_name(database.path.name + suffix).unlink(missing_ok=True)
    part = database.path.with_name(database.path.name + ".part")
    shutil.copyfile(saved, part)
    with closing(sqlite3.connect(part)) as copy, copy:
        values = (f"{at:%Y-%m-%d %H:%M:%S.%f}", who, f"restored from {saved.name}")
        copy.execute("INSERT OR REPLACE INTO pause (scope, since, who, why) VALUES ('all', ?, ?, ?)", values)
        moment = json.dumps({"at": at.isoformat()})
        copy.execute("INSERT OR REPLACE INTO setting (name, value) VALUES ('restored', ?)", (moment,))
        copy.execute("UPDATE mention SET history = 1 WHERE decided_at IS NULL")
        copy.execute("UPDATE source SET told_day_one = 0")
    part.replace(database.path)
    return old


def _check(saved: Path) -> None:
    if not saved.exists():
        raise StoreTrouble(f"there is no file {saved}")
    try:
        with closing(sqlite3.connect(f"file:{saved}?mode=ro", uri=True)) as copy:
            sound = copy.execute("PRAGMA quick_check").fetchone() == ("ok",)
            ours = copy.execute("SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'").fetchone()[0]
    except sqlite3.DatabaseError:
        sound = ours = False
    if not (sound and ours):
        raise StoreTrouble(f"{saved} is not a sound backup of a listener store")


class Upkeep:
    """What the daemon does by itself so that the store neither grows for ever nor keeps what it must not."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def writable(self) -> bool:
        """Whether a transaction can be written now. It writes one: an empty one succeeds on a full disk, too."""
        try:
            with self._database.write() as connection:
                probe = self._database.insert(Setting).values(name="probe", value={})
                connection.execute(probe.on_conflict_do_update(index_elements=["name"], set_={"value": {}}))
        except StoreTrouble:
            return False
        return True

    def forget_mentions(self, before: datetime, terms: Terms, source: str | None = None) -> int:
        """Delete mentions posted before that time, with all that hangs on them; returns how many.

        `terms`, here and below, is how issues read words: those of what goes they forget.
        """
        mention = table(Mention)
        in_ticket = select(table(TicketMention).c.mention)
        old = select(mention.c.id).where(
            mention.c.posted_at < before, mention.c.decided_at.is_not(None), mention.c.id.not_in(in_ticket)
        )
        old = old.where(mention.c.source == source) if source else old
        total = 0
        while ids := self._delete_mentions(old.limit(SWEEP), terms):
            total += ids
        return total

    def _delete_mentions(self, query: object, terms: Terms) -> int:
        mention, delivery = table(Mention), table(Delivery)
        with self._database.write() as connection:
            ids = list(connection.execute(query).scalars())  # type: ignore[call-overload]  # a Select of ids
            forget_words(connection, ids, terms, OLD)
            mine = select(delivery.c.id).where(delivery.c.mention.in_(ids))
            connection.execute(delete(table(Attempt)).where(table(Attempt).c.delivery.in_(mine)))
            connection.execute(delete(delivery).where(delivery.c.mention.in_(ids)))
            for model in (Version, Decision, GivenLabel, IssueMember, Recognised):
                connection.execute(delete(table(model)).where(table(model).c.mention.in_(ids)))
            connection.execute(delete(mention).where(mention.c.id.in_(ids)))
        return len(ids)

    def blank_strangers(self, before: datetime, terms: Terms) -> int:
        """Empty the texts of persons who are not customers; the mention stays as a figure."""
        return self._blank(table(Mention).c.customer.is_(None), before, terms)

    def blank_source(self, source: str, before: datetime, terms: Terms) -> int:
        """Empty the texts of one source; what hangs on a ticket stays as a figure."""
        return self._blank(table(Mention).c.source == source, before, terms)

    def _blank(self, which: ColumnElement[bool], before: datetime, terms: Terms) -> int:
        mention = table(Mention)
        old = which & (mention.c.posted_at < before) & mention.c.decided_at.is_not(None)
        stale = old & or_(mention.c.text != "", mention.c.title != "")
        query, total, last = select(mention.c.id).where(stale).order_by(mention.c.id).limit(SWEEP), 0, 0
        while ids := self._empty_some(query.where(mention.c.id > last), terms):
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

    def forget_counters(self, before: datetime) -> None:
        """Limit rows whose last use is long over."""
        counter = table(LimitCounter)
        with self._database.write() as connection:
            rows = connection.execute(select(counter.c.key, counter.c.stamps)).all()
            stale = [row.key for row in rows if row.stamps and row.stamps[-1] < before.isoformat()]
            connection.execute(delete(counter).where(counter.c.key.in_(stale[:SWEEP])))

    def forget_appearances(self, before: datetime) -> None:
        """Items about no brand; one that is still offered after that time is looked at afresh."""
        appearance = table(Appearance)
        stale = appearance.c.post.is_(None) & (appearance.c.seen_at < before)
        with self._database.write() as connection:
            connection.execute(delete(appearance).where(stale))

    def vacuum(self) -> None:
        """Give free pages back and renew the statistics of the planner."""
        if self._database.path is None:
            return
        with closing(sqlite3.connect(self._database.path, timeout=60)) as connection:
            connection.execute("PRAGMA incremental_vacuum")
            connection.execute("PRAGMA optimize")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
