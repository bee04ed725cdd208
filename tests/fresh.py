"""An empty SQLite store at the newest revision, made once for a test run and copied: migrations take half a second."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from listener.store import Store
from listener.store.upgrading import migrate

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def a_file(path: Path) -> None:
    """Put one there, unless a store is there already."""
    if not path.exists():
        path.write_bytes(_made())


@cache
def _made() -> bytes:
    with TemporaryDirectory(prefix="listener-fresh-") as folder:
        store = Store(f"sqlite:///{folder}/listener.db")
        migrate(store.database, NOW)
        # closing writes everything into the one file
        store.close()
        return Path(f"{folder}/listener.db").read_bytes()
