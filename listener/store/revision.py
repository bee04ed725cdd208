"""Which revision of the store this program works with."""

from __future__ import annotations

from pathlib import Path

MIGRATIONS = Path(__file__).with_name("migrations")
# what all migrations together make of nothing, on SQLite; `python -m tests.store.beginning` writes it
BEGINNING = MIGRATIONS / "beginning.sql"
END = ";\n\n"  # of a statement there


def newest_revision() -> str:
    """The revision of the last migration."""
    return max(path.stem.split("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
