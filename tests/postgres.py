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

from listener.demo.sinks import free_port


def binaries() -> Path | None:
    """Where initdb and pg_ctl are, None when PostgreSQL is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@contextmanager
def server() -> Iterator[str]:
    """A server with an empty database; yields its address."""
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
        yield f"postgresql+psycopg://listener@127.0.0.1:{port}/postgres"
    finally:
        run(str(tools / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
