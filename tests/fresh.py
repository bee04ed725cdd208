"""Empty SQLite stores at the newest revision, made once for a test run and copied: migrations take half a second."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from listener.store import Store
from listener.store.upgrading import migrate

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
OPEN: list[Store] = []


def a_file(path: Path) -> None:
    """Put one there, unless a store is there already."""
    if not path.exists():
        path.write_bytes(_made())


def a_store(folder: Path) -> Store:
    """The store in this folder, made if there is none; the test's end closes it."""
    a_file(folder / "listener.db")
    store = Store(f"sqlite:///{folder / 'listener.db'}")
    OPEN.append(store)
    migrate(store.database, NOW)
    return store


@cache
def _made() -> bytes:
    with TemporaryDirectory(prefix="listener-fresh-") as folder:
        store = Store(f"sqlite:///{folder}/listener.db")
        migrate(store.database, NOW)
        # closing writes everything into the one file
        store.close()
        return Path(f"{folder}/listener.db").read_bytes()
