"""What can go wrong with the store, in an operator's words."""

from __future__ import annotations

from pathlib import Path

BUSY_SECONDS = 30
OPENED = "does its folder exist, and may this user write there?"

CURES = {
    "disk is full": "the disk of the store is full: free some space; nothing is lost, the work waits",
    "disk i/o": "the disk of the store refuses to be written or read: is it full, over its quota, or failing? "
    "free some space and look into the system's log; nothing is lost, the work waits",
    "readonly": "the store cannot be written: check the owner and the mode of the file and its folder",
    "locked": f"another process held the store for {BUSY_SECONDS} s: is a backup tool or a second daemon at work?",
    "unable to open": f"the store cannot be opened: {OPENED}",
    "not a database": "the file is not a SQLite store: restore a backup with `listener restore FILE`",
    "malformed": "the store is damaged: restore a backup with `listener restore FILE`",
    "could not connect": "PostgreSQL does not answer: check [store] url and that the server runs",
    "connection": "the connection to the store failed: check [store] url and that the server runs",
}


class StoreTrouble(Exception):
    """The store could not be read or written; the text names the cure. What was not written is done again."""


class StoreInUse(StoreTrouble):
    """Another daemon works on this store."""


def with_cure(said: str, where: Path | None = None) -> StoreTrouble:
    """What the database said, as the trouble that an operator can mend, with the file it is about."""
    told = next((cure for sign, cure in CURES.items() if sign in said.lower()), said)
    return StoreTrouble(f"{told} ({where})" if where else told)
