"""Rules, campaigns, people and crashes in any order: no person is ever reached more often than the policy says."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from listener.customers.budget import Policy
from listener.pipeline.notices import BLANK
from listener.pipeline.people import NotPossible, People, Person
from listener.store.deliveries import Outcome
from listener.store.delivery_lists import DeliveryFilter
from tests.fresh import a_store
from tests.pipeline.road import Clock

PERSONS = ("forum:anna", "c-17")
SOURCES = (("thanks", "due"), ("thanks", "waiting"), ("gift", "waiting"), ("notice", "due"), ("ask", "due"))
ENDS = ("done", "done", "due", "in_doubt", "failed", "by_hand", "crash")


class World:
    """One store, one clock, and what may happen next."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.store, self.clock, self.chance = a_store(folder), Clock(), random.Random(seed)
        self.policy, self.number = Policy(), 0
        self.people = People(self.store, lambda _: False, self.clock, Person("kim"), contact=self.policy.check)
        self.in_flight: list[tuple[int, int]] = []

    def order(self) -> None:
        """A rule, a campaign or a person wants to reach somebody."""
        self.number += 1
        purpose, status = self.chance.choice(SOURCES)
        values: dict[str, Any] = {"key": f"k{self.number}", "purpose": purpose, "status": status, "text": "hello"}
        values |= {"person": self.chance.choice(PERSONS), "created_at": self.clock(), "due_at": self.clock()}
        self.store.deliveries.add({**BLANK, "action": "thank", "channel": None, **values})

    def claim(self) -> None:
        for number, _ in self.store.deliveries.due(self.clock(), limit=2):
            row = self.store.deliveries.claim(number, self.clock(), self.policy.check)
            if row and row.status == "sending":
                self.in_flight.append((row.id, row.attempts))

    def end(self) -> None:
        if self.in_flight:
            number, attempt = self.in_flight.pop(self.chance.randrange(len(self.in_flight)))
            status = self.chance.choice(ENDS)
            if status != "crash":  # killed: it stays `sending` until the orphans are settled
                outcome = Outcome(number, attempt, status, self.clock(), due_at=self.clock())
                self.store.deliveries.finish(outcome)

    def settle(self) -> None:
        """The daemon starts again: what was being sent is sent again, or in doubt."""
        self.in_flight.clear()
        for row in self.store.deliveries.orphans(self.clock() + timedelta(seconds=1)):
            status = self.chance.choice(("due", "in_doubt"))
            self.store.deliveries.finish(Outcome(row.id, row.attempts, status, self.clock(), due_at=self.clock()))

    def decide(self) -> None:
        """A person approves, does by hand, gives up, settles a doubt, or tries again."""
        rows = self.store.deliveries.page(DeliveryFilter(status=("waiting", "by_hand", "in_doubt", "failed")))
        if rows:
            row = self.chance.choice(rows)
            deeds: dict[str, list[Callable[[int], Any]]] = {
                "waiting": [self.people.approve, self.people.skip],
                "by_hand": [self.people.done, self.people.skip],
                "in_doubt": [lambda n: self.people.settle(n, True), lambda n: self.people.settle(n, False)],
                "failed": [self.people.retry],
            }
            try:
                self.chance.choice(deeds[row.status])(row.id)
            except NotPossible:
                return

    def wait(self) -> None:
        self.clock.pass_by(hours=self.chance.choice((1, 5, 24, 40)))


@pytest.mark.parametrize("seed", range(4))
def test_no_interleaving_exceeds_the_budget(tmp_path: Path, seed: int) -> None:
    world = World(tmp_path, seed)
    steps = [world.order, world.claim, world.claim, world.end, world.end, world.settle, world.decide, world.wait]
    for _ in range(200):
        world.chance.choice(steps)()

    contacts = world.store.deliveries.contacts(10_000)
    assert len(contacts) > 2
    for person in PERSONS:
        _within([one.at for one in contacts if one.person == person])
        asks = sorted(one.at for one in contacts if one.person == person and one.purpose == "ask")
        assert all(later - earlier >= timedelta(days=90) for earlier, later in itertools.pairwise(asks))
    assert max(Counter(one.delivery for one in contacts).values()) == 1


def _within(times: list[datetime]) -> None:
    for at in times:
        for most, window in Policy().per_person:
            assert sum(at - window < other <= at for other in times) <= most
