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
    "password authentication failed": "PostgreSQL refuses the user or the password in [store] url: set them right",
    "no password supplied": "PostgreSQL wants a password, and [store] url has none: write the address with it into "
    'a variable and `url = "env:DATABASE_URL"`',
    "fatal:  database": "PostgreSQL has no such database as [store] url names: make it with `createdb`",
    "permission denied for": "the user in [store] url may not do this in the database: make that user its owner",
    "read-only transaction": "the database takes no changes, as a stand-by does: check [store] url; the work waits",
    "no space left": "the disk of the store is full: free some space; nothing is lost, the work waits",
    "failed to resolve host": "the host in [store] url has no address: check [store] url",
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
