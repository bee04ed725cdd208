"""Weeks of a house in seconds: whatever people say and the team does, in any order, nothing breaks and counts hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
import structlog
from sqlalchemy import select, text
from sqlmodel import SQLModel
from structlog.testing import LogCapture

from listener.config import Secrets, load
from listener.log import Redaction
from listener.model.mention import Mention
from listener.once import prepare, take_over
from listener.store.engine import table
from listener.wiring import parts_of
from tests.actions.mail_sink import mail_sink
from tests.life.deeds import Team, registry
from tests.life.town import CUSTOMERS, SOURCES, Town
from tests.makers import House, keep_time, ran

BEGIN = datetime(2026, 9, 20, tzinfo=UTC)
HOURS = (7, 9, 12, 13, 18, 23)
CONFIG = """\
store.url = "STORE"
net.allow_private = true
contact.channel = "post"
ops.channel = "ops"
web.public_url = "https://us.example"
actions.public = "live"
brand = [{name = "Acme Flow", own_accounts = ["forum:p1"]}, {name = "Borro"}]
channel = [
  {name = "care", kind = "log"},
  {name = "ops", kind = "log"},
  {name = "post", kind = "email", host = "127.0.0.1", port = PORT, security = "none", from = "a@b.c", to = ["a@b.c"]},
]
source = [
  {name = "forum", kind = "tests.life.town:Told", place = "forum"},
  {name = "board", kind = "tests.life.town:Told", place = "board"},
]
"""
# each finds what must not be
WRONG = {
    "a mention that is not decided": "SELECT id FROM mention WHERE decided_at IS NULL",
    "an issue that counts other mentions than it has": """
        SELECT i.id FROM issue i LEFT JOIN (
            SELECT issue, count(*) AS all_of, count(DISTINCT customer) AS customers,
                count(DISTINCT CASE WHEN person NOT LIKE 'mention:%' THEN person END) AS persons
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
    "a contact that counts twice": """
        SELECT delivery FROM contact WHERE delivery IS NOT NULL GROUP BY delivery HAVING count(*) > 1""",
    "a customer told twice by one campaign": """
        SELECT campaign FROM delivery d JOIN issue_told t ON t.delivery = d.id
        WHERE d.status = 'done' GROUP BY campaign, stage, episode, d.customer HAVING count(*) > 1""",
    "a campaign that is done while somebody waits for it": """
        SELECT c.id FROM campaign c JOIN campaign_recipient r ON r.campaign = c.id
        WHERE c.status = 'done' AND r.excluded IS NULL AND r.made_at IS NULL""",
    "a place that must come down of nobody": """
        SELECT id FROM takedown WHERE use NOT IN (SELECT id FROM reference_use)""",
}


@dataclass
class Life:
    """A house at work in a town, with a team."""

    house: House
    dice: Random
    log: Any
    time: datetime = BEGIN
    stack: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        self.town, self.team = Town(self.dice), Team(self.house, self.dice, self.ask)

    def starts(self) -> None:
        """What the daemon remembered is gone; what is in the store must do."""
        self.stack.close()
        config = load(self.house.config)
        self.parts = self.stack.enter_context(parts_of(config, Secrets(self.house.folder, {}, Redaction()), self.log))
        take_over(self.parts)
        prepare(self.parts)

    def a_day(self, day: int) -> None:
        self.town.wakes_up(day)
        for hour in HOURS:
            self.time = BEGIN + timedelta(days=day, hours=hour, minutes=self.dice.randrange(59))
            self.town.speaks(self.time)
            self._works()
            for _ in range(self.dice.randrange(4)):
                self.team.does_something(self.time)
            self._works()
        self._minds_the_house()
        if self.dice.random() < 0.2:
            self.starts()

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
                due = self.parts.store.deliveries.due(self.time)
                performer.perform_all([number for number, _ in due], lambda status: None)

    def _minds_the_house(self) -> None:
        self.parts.upkeep.daily()
        self.parts.takedowns.remind()
        self.parts.reference_watch.look()
        self.parts.sharing.ask()
        self.parts.issue_lessons.learn()

    def ask(self, query: str) -> list[Any]:
        with self.parts.store.database.read() as connection:
            return sorted(connection.execute(text(query)).scalars())


def config_of(store: Any, port: int, days: int) -> str:
    """On one of the stores what is old is forgotten."""
    retention = f'retention = {{strangers = "{days // 2}d"}}' if store.database.path is None else ""
    config = CONFIG.replace("STORE", str(store.database.url)).replace("PORT", str(port))
    return f"{retention}\n{config}"


def traces(life: Life) -> set[tuple[str, str]]:
    """(account, table) where somebody who was erased is still named."""
    gone = re.compile("|".join(rf"\b{account}\b" for account in life.team.erased) or r"(?!)")
    mention = select(table(Mention).c.platform + ":" + table(Mention).c.author_handle)
    with life.parts.store.database.read() as connection:
        return {
            (found[0], kept.name)
            for kept in SQLModel.metadata.sorted_tables
            for query in (select(kept), *([mention] if kept.name == "mention" else []))
            for row in connection.execute(query)
            if (found := gone.search(repr(tuple(row))))
        }


@contextmanager
def a_life(folder: Path, seed: int, config: str, log: Any, patch: pytest.MonkeyPatch) -> Iterator[Life]:
    """A house with the starter rules, of which many act by themselves, and a registry."""
    assert ran("--config", str(folder / "config.toml"), "init", str(folder), "--brand", "Acme Flow").code == 0
    (folder / "config.toml").write_text(config)
    dice = Random(seed)
    registry(folder, dice, CUSTOMERS)
    for file in (folder / "rules.d").glob("*.yaml"):
        file.write_text(file.read_text().replace("mode: shadow", f"mode: {dice.choice(('ask', 'live'))}"))
    life = Life(House(folder), dice, log)
    patch.setattr("tests.makers.the_time", lambda: life.time)
    keep_time(patch)
    life.starts()
    with life.stack:
        yield life


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_whatever_people_say_and_do_nothing_is_a_bug_and_every_count_holds(tmp_path, monkeypatch, request, store):
    seed, days = request.config.getoption("--seed"), request.config.getoption("--days")
    capture = LogCapture()
    log = structlog.wrap_logger(None, processors=[structlog.processors.format_exc_info, capture])
    with mail_sink() as mail, a_life(tmp_path, seed, config_of(store, mail.port, days), log, monkeypatch) as life:
        for day in range(days):
            life.a_day(day)
        life.comes_to_rest()
        bugs = [entry for entry in capture.entries if entry["log_level"] in ("error", "critical")]
        assert not bugs, (seed, life.team.did[-5:])
        assert {what: found for what, query in WRONG.items() if (found := life.ask(query))} == {}, seed
        assert traces(life) == set(), seed
