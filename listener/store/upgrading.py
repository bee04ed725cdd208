"""The store as a file: migrations with a backup before, backup while running, restore."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import inspect, text

from listener.store.engine import Database, StoreInUse, StoreTrouble
from listener.store.revision import BEGINNING, END, MIGRATIONS, newest_revision
from listener.store.trouble import with_cure

SQLITE = b"SQLite format 3\x00"
SOUND = ("ok",)


class StoreDamaged(StoreTrouble):
    """The store cannot be copied, as it is damaged."""


def revision_of(database: Database) -> str | None:
    """The revision that the store is at; None for a new one."""
    with database.read() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def looked_at(database: Database) -> str:
    """What the store is, in words; nothing is changed. Raises StoreTrouble where no command could use it."""
    if database.path and not database.path.exists():
        _could_begin(database.path)
        return "there is none yet; the first command that needs it makes it"
    present, wanted = revision_of(database), newest_revision()
    if present is None:
        return "it answers, with nothing in it"
    if present > wanted:
        raise StoreTrouble(_from_the_future("the store", present))
    return f"revision {present}" + (f"; the next command upgrades it to {wanted}" if present < wanted else "")


def _could_begin(path: Path) -> None:
    folder = next(each for each in path.absolute().parents if each.exists())
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise StoreTrouble(f"there can be no store at {path}: nothing can be written to {folder}; check [store] url")


def migrate(database: Database, at: datetime) -> Path | None:
    """Bring the store to this program's revision; returns the backup made before. Refuses a store from the future."""
    _make_folder(database)
    present, wanted = revision_of(database), newest_revision()
    if present == wanted:
        return None
    if present and present > wanted:
        raise StoreTrouble(_from_the_future("the store", present))
    if present:
        return _upgraded(database, present, wanted, at)
    if database.is_sqlite:
        _begin(database)
    else:
        upgrade(database)
    return None


def _make_folder(database: Database) -> None:
    if database.path:
        try:
            database.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreTrouble(f"there can be no store at {database.path} ({error}): check [store] url") from error


def _upgraded(database: Database, present: str, wanted: str, at: datetime) -> Path | None:
    """Alone, as tables must not change below a daemon of the older version."""
    try:
        database.hold()
    except StoreInUse as error:
        raise StoreInUse(
            f"the store is at revision {present} and must be upgraded to {wanted}, but a `listener run` of the older "
            "version works on it: stop that one first, as by `systemctl stop listener`; nothing was changed"
        ) from error
    try:
        saved = None
        if database.path:
            _sweep(database.path, "before-*")
            saved = database.path.with_name(f"{database.path.name}.before-{wanted}-{at:%Y%m%d%H%M%S}")
            backup(database, saved)
        upgrade(database)
        return saved
    finally:
        database.let_go()


def _sweep(path: Path, kind: str) -> None:
    """Remove what copies of this kind left half written when they were killed."""
    for rest in path.parent.glob(f"{path.name}.{kind}.part*"):
        rest.unlink(missing_ok=True)


def _from_the_future(what: str, revision: str) -> str:
    return (
        f"{what} is at revision {revision}, this program knows {newest_revision()}: it was used by a newer version. "
        "Install that version again, or restore the backup made before the upgrade"
    )


def _begin(database: Database) -> None:
    """A new store as the migrations would make it one after the other, which takes a second."""
    with database.write() as connection:
        # another process may have begun it meanwhile
        if not inspect(connection).has_table("alembic_version"):
            for statement in BEGINNING.read_text("utf-8").split(END):
                connection.exec_driver_sql(statement)


def upgrade(database: Database) -> None:
    """Run the migrations that are missing."""
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
    _may_replace(database.path, target)
    part = target.with_name(target.name + ".part")
    try:
        _remove(part)
        with closing(sqlite3.connect(database.path)) as source, closing(sqlite3.connect(part)) as copy:
            source.backup(copy)
            if copy.execute("PRAGMA quick_check(1)").fetchone() != SOUND:
                raise sqlite3.DatabaseError("malformed")
            copy.execute("PRAGMA journal_mode=DELETE")
        part.replace(target)
    except (OSError, sqlite3.OperationalError) as error:
        cure = "is its folder there, writable, and with room for the whole store?"
        raise StoreTrouble(f"{target} cannot be written ({error}): {cure}") from error
    except sqlite3.DatabaseError as error:
        raise StoreDamaged(f"nothing was written to {target}: {with_cure(str(error), database.path)}") from error
    finally:
        _remove(part)


