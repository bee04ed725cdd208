"""Weeks of a house in seconds: whatever people say and the team does, in any order, nothing breaks and counts hold."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
import structlog
from sqlalchemy import text
from structlog.testing import LogCapture

from listener.config import Secrets, load
from listener.log import Redaction
from listener.once import prepare, take_over
from listener.wiring import Parts, parts_of
from tests.life.town import CUSTOMERS, PERSONS, SOURCES, Town
from tests.makers import House, ran

BEGIN = datetime(2026, 9, 20, tzinfo=UTC)
HOURS = (7, 9, 12, 13, 18, 23)
CONFIG = """\
ops.channel = "ops"
web.public_url = "https://us.example"
actions.public = "live"
brand = [{name = "Acme Flow", own_accounts = ["forum:p1"]}, {name = "Borro"}]
channel = [{name = "care", kind = "log"}, {name = "ops", kind = "log"}]
source = [
  {name = "forum", kind = "tests.life.town:Told", place = "forum"},
  {name = "board", kind = "tests.life.town:Told", place = "board"},
]
"""
# what stands in braces is drawn from the store
FOUND = {
    "waiting": "SELECT id FROM delivery WHERE status = 'waiting'",
    "by_hand": "SELECT id FROM delivery WHERE status = 'by_hand'",
    "mention": "SELECT id FROM (SELECT id FROM mention ORDER BY id DESC LIMIT 200) AS late",
    "ticket": "SELECT id FROM ticket",
    "issue": "SELECT id FROM issue WHERE alias_of IS NULL",
    "campaign": "SELECT id FROM campaign",
    "rule": "SELECT rule FROM rule_mode",
}
DEEDS = """\
approve {waiting} --anyway
reject {waiting} --why no
done {by_hand}
skip {by_hand}
explain {mention}
correct {mention} positive
correct {mention} negative
correct {mention} neutral
ticket close {ticket} --cause update --outcome recovered
ticket close {ticket} --cause update --outcome lost
ticket reopen {ticket}
ticket wait {ticket}
ticket show {ticket}
issues merge {issue} {issue}
issues split {issue} {mention}
issues pin {mention} {issue}
issues fixed {issue} --cause update
issues close {issue}
issues state {issue} fixing
issues lock {issue}
issues undo
issues topic {issue} billing
issues topic-of {mention} billing
issues show {issue}
issues affected {issue}
issues report {issue}
issues suggestions
customers link {account} {customer} --why asked
customers unlink {account} --why wrong
customers optout {account} --why asked
customers optin {account} --why asked
erase --handle {account}
export --customer {customer}
mute rule {rule} --until 2d --why busy
pause
resume
campaign draft {issue}
campaign approve {campaign}
campaign hold {campaign}
campaign resume {campaign}
campaign stop {campaign} --why enough
campaign report {campaign}
references nominate {customer} --why happy
references withdraw {customer} --why asked
referrals code {customer}
report advocacy
rescore --since 2026-09-19
rules simulate --since 2026-09-19
status
""".splitlines()
# each finds what must not be
WRONG = {
    "a mention that is not decided": "SELECT id FROM mention WHERE decided_at IS NULL",
    "an issue that counts other mentions than it has": """
        SELECT i.id FROM issue i LEFT JOIN (
            SELECT issue, count(*) AS all_of, count(DISTINCT person) AS persons, count(DISTINCT customer) AS customers
            FROM mention WHERE duplicate_of IS NULL GROUP BY issue
        ) m ON m.issue = i.id
        WHERE (i.mentions, i.persons, i.customers)
            <> (coalesce(m.all_of, 0), coalesce(m.persons, 0), coalesce(m.customers, 0))""",
    "a mention in an issue that was merged away": """
        SELECT m.id FROM mention m JOIN issue i ON i.id = m.issue WHERE i.alias_of IS NOT NULL OR i.brand <> m.brand""",
    "a complaint in no issue, or another mention in one": """
        SELECT id FROM mention
        WHERE NOT own AND gone_at IS NULL AND (label IN ('negative', 'mixed')) <> (issue IS NOT NULL)
            AND id NOT IN (SELECT mention FROM issue_link WHERE kind = 'pin')""",
    "a ticket for somebody else than who complained": """
        SELECT t.id FROM ticket t JOIN ticket_mention x ON x.ticket = t.id JOIN mention m ON m.id = x.mention
        WHERE m.gone_at IS NULL AND coalesce(t.customer, t.person) <> coalesce(m.customer, m.person)""",
    "a ticket about nothing": "SELECT id FROM ticket WHERE id NOT IN (SELECT ticket FROM ticket_mention)",
    "a counter below nothing": "SELECT key FROM limit_counter WHERE amount < 0",
    "a letter to somebody who had opted out": """
        SELECT d.id FROM delivery d JOIN opt_out o ON o.person IN (d.person, d.customer)
        WHERE d.status = 'done' AND d.done_at > o.at AND d.purpose NOT IN ('notice', 'internal', 'recovery')""",
}


@dataclass
class Clock:
    """Stands in for `datetime` where the one clock reads it."""

    time: datetime = BEGIN

    def now(self, _: Any = None) -> datetime:
        return self.time


@dataclass
class Life:
    """A house at work in a town, with a team."""

    house: House
    parts: Parts
    clock: Clock
    dice: Random
    town: Town
    did: list[str] = field(default_factory=list)

    def a_day(self, day: int) -> None:
        self.town.wakes_up(day)
        for hour in HOURS:
            self.clock.time = BEGIN + timedelta(days=day, hours=hour, minutes=self.dice.randrange(59))
            self.town.speaks(self.clock.time)
            self._works()
            for _ in range(self.dice.randrange(4)):
                self._does(self.dice.choice(DEEDS))
            self._works()
        self._minds_the_house()

    def comes_to_rest(self) -> None:
        self.house.run("resume")
        self._works()

    def _works(self) -> None:
        """What the daemon's beats do."""
        for name in SOURCES:
            self.parts.collect.poll(name)
        while self.parts.judge.batch():
            pass
        self.parts.issue_watch.beat()
        self.parts.closing.watch()
        self.parts.takedowns.look()
        self.parts.rewards.decide()
        for _ in range(3):
            self.parts.upkeep.tell()
            self.parts.attention.look()
            self.parts.outreach.beat()
            with self.parts.act.performing() as performer:
                due = self.parts.store.deliveries.due(self.clock.time)
                performer.perform_all([number for number, _ in due], lambda status: None)

    def _minds_the_house(self) -> None:
        self.parts.upkeep.daily()
        self.parts.takedowns.remind()
        self.parts.reference_watch.look()
        self.parts.sharing.ask()
        self.parts.issue_lessons.learn()

    def _does(self, deed: str) -> None:
        """A command; none where the store holds nothing that it could be about."""
        words = [self._drawn(word) for word in shlex.split(deed)]
        if None in words:
            return
        command = [word for word in words if word is not None]
        end = self.house.run(*command)
        self.did.append(f"{self.clock.time:%m-%d %H:%M} {shlex.join(command)} → {end.code}")
        assert end.code in (0, 1), f"{command}: {end.err}"

    def _drawn(self, word: str) -> str | None:
        if not word.startswith("{"):
            return word
        if word == "{account}":
            return f"forum:p{self.dice.randrange(PERSONS)}"
        if word == "{customer}":
            return f"c-{self.dice.randrange(CUSTOMERS)}"
        found = self.ask(FOUND[word.strip("{}")])
        return str(self.dice.choice(found)) if found else None

    def ask(self, query: str) -> list[Any]:
        with self.parts.store.database.read() as connection:
            return sorted(connection.execute(text(query)).scalars())


