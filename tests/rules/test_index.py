"""The index finds exactly the rules that a naive loop finds."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from rules.book import Book
from rules.clauses import Sight
from rules.terms import Facts, Value
from tests.rules.rulebooks import a_book, facts

SENTIMENTS = ["positive", "negative", "neutral", "mixed"]
WORDS = ["sync", "login", "invoice", "thank you", "never again", "很好", "don't"]
CLAUSES = (
    lambda r: f"sentiment: [{', '.join(r.sample(SENTIMENTS, r.randint(1, 3)))}]",
    lambda r: f"rating: {{at_least: {r.randint(1, 5)}}}",
    lambda r: f"mentions.7d: {r.randint(1, 3)}",
    lambda r: f"customer.known: {r.choice(['true', 'false'])}",
    lambda r: f"topics: {r.choice(['Delivery', 'billing', '{is: unknown}'])}",
    lambda r: f"text: {{says_any: {r.sample(WORDS, 2)}}}",
    lambda r: f"text: {{says_all: {r.sample(WORDS, 2)}}}",
    lambda r: f"text: {{says_none: {r.sample(WORDS, 2)}}}",
    lambda r: f"any: [{{language: de}}, {{text: {{says_any: {r.sample(WORDS, 1)}}}}}]",
    lambda r: f"none: [{{language: {r.choice(['de', 'en'])}}}]",
    lambda r: f"all: [{{language: [de, EN]}}, {{product: p{r.randint(1, 3)}}}]",
)  # fmt: skip


def a_large_book(tmp_path: Path, chance: random.Random) -> Book:
    rules = []
    for number in range(120):
        asked = {c.split(":")[0]: c for c in (chance.choice(CLAUSES)(chance) for _ in range(chance.randint(1, 3)))}
        rules.append(f"  - {{id: r{number}, when: {{{', '.join(asked.values())}}}, then: [{{tag: t{number}}}]}}\n")
    return a_book(tmp_path, "rules:\n" + "".join(rules))


def some_facts(chance: random.Random) -> Facts:
    said: dict[str, Value] = {
        "sentiment": chance.choice(SENTIMENTS),
        "text": " ".join(chance.sample([*WORDS, "and", "Don’t", "SYNC"], 3)),
        "rating": chance.randint(1, 5),
        "mentions.7d": chance.choice([1, 2.0, 3]),
        "customer.known": chance.random() < 0.5,
        "topics": chance.choice([("delivery",), ("BILLING", "x"), ()]),
        "language": chance.choice(["de", "en", "fr"]),
        "product": chance.choice(["P1", "p2"]),
    }
    return facts(**{name: value for name, value in said.items() if chance.random() < 0.8})


@pytest.mark.parametrize("seed", range(5))
def test_the_index_finds_what_a_naive_loop_finds(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    book = a_large_book(tmp_path, chance)
    for _ in range(100):
        sight = Sight(some_facts(chance))
        naive = [rule.id for rule in book.rules if rule.when.holds(sight) is True]
        found = [rule.id for rule in book.index.candidates(sight) if rule.when.holds(sight) is True]
        assert found == naive
