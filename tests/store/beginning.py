"""Writes `listener/store/migrations/beginning.sql` after a new migration: `python -m tests.store.beginning`."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from listener.store.engine import Database
from listener.store.revision import BEGINNING, END, newest_revision
from listener.store.upgrading import upgrade


def schema(path: Path) -> list[str]:
    """Every statement that a store was made with, in order, and its revision."""
    with closing(sqlite3.connect(path)) as store:
        made = [sql for (sql,) in store.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid")]
    return [*made, f"INSERT INTO alembic_version (version_num) VALUES ('{newest_revision()}')"]


def migrated() -> list[str]:
    """What the migrations make, one after the other."""
    with TemporaryDirectory(prefix="listener-beginning-") as folder:
        database = Database(f"sqlite:///{folder}/listener.db")
        upgrade(database)
        database.close()
        return schema(Path(f"{folder}/listener.db"))


if __name__ == "__main__":
    BEGINNING.write_text(END.join(migrated()), "utf-8")