@contextmanager
def a_life(folder: Path, clock: Clock, seed: int, store: str, log: Any) -> Iterator[Life]:
    """A house with the starter rules, of which many act by themselves, and a registry."""
    assert ran("--config", str(folder / "config.toml"), "init", str(folder), "--brand", "Acme Flow").code == 0
    (folder / "config.toml").write_text(f'store.url = "{store}"\n{CONFIG}')
    customers = [f"c-{number},c{number}@x.example,forum:p{number},{number % 3}" for number in range(CUSTOMERS)]
    (folder / "customers.csv").write_text("\n".join(("id,email,handles,plan", *customers)))
    dice = Random(seed)
    for file in (folder / "rules.d").glob("*.yaml"):
        file.write_text(file.read_text().replace("mode: shadow", f"mode: {dice.choice(('ask', 'live'))}"))
    config = load(folder / "config.toml")
    with parts_of(config, Secrets(folder, {}, Redaction()), log) as parts:
        take_over(parts)
        prepare(parts)
        yield Life(House(folder), parts, clock, dice, Town(dice))


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_whatever_people_say_and_do_nothing_is_a_bug_and_every_count_holds(tmp_path, monkeypatch, request, store):
    seed, days = request.config.getoption("--seed"), request.config.getoption("--days")
    capture, clock = LogCapture(), Clock()
    log = structlog.wrap_logger(None, processors=[structlog.processors.format_exc_info, capture])
    monkeypatch.setattr("listener.wiring.now.datetime", clock)
    with a_life(tmp_path, clock, seed, str(store.database.url), log) as life:
        for day in range(days):
            life.a_day(day)
        life.comes_to_rest()
        bugs = [entry for entry in capture.entries if entry["log_level"] in ("error", "critical")]
        assert not bugs, (seed, life.did[-5:])
        assert {what: found for what, query in WRONG.items() if (found := life.ask(query))} == {}, seed
