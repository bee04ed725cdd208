"""The daemon killed under load, again and again: everything offered is kept, decided and delivered once."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.crash.town import GRUMBLERS, Town, a_town, kind_of
from tests.running import ROOT, Running, eventually

NURSERY = Path(__file__).with_name("nursery.py")
TOWNS = 2
LONGEST_LIFE = 2.0  # seconds, for most of them from when the daemon is at work: on a busy machine none might be else
QUIET = 120.0
POINTS = (
    "listener.store.arrivals:Arrivals.take",
    "listener.store.arrivals:Arrivals._remember",
    "listener.store.judging:Turn.claim",
    "listener.store.judging:Turn.open_ticket",
    "listener.store.judging:Turn.keep",
    "listener.store.deliveries:Deliveries.claim",
    "listener.actions.slack:Slack.deliver",
    "listener.actions.email:Email.carry",
    "listener.actions.webhook:Webhook.deliver",
    "listener.store.deliveries:Deliveries._attempted",
    "listener.store.deliveries:Deliveries.finish",
    "listener.store.deliveries:Deliveries.announce",
)
OPEN = "SELECT count(*) FROM delivery WHERE status IN ('due', 'sending')"
ALERTS = """
    SELECT m.external_id, d.channel, d.status, d.external ->> 'key', d.attempts
    FROM delivery d JOIN mention m ON m.id = d.mention WHERE d.action = 'alert'
"""


@dataclass
class Nursery:
    """Starts daemons in one folder, one at a time."""

    process: subprocess.Popen[str]
    folder: Path
    pid: int = 0

    def born(self, **fate: Any) -> None:
        """A daemon begins its work; `die` and `after` are those of `nursery.py`."""
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps({"folder": str(self.folder), **fate}), file=self.process.stdin, flush=True)
        self.pid = int(self.process.stdout.readline())

    def dead(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        return False

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        eventually(self.dead)


@contextmanager
def a_nursery(folder: Path) -> Iterator[Nursery]:
    command = [sys.executable, str(NURSERY)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, env=environment, **pipes) as process:
        nursery = Nursery(process, folder)
        try:
            yield nursery
        finally:
            if nursery.pid:
                nursery.kill()
            process.kill()


def comes_to_rest(town: Town, nursery: Nursery, house: Running) -> None:
    """A last life that is not cut short: whatever waits is done."""
    town.falls_silent()
    nursery.born()
    eventually(lambda: {one for (one,) in house.kept("SELECT external_id FROM mention")} >= town.offered(), QUIET)
    eventually(lambda: house.one("SELECT count(*) FROM mention WHERE decided_at IS NULL") == 0, QUIET)
    eventually(lambda: house.one(OPEN) == 0, QUIET)
    nursery.kill()


def everything_is_kept_and_decided_once(town: Town, house: Running) -> None:
    kept = Counter(one for (one,) in house.kept("SELECT external_id FROM mention"))
    assert kept == Counter(town.offered()) != Counter()
    appeared = Counter(one for (one,) in house.kept("SELECT external_id FROM appearance"))
    assert set(appeared.values()) == {1}
    decisions = house.kept("""
        SELECT m.external_id, (SELECT count(*) FROM decision WHERE mention = m.id),
               (SELECT count(*) FROM version WHERE mention = m.id) FROM mention m ORDER BY m.id
    """)
    edited = {one for one, _, versions in decisions if versions}
    assert edited <= {f"{forum.name}-{number}" for forum in town.forums for number in forum.edited}
    assert not judged_for_nothing(decisions)


def judged_for_nothing(decisions: Iterable[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Of (post, decisions, versions) in the order they came: those not judged once, once more for each edit of theirs,
    and where they repeated a post that says something else now; each edit gives its voice to one post at most.
    """
    wrong, edits = [], Counter[int]()
    voices = sum(versions for _, _, versions in decisions)
    for post, count, versions in decisions:
        more = max(0, count - 1 - versions)
        kind = kind_of(post)
        voices -= more
        if count < 1 or more > edits[kind] or voices < 0:
            wrong.append((post, count, versions))
        edits[kind] += versions
    return wrong


