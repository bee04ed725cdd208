"""A real Request Tracker 5 on loopback, with a copy of its SQLite database, for as long as the tests need it."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from listener.demo.sinks import free_port

SERVER = Path("/usr/share/request-tracker5/libexec/rt-server")
DATABASE = Path("/var/lib/dbconfig-common/sqlite3/request-tracker5/rtdb")
CAUSE = "Root cause"
PATIENCE = 90.0  # it takes about 10 s on a quiet machine

CONFIG = """\
Set($rtname, 'test');
Set($Organization, 'test');
Set($WebPath, '');
Set($WebDomain, '127.0.0.1');
Set($WebPort, {port});
Set($WebBaseURL, 'http://127.0.0.1:{port}');
Set($DatabaseType, 'SQLite');
Set($DatabaseName, '{folder}/rtdb');
Set($LogToSyslog, undef);
Set($LogToSTDERR, 'error');
Set($MailCommand, 'testfile');
Set($BcryptCost, 4);
Set($MasonDataDir, '{folder}/mason');
1;
"""


def missing() -> str:
    """Why it cannot be started here, "" when it can."""
    if not SERVER.exists() or shutil.which("perl") is None:
        return "Request Tracker is not installed: apt-get install request-tracker5 rt5-db-sqlite rt5-standalone"
    return "" if os.access(DATABASE, os.R_OK) else f"{DATABASE} is not readable: run as root, or as www-data"


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Its address; user root, password password."""
    port = free_port()
    shutil.copy(DATABASE, folder / "rtdb")
    _prepare(folder / "rtdb")
    (folder / "mason").mkdir()
    (folder / "conf").mkdir()
    (folder / "conf" / "rt.pm").write_text(CONFIG.format(port=port, folder=folder))
    # each worker reads what it needs when first asked, which takes seconds: one is the fastest
    command = [str(SERVER), "--port", str(port), "--host", "127.0.0.1", "--max-workers", "1"]
    environment = {**os.environ, "RT_SITE_CONFIG_DIR": str(folder / "conf"), "TMPDIR": str(folder)}
    with open(folder / "log", "wb") as log:
        # it forks: a session of its own can be ended as one
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        address = f"http://127.0.0.1:{port}"
        _await(address, server, folder / "log")
        yield address
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _prepare(database: Path) -> None:
    """Nobody is to be written to; and a custom field on every ticket."""
    with closing(sqlite3.connect(database)) as store, store:
        store.execute("UPDATE Scrips SET Disabled = 1")
        # the way of old versions, renewed at the first log-in: the shipped password costs 0.25 s of CPU a request
        old = hashlib.md5(b"password", usedforsecurity=False).hexdigest()
        store.execute("UPDATE Users SET Password = ? WHERE Name = 'root'", (old,))
        field = "INSERT INTO CustomFields (Name, Type, MaxValues, LookupType) VALUES (?, 'Freeform', 1, ?)"
        made = store.execute(field, (CAUSE, "RT::Queue-RT::Ticket")).lastrowid
        store.execute("INSERT INTO ObjectCustomFields (CustomField, ObjectId) VALUES (?, 0)", (made,))


def _await(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            urlopen(f"{address}/NoAuth/css/robots.txt", timeout=5).close()
            return
        except URLError as error:
            if hasattr(error, "code"):
                return
        except OSError:
            pass
        assert server.poll() is None, log.read_text()
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.2)
