"""Rules: 10,000 of them against a loop over the same rules, and every other figure that ops wait for."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.figures import Figure
from listener.store import Store
from listener.store.upgrading import migrate
from rules.book import Book, load
from rules.clauses import Sight
from rules.engine import decide, match, trace
from rules.memory import MemoryHistory, MemoryLedger
from rules.simulation import Heard, simulate
from rules.terms import Counter, Decision, Facts, MaxAge, Moment, Value
from rules.trial import run_tests

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
STARTER = Path(__file__).parents[1] / "rules" / "starter"
VOCABULARY = [f"word{n}" for n in range(20_000)]
FEELINGS = ["positive", "negative", "neutral", "mixed"]
TESTED = "[{{given: {{product: p{n}, rating: 5}}, expect: [tag]}}, {{given: {{rating: 1}}, expect: nothing}}]"


def run(share: float) -> Iterator[Figure]:
    """Each figure with the limit that it must keep."""
    chance = random.Random(7)
    yield from _matching(chance, max(200, int(10_000 * share)))
    yield from _checking(chance, max(100, int(1_000 * share)))
    yield _deciding()
    yield _simulating(chance, max(2_000, int(100_000 * share)))
    yield _reserving(max(1_000, int(20_000 * share)))


def _matching(chance: random.Random, size: int) -> Iterator[Figure]:
    """The book's index against a loop over all rules, with identical answers."""
    began = time.process_time()
    book = _book(_rule(chance, n) for n in range(size))
    book.index  # noqa: B018 -- built when first asked for
    loaded = time.process_time() - began
    mentions = [_facts(chance) for _ in range(200)]
    ours = _best(lambda: [match(book, Sight(facts))[0] for facts in mentions]) / len(mentions)
    few = mentions[:20]
    naive = _best(lambda: [_all_of(book, Sight(facts)) for facts in few], 1) / len(few)
    same = all(match(book, Sight(facts))[0] == _all_of(book, Sight(facts)) for facts in few)
    raw = f"{ours * 1e6:.0f} µs a mention, loop {naive * 1e6:.0f} µs; {size:,} rules loaded in {loaded:.1f} s"
    yield Figure(f"{size:,} rules against a naive loop", naive / ours if same else 0, floor=30, raw=raw)
    yield Figure(f"load of {size:,} rules", loaded, "s", ceiling=3)


def _all_of(book: Book, sight: Sight) -> tuple[object, ...]:
    return tuple(rule for rule in book.rules if rule.when.holds(sight) is True)


def _checking(chance: random.Random, size: int) -> Iterator[Figure]:
    rules = [_rule(chance, n, f"mode: live, tests: {TESTED.format(n=n)}, product: p{n}") for n in range(size)]
    began = time.perf_counter()
    book = _book(rules)
    yield Figure(f"check of {size:,} rules", time.perf_counter() - began, "s", ceiling=2)
    began = time.perf_counter()
    outcomes = run_tests(book)
    raw = f"{len(outcomes):,} tests"
    yield Figure(f"all tests of {size:,} rules", time.perf_counter() - began, "s", ceiling=1, raw=raw)
    facts, history = _facts(chance), MemoryHistory(NOW - timedelta(days=400))
    taken = _best(lambda: trace(book, facts, NOW, history)) * 1e3
    yield Figure(f"explaining one mention against {size:,} rules", taken, "ms", ceiling=10)


def _deciding() -> Figure:
    book, history = load(STARTER), MemoryHistory(NOW - timedelta(days=400))
    since = {rule.id: NOW - timedelta(days=30) for rule in book.rules}
    facts = Facts({"sentiment": "negative", "person.id": "c-1", "brand": "Acme", "text": "Sync is down, again."})

    def once() -> list[Decision]:
        ledger = MemoryLedger()
        moment = Moment(NOW, NOW, NOW)
        return [
            decide(book, facts, moment, since=since, max_age=MaxAge(), history=history, ledger=ledger)
            for _ in range(200)
        ]

    return Figure("a complaint through the starter book", _best(once) / 200 * 1e6, "µs", ceiling=60)


