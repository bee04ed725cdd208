"""A real PostgreSQL server for tests, from Debian's packages, on a free port, as a user that is not root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from listener.demo.sinks import free_port
from listener.store import Store
from listener.store.upgrading import migrate
from tests.fresh import NOW

# the database of every server that holds nothing, and the store
ADMIN, STORE = "postgres", "listener"
# a new one for each test would take ten times as long
EMPTIED = """
DO $$ DECLARE each record; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR each IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE format('DELETE FROM %I', each.tablename);
    END LOOP;
    PERFORM setval(sequencename::regclass, 1, false) FROM pg_sequences WHERE last_value IS NOT NULL;
END $$
"""


def binaries() -> Path | None:
    """Where initdb and pg_ctl are, None when PostgreSQL is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@contextmanager
def server() -> Iterator[str]:
    """A server with a store at the newest revision; yields its address; `anew` empties it."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    tools = binaries()
    assert tools is not None
    port = free_port()
    owner = pwd.getpwnam("postgres") if os.getuid() == 0 else None
    if owner:
        os.chown(folder, owner.pw_uid, owner.pw_gid)

    def run(*command: str) -> None:
        who = {"user": owner.pw_uid, "group": owner.pw_gid} if owner else {}
        subprocess.run(command, check=True, capture_output=True, cwd=folder, **who)

    data = folder / "data"
    run(str(tools / "initdb"), "-D", str(data), "-U", "listener", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c autovacuum=off"
    run(str(tools / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        url = f"postgresql+psycopg://listener@127.0.0.1:{port}/{STORE}"
        _migrated(url)
        yield url
    finally:
        run(str(tools / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _migrated(url: str) -> None:
    with _connected(url, ADMIN) as admin:
        admin.execute(f"CREATE DATABASE {STORE}")
    store = Store(url)
    migrate(store.database, NOW)
    store.close()


def anew(url: str) -> None:
    """An empty store at the newest revision at this address, whatever was there."""
    with _connected(url, ADMIN) as admin:
        # whoever has not hung up may hold a lock
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [STORE])
    with _connected(url, STORE) as store:
        store.execute(EMPTIED)


def _connected(url: str, name: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url.replace("+psycopg", "").removesuffix(STORE) + name, autocommit=True)