def _remove(part: Path) -> None:
    """A copy that is not one yet, with what SQLite keeps beside it."""
    for end in ("", "-journal", "-wal", "-shm"):
        part.with_name(part.name + end).unlink(missing_ok=True)


def _may_replace(store: Path, target: Path) -> None:
    """An older backup may go; the store itself, what belongs to it, and a file of another kind may not."""
    at = target.resolve()
    if at.parent == store.resolve().parent and at.name in {store.name + end for end in ("", "-wal", "-shm", ".lock")}:
        raise StoreTrouble(f"{target} belongs to the store itself: name another file for the copy")
    if at.is_file() and at.stat().st_size and not is_sqlite(at):
        raise StoreTrouble(f"{target} is there and is no backup: name another file, or remove this one first")


def is_sqlite(file: Path) -> bool:
    """Whether the file begins as every SQLite database does."""
    with file.open("rb") as opened:
        return opened.read(len(SQLITE)) == SQLITE


def restore(database: Database, saved: Path, at: datetime, who: str) -> Path | None:
    """Put a backup in the store's place, paused; returns where the old store went.

    Whatever was posted before that moment is history from now on: the store that was lost may have acted on it.
    """
    if database.path is None:
        raise StoreTrouble("`listener restore` works on SQLite; for PostgreSQL use pg_restore, then `listener pause`")
    database.hold()
    _check(saved)
    part = database.path.with_name(database.path.name + ".part")
    _sweep(database.path, "replaced-*")
    try:
        _prepare(part, database.path, saved, at, who)
        old = _set_aside(database, database.path, at) if database.path.exists() else None
        database.close()
        for suffix in ("-wal", "-shm"):
            database.path.with_name(database.path.name + suffix).unlink(missing_ok=True)
        part.replace(database.path)
    except (OSError, sqlite3.OperationalError) as error:
        cure = "is its folder writable, with room for two copies beside it?"
        raise StoreTrouble(f"nothing was changed, as the store cannot be replaced ({error}): {cure}") from error
    finally:
        part.unlink(missing_ok=True)
    return old


def _prepare(part: Path, before: Path, saved: Path, at: datetime, who: str) -> None:
    """The backup as it begins: paused, all of it history, and of whom the store `before` is."""
    shutil.copyfile(saved, part)
    _hand_over(part, before)
    with closing(sqlite3.connect(part)) as copy, copy:
        values = (f"{at:%Y-%m-%d %H:%M:%S.%f}", who, f"restored from {saved.name}")
        copy.execute("INSERT OR REPLACE INTO pause (scope, since, who, why) VALUES ('all', ?, ?, ?)", values)
        moment = json.dumps({"at": at.isoformat()})
        copy.execute("INSERT OR REPLACE INTO setting (name, value) VALUES ('restored', ?)", (moment,))
        copy.execute("UPDATE mention SET history = 1 WHERE decided_at IS NULL")
        copy.execute("UPDATE source SET told_day_one = 0")


def _hand_over(part: Path, before: Path) -> None:
    """Root restores, and the daemon, which is somebody else, writes."""
    known = before.exists()
    if known:
        shutil.copymode(before, part)
    owner = (before if known else before.parent).stat()
    if os.geteuid() == 0:
        os.chown(part, owner.st_uid, owner.st_gid)


def _set_aside(database: Database, path: Path, at: datetime) -> Path:
    """Where the old store is kept; a damaged one file by file, for whoever can save something of it."""
    old = path.with_name(f"{path.name}.replaced-{at:%Y%m%d%H%M%S}")
    try:
        backup(database, old)
    except StoreDamaged:
        for end in ("", "-wal"):
            if (file := path.with_name(path.name + end)).exists():
                shutil.copyfile(file, old.with_name(old.name + end))
    return old


def _check(saved: Path) -> None:
    if not saved.exists():
        raise StoreTrouble(f"there is no file {saved}")
    revision = None
    try:
        with closing(sqlite3.connect(f"file:{saved}?mode=ro", uri=True)) as copy:
            if copy.execute("PRAGMA quick_check").fetchone() == SOUND:
                (revision,) = copy.execute("SELECT version_num FROM alembic_version").fetchone() or (None,)
    except sqlite3.DatabaseError:
        revision = None
    if not revision:
        raise StoreTrouble(f"{saved} is not a sound backup of a listener store")
    if revision > newest_revision():
        raise StoreTrouble(_from_the_future(str(saved), revision))