def _simulating(chance: random.Random, size: int) -> Figure:
    """Two books of 200 rules; the time is for a million mentions at the rate seen."""
    running, edited = (_book(_rule(chance, n) for n in range(200)) for _ in range(2))
    pool = [_facts(chance) for _ in range(2_000)]
    times = (NOW + timedelta(seconds=30 * n) for n in range(size))
    heard = (Heard(str(n), pool[n % len(pool)], Moment(at, at, at)) for n, at in enumerate(times))
    began = time.process_time()
    simulate(running, edited, heard, max_age=MaxAge())
    taken = (time.process_time() - began) / size * 1e6
    raw = f"{size:,} mentions replayed, {taken:.0f} µs each through both"
    return Figure("simulation of 1 M mentions, 200 rules, two books", taken, "s", ceiling=60, raw=raw)


def _reserving(size: int) -> Figure:
    """Limits of different persons in a real store, in batches as the daemon judges them."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/listener.db")
        migrate(store.database, NOW)
        began = time.perf_counter()
        for first in range(0, size, 500):
            with store.judging.turn(NOW) as turn:
                for number in range(first, min(first + 500, size)):
                    person = Counter(f"thank::per_person:c-{number % 5_000}", 100, timedelta(days=7))
                    turn.ledger.reserve((person, Counter("thank::budget:2026-11", 10**9, ends=NOW)), NOW)
        taken = time.perf_counter() - began
        store.close()
    return Figure("limit reservations a second, synchronous=FULL", size / taken, "/s", floor=1_000)


def _book(rules: Iterator[str] | list[str]) -> Book:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "book.yaml").write_text("rules:\n" + "".join(rules))
        return load(Path(folder))


CLAUSES: tuple[Callable[[random.Random], tuple[str, str]], ...] = (
    lambda chance: ("sentiment", chance.choice(FEELINGS)),
    lambda chance: ("customer.segment", chance.choice(["enterprise", "small", "middle", "key"])),
    lambda chance: ("rating", f"{{at_least: {chance.randint(2, 5)}}}"),
    lambda chance: ("language", chance.choice(["en", "de", "fr"])),
    lambda chance: ("topics", f"t{chance.randint(1, 50)}"),
    lambda chance: ("source", f"s{chance.randint(1, 30)}"),
    lambda chance: ("customer.known", chance.choice(["true", "false"])),
)


def _rule(chance: random.Random, number: int, more: str = "") -> str:
    """Two or three ordinary clauses and one that tells rules apart: words, or a product."""
    if more:
        more, _, product = more.rpartition(", product: ")
        return f"  - {{id: r{number}, {more}, when: {{product: {product}}}, then: [{{tag: t{number}}}]}}\n"
    asked = dict(chance.choice(CLAUSES)(chance) for _ in range(3))
    if chance.random() < 0.6:
        asked["text"] = f"{{says_any: [{', '.join(chance.sample(VOCABULARY, 3))}]}}"
    else:
        asked["product"] = f"p{chance.randint(1, 3_000)}"
    when = ", ".join(f"{name}: {value}" for name, value in asked.items())
    return f"  - {{id: r{number}, mode: live, when: {{{when}}}, then: [{{tag: t{number}}}]}}\n"


def _facts(chance: random.Random) -> Facts:
    values: dict[str, Value] = {
        "sentiment": chance.choice(FEELINGS),
        "product": f"p{chance.randint(1, 3_000)}",
        "customer.segment": chance.choice(["enterprise", "small", "middle", "key"]),
        "rating": chance.randint(1, 5),
        "language": chance.choice(["en", "de", "fr"]),
        "topics": (f"t{chance.randint(1, 50)}",),
        "text": " ".join(chance.sample(VOCABULARY, 30)),
        "source": f"s{chance.randint(1, 30)}",
        "customer.known": chance.random() < 0.5,
        "person.id": f"c-{chance.randint(1, 1_000)}",
    }
    return Facts(values)


def _best(work: Callable[[], object], times: int = 5) -> float:
    """Seconds of CPU of the quickest of some runs."""
    found = []
    for _ in range(times):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return min(found)