def every_ticket_is_joined_once(town: Town, house: Running) -> None:
    joined = house.kept("SELECT m.external_id FROM ticket_mention t JOIN mention m ON m.id = t.mention")
    assert Counter(one for (one,) in joined) == Counter(town.complaints())
    persons = [person for (person,) in house.kept("SELECT person FROM ticket")]
    assert len(persons) == len(set(persons)) <= GRUMBLERS * len(town.forums)


def every_delivery_is_done_once_or_in_doubt(town: Town, house: Running) -> Counter[str]:
    alerts = house.kept(ALERTS)
    assert Counter(row[:2] for row in alerts) == Counter(
        (post, channel) for post in town.complaints() for channel in ("care", "care-mail", "hook")
    )
    at_slack = {post: (status, town.slack[post]) for post, channel, status, _, _ in alerts if channel == "care"}
    allowed = {("done", 1), ("in_doubt", 0), ("in_doubt", 1)}
    assert not {post: end for post, end in at_slack.items() if end not in allowed}
    assert {row[2] for row in alerts if row[1] != "care"} <= {"done"}
    assert {row[3] for row in alerts if row[1] == "care-mail"} == set(town.letters)
    assert {row[3] for row in alerts if row[1] == "hook"} <= set(town.hook)
    return Counter(
        {
            "alerts": len(alerts),
            "in doubt": sum(status == "in_doubt" for status, _ in at_slack.values()),
            "mails repeated with the same Message-ID": sum(town.letters.values()) - len(town.letters),
            "webhooks repeated with the same key": sum(town.hook.values()) - len(town.hook),
        }
    )


def nothing_is_lost_or_doubled(town: Town, house: Running) -> Counter[str]:
    everything_is_kept_and_decided_once(town, house)
    every_ticket_is_joined_once(town, house)
    notices = [row[0] for row in house.kept("SELECT key FROM delivery WHERE action = 'notice' AND status = 'done'")]
    assert set(notices) <= set(town.hook)
    assert house.one("PRAGMA integrity_check") == "ok"
    return Counter(posts=len(town.offered())) + every_delivery_is_done_once_or_in_doubt(town, house)


def a_hard_life(folder: Path, kills: int) -> Counter[str]:
    """What was found in one town whose daemon was killed that often."""
    with a_town(folder) as town, a_nursery(town.folder) as nursery:
        for life in range(kills):
            visits = town.visits
            nursery.born()
            if life % 3:
                eventually(lambda seen=visits: town.visits > seen)
            time.sleep(random.uniform(0, LONGEST_LIFE))
            nursery.kill()
        house = Running(town.folder)
        comes_to_rest(town, nursery, house)
        return nothing_is_lost_or_doubled(town, house)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_killed_at_random_moments_it_loses_nothing_and_does_nothing_twice(tmp_path, request, capsys):
    kills, began = request.config.getoption("--kills"), time.monotonic()
    shares = [kills // TOWNS + (town < kills % TOWNS) for town in range(TOWNS)]
    with ThreadPoolExecutor(TOWNS) as towns:
        folders = [tmp_path / f"house-{town}" for town in range(TOWNS)]
        found = sum(towns.map(a_hard_life, folders, shares), Counter())
    with capsys.disabled():
        seconds = time.monotonic() - began
        print(f"\n{kills} kills in {seconds:.0f} s:", ", ".join(f"{count} {what}" for what, count in found.items()))


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_killed_between_any_two_steps_it_loses_nothing_and_does_nothing_twice(tmp_path):
    with a_town(tmp_path / "house") as town, a_nursery(town.folder) as nursery:
        for point in POINTS:
            for after in (False, True):
                nursery.born(die=point, after=after)
                eventually(nursery.dead, QUIET)
        house = Running(town.folder)
        comes_to_rest(town, nursery, house)
        nothing_is_lost_or_doubled(town, house)
