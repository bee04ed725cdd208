"""100,000 customers told by mail, the daemon killed in the middle: each gets exactly one mail, or is in doubt.

The real daemon sends to a mail server that counts, over one connection, with a durable mark before each mail. Figures:
mails a second of wall time, lives included, and how many customers got two mails or none without being in doubt.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import structlog

from bench.figures import Figure
from bench.town import LISTENER, OUT, ROOT
from listener.config import Secrets, load
from listener.log import Redaction
from listener.model.issue import Issue, IssueEpisode
from listener.pipeline.audience import Affected, Listed
from listener.pipeline.outreach import Wish
from listener.store.engine import table
from listener.wiring import parts_of
from listener.wiring.now import clock

RECIPIENTS, KILLS = 100_000, 3
SERVER = Path(__file__).with_name("mail_server.py")
CONFIG = """\
net.allow_private = true
web.listen = "127.0.0.1:0"
contact.channel = "mail"
campaigns = {{per_hour = 100000000, hold = "1s"}}
person = [{{name = "kim", may_approve = true}}, {{name = "lee", may_approve = true}}]
brand = [{{name = "Acme Flow"}}]
[[channel]]
name = "mail"
kind = "email"
host = "127.0.0.1"
port = {port}
security = "none"
from = "Acme Care <care@acme.example>"
to = ["care@acme.example"]
"""
BLANK: dict[str, Any] = dict.fromkeys(("segment", "plan", "region", "version", "timezone", "language", "owner"), "")
BLANK |= {"owner_role": "", "products": [], "tags": [], "consents": [], "columns": {}, "renewal_at": ""}
BLANK |= {"do_not_contact": False}


def run(share: float) -> Iterator[Figure]:
    """All of it, with kills at random moments."""
    recipients = max(500, int(RECIPIENTS * share))
    folder = OUT / "campaign"
    subprocess.run(["rm", "-rf", str(folder)], check=True)
    folder.mkdir(parents=True)
    with a_sink(folder / "taken") as port:
        prepare(folder, port, recipients)
        began, cpu = time.monotonic(), cpu_of_children()
        wait_for_the_end(folder, recipients, KILLS)
        seconds, cpu = time.monotonic() - began, cpu_of_children() - cpu
    taken = Counter((folder / "taken").read_text().split())
    doubt = asked(folder, "SELECT count(*) FROM delivery WHERE status = 'in_doubt'")
    raw = f"{recipients} recipients, {KILLS} kills, {doubt} in doubt, {cpu:.0f} s of CPU"
    yield Figure("customers with two mails", sum(count > 1 for count in taken.values()), "", ceiling=0, raw=raw)
    yield Figure(
        "customers with none and not in doubt", recipients - len(taken) - unsent_in_doubt(folder, taken), "", ceiling=0
    )
    yield Figure("in doubt for each kill", doubt / KILLS, "", ceiling=1)
    yield Figure(
        "mails a second", recipients / seconds, "/s", floor=100, raw=f"{1000 * cpu / recipients:.2f} ms of CPU each"
    )


@contextmanager
def a_sink(file: Path) -> Iterator[int]:
    """A counting mail server on loopback; its port."""
    with subprocess.Popen([sys.executable, str(SERVER), str(file)], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield int(server.stdout.readline())
        finally:
            server.kill()


def prepare(folder: Path, port: int, recipients: int) -> None:
    """A house with so many customers, an issue, and a campaign that two persons approved."""
    (folder / "rules.d").mkdir()
    (folder / "rules.d" / "none.yaml").write_text("version: 1\nrules: []\n")
    (folder / "config.toml").write_text(CONFIG.format(port=port))
    names = {"id": "sync", "brand": "Acme Flow", "topic": "outage", "title": "Sync is down", "founder": 0}
    config = load(folder / "config.toml")
    with parts_of(config, Secrets(folder, os.environ, Redaction()), structlog.get_logger("bench")) as parts:
        rows = [
            BLANK | {"id": f"c{n}", "name": f"Name {n}", "email": f"c{n}@customer.example"} for n in range(recipients)
        ]
        parts.store.customers.replace(rows, [])
        now = clock()
        times = dict.fromkeys(("opened_at", "first_seen", "last_seen"), now)
        state = {"keywords": [], "spread": "outbreak", "state": "open", "mentions": 1, "persons": 1, "customers": 0}
        with parts.store.database.write() as connection:
            more = {"persons_now": 0, "locked": False, "episode": 1}
            connection.execute(table(Issue).insert(), names | times | state | more)
            connection.execute(
                table(IssueEpisode).insert(), {"issue": "sync", "number": 1, "kind": "first", "opened_at": now}
            )
        everybody = Listed("C", tuple(parts.store.audience.everybody()), "all of them")
        root = parts.store.issues.root("sync")
        assert root is not None
        row = parts.outreach.draft(Wish("sync"), "kim", Affected(root, (everybody,), None))
        for who in ("kim", "lee"):
            parts.outreach.approve(row.id, who)


def wait_for_the_end(folder: Path, recipients: int, kills: int) -> None:
    """Let the daemon live, killed when it is at such parts of its work, until the campaign is done."""
    dice = random.Random(7)
    moments = sorted(dice.uniform(0.1, 0.9) * recipients for _ in range(kills))
    while asked(folder, "SELECT status FROM campaign") != "done":
        daemon = subprocess.Popen(
            [*LISTENER, "--config", str(folder / "config.toml"), "run"], cwd=ROOT, stderr=subprocess.DEVNULL
        )
        target = moments.pop(0) if moments else None
        while daemon.poll() is None:
            time.sleep(0.2)
            if target is not None and lines(folder / "taken") >= target:
                time.sleep(dice.uniform(0, 0.2))
                daemon.send_signal(signal.SIGKILL)
            elif target is None and asked(folder, "SELECT status FROM campaign") == "done":
                daemon.send_signal(signal.SIGTERM)
            daemon.poll()
        daemon.wait()


def lines(file: Path) -> int:
    return file.read_bytes().count(b"\n") if file.exists() else 0


def asked(folder: Path, query: str) -> Any:
    with closing(sqlite3.connect(f"file:{folder}/listener.db?mode=ro", uri=True, timeout=30)) as store:
        return store.execute(query).fetchone()[0]


def unsent_in_doubt(folder: Path, taken: Counter[str]) -> int:
    """Those in doubt who have no mail."""
    with closing(sqlite3.connect(f"file:{folder}/listener.db?mode=ro", uri=True, timeout=30)) as store:
        rows = store.execute("SELECT customer FROM delivery WHERE status = 'in_doubt'").fetchall()
    return sum(f"{who}@customer.example" not in taken for (who,) in rows)


def cpu_of_children() -> float:
    times = os.times()
    return times.children_user + times.children_system
