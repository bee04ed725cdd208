"""One daemon for a store: a lock on a file beside it, or on its database for as long as a session lives."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, ResourceClosedError

from listener.store.trouble import OPENED, StoreInUse, StoreTrouble, with_cure


def hold_file(store: Path) -> IO[str]:
    """The claim on a SQLite store, until it is closed or the process ends. Raises StoreInUse and StoreTrouble."""
    # only to read, which it may be for the daemon where root was first
    try:
        lock = os.fdopen(os.open(f"{store}.lock", os.O_RDONLY | os.O_CREAT, 0o644))
    except OSError as error:
        raise StoreTrouble(f"the store cannot be held ({error}): {OPENED}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise StoreInUse(f"another `listener run` works on {store}; stop it first") from error
    return lock


def hold_session(engine: Engine) -> Connection:
    """The claim on a PostgreSQL database, until this session ends. Raises StoreInUse and StoreTrouble."""
    try:
        connection = engine.connect()
        if not connection.exec_driver_sql("SELECT pg_try_advisory_lock(7411)").scalar():
            connection.close()
            raise StoreInUse("another `listener run` works on this database; stop it first")
        connection.commit()
    except DBAPIError as error:
        raise with_cure(str(error.orig)) from error
    # the claim lives as long as its session, and the pool would keep that
    connection.detach()
    return connection


def is_held(connection: Connection) -> bool:
    """Whether the session of a claim still lives."""
    try:
        connection.exec_driver_sql("SELECT 1")
        connection.commit()
    except (DBAPIError, ResourceClosedError):
        return False
    return True
