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

# the database of every server that holds nothing, the one that is copied, and the copy
ADMIN, MADE, COPY = "postgres", "made", "listener"


def binaries() -> Path | None:
    """Where initdb and pg_ctl are, None when PostgreSQL is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@contextmanager
def server() -> Iterator[str]:
    """A server with a store at the newest revision; yields the address that `anew` makes a copy of it at."""
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
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    run(str(tools / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        url = f"postgresql+psycopg://listener@127.0.0.1:{port}/{COPY}"
        _migrated(url)
        yield url
    finally:
        run(str(tools / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _migrated(url: str) -> None:
    _tell(url, f"CREATE DATABASE {MADE}")
    store = Store(url.removesuffix(COPY) + MADE)
    migrate(store.database, NOW)
    store.close()


def anew(url: str) -> None:
    """An empty store at the newest revision at this address, whatever was there: migrations take over a second."""
    _tell(url, f"DROP DATABASE IF EXISTS {COPY} WITH (FORCE)", f"CREATE DATABASE {COPY} TEMPLATE {MADE}")


def _tell(url: str, *statements: str) -> None:
    admin = url.replace("+psycopg", "").removesuffix(COPY) + ADMIN
    with psycopg.connect(admin, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)
