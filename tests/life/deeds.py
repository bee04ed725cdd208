"""What a team does in a house at random: commands, and the files that it gives them."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from tests.life.town import CUSTOMERS, PERSONS
from tests.makers import House

# what stands in braces is drawn
DEEDS = """\
ack {alert}
approve {waiting} --anyway
backup {copy}
campaign approve {campaign}
campaign draft {issue}
campaign draft {issue} --stage fixed
campaign hold {campaign}
campaign list
campaign report {campaign}
campaign resume {campaign}
campaign show {campaign}
campaign stop {campaign} --why enough
correct {mention} negative
correct {mention} neutral
correct {mention} positive
customers import {registry}
customers import {registry} --confirm
customers link {account} {customer} --why asked
customers optin {account} --why asked
customers optout {account} --why asked
customers suggestions
customers unlink {account} --why wrong
done {by_hand}
erase --customer {customer}
erase --handle {account}
erasures
explain {mention}
export --customer {customer}
issues acts
issues affected {issue}
issues close {issue}
issues fixed {issue} --cause update
issues learned
issues lock {issue}
issues merge {issue} {issue}
issues mute {issue} --until +2
issues pin {mention} {issue}
issues reject {issue} {issue}
issues rename {issue} trouble
issues report {issue}
issues show {issue}
issues split {issue} {mention}
issues state {issue} fixing
issues suggestions
issues topic {issue} billing
issues topic-of {mention} billing
issues undo
issues undo {act}
issues unmute {issue}
mute author {account} --until 2d --why busy
mute rule {rule} --until 2d --why busy
mute source board --until 1d --why busy
mute topic billing --until 2d --why busy
panel join {customer} --anyway
panel outcome {customer} better
pause
purchases import {purchases}
references activate {reference}
references again {request}
references answer {ask} --no --why busy
references answer {ask} --yes
references cancel {request} --why over
references cancelled {request} {reference}
references consent {reference} --form talk --grant name,quote
references down {takedown}
references favour {reference} coffee --given
references fill {request} --outcome won --gave talk
references invite {reference} --form talk --benefit listening
references invite {customer} --form talk --benefit listening
references nominate {customer}
references nominate {customer}
references nominate {customer}
references pause {reference} --why asked
references reconsider {reference} --why asked
references reinstate {reference}
references request --form talk --by {day}
references rest {reference} --until 5d
references reviewed {reference}
references show {reference}
references use {reference} deck --text words --kind deck
references withdraw {reference} --why asked
referrals code {customer}
referrals import {reports}
reject {waiting} --why no
report advocacy
rescore --since 2026-09-19
resume
resume
retry {failed}
rules simulate --since 2026-09-19
skip {by_hand}
status
ticket assign {ticket} care
ticket close {ticket} --cause update --outcome lost
ticket close {ticket} --cause update --outcome recovered
ticket note {ticket} called
ticket reopen {ticket}
ticket reply {ticket} --text-file {letter}
ticket show {ticket}
ticket take {ticket}
ticket wait {ticket}
""".splitlines()
FOUND = {
    "act": "SELECT id FROM issue_act",
    "alert": "SELECT id FROM delivery WHERE action = 'alert'",
    "ask": "SELECT id FROM reference_ask",
    "by_hand": "SELECT id FROM delivery WHERE status = 'by_hand'",
    "campaign": "SELECT id FROM campaign",
    "failed": "SELECT id FROM delivery WHERE status IN ('failed', 'expired')",
    "issue": "SELECT id FROM issue WHERE alias_of IS NULL",
    "mention": "SELECT id FROM (SELECT id FROM mention ORDER BY id DESC LIMIT 200) AS late",
    "reference": "SELECT customer FROM reference",
    "request": "SELECT id FROM reference_request",
    "rule": "SELECT rule FROM rule_mode",
    "takedown": "SELECT id FROM takedown",
    "ticket": "SELECT id FROM ticket",
    "waiting": "SELECT id FROM delivery WHERE status = 'waiting'",
}


@dataclass
class Team:
    """People with a command line."""

    house: House
    dice: Random
    ask: Callable[[str], list[Any]]
    did: list[str] = field(default_factory=list)
    erased: set[str] = field(default_factory=set)

    def does_something(self, now: datetime) -> None:
        """One command; none where the store holds nothing that it could be about."""
        words = [self._drawn(word, now) for word in shlex.split(self.dice.choice(DEEDS))]
        if None in words:
            return
        command = [word for word in words if word is not None]
        end = self.house.run(*command)
        self.did.append(f"{now:%m-%d %H:%M} {shlex.join(command)} → {end.code}")
        assert end.code in (0, 1), f"{command}: {end.err}"
        # who is named by a command again is known again
        self.erased -= set(command)
        if command[0] == "erase" and end.code == 0:
            self.erased |= {word for word in command if ":" in word}

    def _drawn(self, word: str, now: datetime) -> str | None:
        if not word.startswith("{"):
            return word
        name = word.strip("{}")
        if name in FOUND:
            found = self.ask(FOUND[name])
            return str(self.dice.choice(found)) if found else None
        return {
            "account": lambda: f"forum:p{self.dice.randrange(PERSONS)}",
            "copy": lambda: str(self.house.folder / f"copy-{len(self.did)}.db"),
            "customer": self._customer,
            "day": lambda: f"{now + timedelta(days=9):%Y-%m-%d}",
            "letter": lambda: self._file("We are on it, and write again."),
            "purchases": lambda: self._file("customer,product,at", f"{self._customer()},Flow,{now:%Y-%m-%d}"),
            "registry": lambda: registry(self.house.folder, self.dice),
            "reports": lambda: self._file("event,what,newcomer,customer,at,worth", *self._reports(now)),
        }[name]()

    def _customer(self) -> str:
        return f"c-{self.dice.randrange(CUSTOMERS)}"

    def _reports(self, now: datetime) -> list[str]:
        newcomer = f"n-{self.dice.randrange(20)}"
        steps = self.dice.choices(("signed_up", "purchased", "refunded"), k=2)
        return [f"{step}-{newcomer},{step},{newcomer},{self._customer()},{now:%Y-%m-%d},9.50" for step in steps]

    def _file(self, *lines: str) -> str:
        file = self.house.folder / "given.csv"
        file.write_text("\n".join(lines))
        return str(file)


def registry(folder: Path, dice: Random, least: int = CUSTOMERS - 4) -> str:
    """A file of customers; some of them are somebody else's accounts than in the file before, or are gone."""
    some = sorted(dice.sample(range(CUSTOMERS), dice.randint(least, CUSTOMERS)))
    accounts = {number: number if dice.random() < 0.9 else dice.randrange(PERSONS) for number in some}
    rows = [
        f"c-{number},c{number}@x.example,forum:p{account},{number % 3},{'yes' if dice.random() < 0.05 else ''}"
        for number, account in accounts.items()
    ]
    file = folder / "customers.csv"
    file.write_text("\n".join(("id,email,handles,plan,do_not_contact", *rows)))
    return str(file)
