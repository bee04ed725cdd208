"""The daemon as a process of its own, at work in a folder with an ordinary configuration, for tests that end it."""

from __future__ import annotations

import atexit
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from tests.connectors.feed_pages import an_entry, an_rss

ROOT = Path(__file__).parents[1]
COMMAND = (sys.executable, "-c", "from listener.cli import main; main()")
ORDINARY = (*COMMAND, "run")
BIRTHS = count(1)
PATIENCE = 120.0  # far more than it takes: a machine may be busy with other things

# breaks off soon what hangs at a stop, and waits long for sources: only the one can have ended the other
BRISK = """
import functools
import listener.daemon
import listener.net
from listener.cli import main

listener.daemon.STOP_WITHIN, listener.daemon.BREAK_OFF_AFTER = {within}, 2.0
listener.net.NetSettings = functools.partial(listener.net.NetSettings, read=100, total=100)
main()
"""

CONFIG = """\
ops.channel = "{ops}"
net.allow_private = true
web.listen = "127.0.0.1:0"
brand = [{{name = "Acme Flow"}}]
source = [{{name = "forum", kind = "feed", url = "{feed}", every = "{every}"}}]
channel = [
  {{name = "care", kind = "slack", webhook_url = "file:slack"}},
  {{name = "care-mail", kind = "email", host = "127.0.0.1", port = {port}, security = "none", {addresses}}},
{more}]
"""
ADDRESSES = 'from = "Care <care@acme.example>", to = ["desk@acme.example"]'

RULES = """\
version: 1
samples:
  bad: {{source.kind: feed, language: en, sentiment: negative, person.id: p, text: broken}}
  good: {{source.kind: feed, language: en, sentiment: positive, person.id: p, text: lovely}}
rules:
  - id: complaint
    mode: live
    when: {{sentiment: negative}}
    then: [{{open_ticket: {{}}}}, {alerts}]
    tests: [{{given: bad, expect: [open_ticket{expected}]}}, {{given: good, expect: nothing}}]
  - id: praise
    mode: ask
    when: {{sentiment: positive}}
    then: [{{thank: {{template: thanks}}}}]
    limits: {{thank: {{per_person: 1 per 7d}}}}
"""


def a_book(*channels: str) -> str:
    """A ticket for each complaint and an alert by each of these channels; a draft of thanks for praise."""
    alerts = ", ".join(f"{{alert: {{channel: {name}}}}}" for name in channels)
    return RULES.format(alerts=alerts, expected=", alert" * len(channels))


def brisk(within: float) -> tuple[str, ...]:
    """The command of a daemon that ends so many seconds after it was asked to, whatever hangs."""
    return (sys.executable, "-c", BRISK.format(within=within), "run")


def a_house(folder: Path, feed: str, slack: str, port: str, **changes: str) -> Path:
    """Write a configuration of ten lines, its secret and a rule book; returns the folder."""
    (folder / "rules.d").mkdir(parents=True)
    (folder / "slack").write_text(slack)
    values = {"ops": "log", "every": "1s", "more": "", "addresses": ADDRESSES, "feed": feed, "port": port}
    (folder / "config.toml").write_text(CONFIG.format(**(values | changes)))
    (folder / "rules.d" / "book.yaml").write_text(a_book("care", "care-mail"))
    return folder


def a_post(number: int, text: str, author: str = "", ago: timedelta = timedelta(minutes=5)) -> str:
    """One entry of the forum's feed."""
    link = f"http://forum.example/posts/{number}"
    when = format_datetime(datetime.now(UTC) - ago)
    creator = {"dc:creator": author or f"person-{number}"}
    return an_entry("", f"post-{number}", link, description=text, pubDate=when, **creator)


def a_feed(*posts: str) -> str:
    """The forum's feed, newest post first as feeds are."""
    return an_rss(*reversed(posts))


def eventually(found: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """The first true answer of `found`; an AssertionError with its last answer after that long."""
    until = time.monotonic() + seconds
    while not (answer := found()):
        assert time.monotonic() < until, f"still {answer!r} after {seconds:g} s"
        time.sleep(0.05)
    return answer


@dataclass(frozen=True)
class Born:
    """A daemon out of the nursery, with as much of `subprocess.Popen` as tests need."""

    pid: int
    ended: Path

    def poll(self) -> int | None:
        return int(self.ended.read_text()) if self.ended.exists() else None

    @property
    def returncode(self) -> int | None:
        return self.poll()

    def wait(self, seconds: float = PATIENCE) -> int:
        eventually(self.ended.exists, seconds)
        return int(self.ended.read_text())

    def send_signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def born(folder: Path, environment: Mapping[str, str]) -> Born:
    """An ordinary daemon, forked from a process that has imported everything: that takes half of a start."""
    nursery, ended = _nursery(), folder / f"daemon.ended.{next(BIRTHS)}"
    assert nursery.stdin
    assert nursery.stdout
    wish = {"folder": str(folder), "environment": dict(environment), "ended": str(ended)}
    print(json.dumps(wish), file=nursery.stdin, flush=True)
    return Born(int(nursery.stdout.readline()), ended)


@cache
def _nursery() -> subprocess.Popen[str]:
    command = [sys.executable, str(ROOT / "tests" / "crash" / "nursery.py")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    nursery = subprocess.Popen(command, text=True, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    atexit.register(nursery.kill)
    return nursery


@dataclass
class Running:
    """The daemon of one folder. Its log is `daemon.log` there, over all its lives."""

    folder: Path
    command: tuple[str, ...] = ORDINARY
    environment: Mapping[str, str] = field(default_factory=dict)
    before: Callable[[], None] | None = None
    process: subprocess.Popen[bytes] | Born | None = None

    @property
    def log(self) -> str:
        """Everything that was logged."""
        return (self.folder / "daemon.log").read_text() if (self.folder / "daemon.log").exists() else ""

    def start(self) -> None:
        """Start without waiting for it."""
        if self.command == ORDINARY and self.before is None:
            self.process = born(self.folder, self.environment)
            return
        with open(self.folder / "daemon.log", "ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env={**os.environ, "PYTHONPATH": str(ROOT), **self.environment},
                stdout=log,
                stderr=log,
                preexec_fn=self.before,
            )

    def started(self) -> None:
        """Start and wait until it works."""
        lives = self.log.count("daemon.running")
        self.start()
        eventually(lambda: self.log.count("daemon.running") > lives or self.ended())
        assert not self.ended(), self.log

    def ended(self) -> bool:
        assert self.process is not None
        return self.process.poll() is not None

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self, seconds: float = PATIENCE) -> int:
        """Ask it to end; its exit code. Raises subprocess.TimeoutExpired."""
        self.signal(signal.SIGTERM)
        assert self.process is not None
        return self.process.wait(seconds)

    def kept(self, query: str) -> list[tuple[Any, ...]]:
        """What its store answers; nothing while there is no such table."""
        try:
            with closing(sqlite3.connect(f"file:{self.folder}/listener.db?mode=ro", uri=True, timeout=10)) as store:
                return store.execute(query).fetchall()
        except sqlite3.OperationalError:
            return []

    def one(self, query: str) -> Any:
        """The first value of the first row; None when there is none."""
        rows = self.kept(query)
        return rows[0][0] if rows else None


@contextmanager
def running(folder: Path, **options: Any) -> Iterator[Running]:
    """A started daemon, killed in the end."""
    daemon = Running(folder, **options)
    try:
        daemon.started()
        yield daemon
    finally:
        daemon.kill()
