"""History for replays counts exactly as the plain history does, at a cost that does not grow with it."""

from __future__ import annotations

import random
import time
from datetime import timedelta
from pathlib import Path

from rules.clauses import Sight
from rules.memory import MemoryHistory
from rules.rolling import RollingHistory
from rules.terms import Facts
from tests.rules.rulebooks import NOW, a_book, a_rule, facts

COUNTS = (
    "{sentiment: negative, count: {same: issue.id, different: person.id, within: 24h, at_least: 3}}",
    "{count: {same: person.id, within: 2d, at_least: 2}}",
    "{language: [en, de], count: {same: product, different: customer.id, within: 6h, at_least: 2}}",
)


def some_facts(chance: random.Random) -> Facts:
    said = {
        "sentiment": chance.choice(["negative", "positive"]), "issue__id": chance.choice(["sync", "login"]),
        "person__id": f"c-{chance.randint(1, 6)}", "language": chance.choice(["en", "fr"]),
        "product": chance.choice(["a", "b"]), "customer__id": f"c-{chance.randint(1, 3)}",
        "brand": chance.choice(["Acme", "Globex"]),
    }  # fmt: skip
    return facts(**{name: value for name, value in said.items() if chance.random() < 0.8})


def test_both_histories_answer_alike(tmp_path: Path) -> None:
    chance = random.Random(3)
    rules = []
    for number, count in enumerate(COUNTS):
        (tmp_path / str(number)).mkdir()
        rules.append(a_book(tmp_path / str(number), a_rule(count, id=f"r{number}")).rules[0])
    rolling, plain = RollingHistory(rules), MemoryHistory(NOW)
    for minutes in range(0, 6_000, 10):
        at, seen = NOW + timedelta(minutes=minutes), some_facts(chance)
        answers = [[r.when.holds(Sight(seen, at, history)) for r in rules] for history in (rolling, plain)]
        assert answers[0] == answers[1]
        rolling.add(at, seen)
        plain.add(at, seen)


def test_counting_fifty_thousand_mentions_of_one_issue_takes_a_moment(tmp_path: Path) -> None:
    rule = a_book(tmp_path, a_rule(COUNTS[0])).rules[0]
    history, began = RollingHistory([rule]), time.process_time()
    for number in range(50_000):
        at, seen = NOW + timedelta(seconds=number), facts(issue__id="sync", person__id=f"c-{number % 900}")
        rule.when.holds(Sight(seen, at, history))
        history.add(at, seen)
    assert time.process_time() - began < 10
