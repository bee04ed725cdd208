"""What holds whatever ops write: in any order of the rules, beside any shadow, for whoever wants to hear nothing."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest

from rules.book import Book
from rules.catalogue import ACTIONS
from rules.clauses import Sight
from rules.memory import MemoryLedger
from rules.terms import Decision, Facts, Mode, Moment, Value
from tests.rules.rulebooks import NOW, a_book, a_decision, facts
from tests.rules.test_index import CLAUSES, some_facts

SEEDS = range(6)
ORDERS = {
    "alert": "{alert: care}",
    "thank": "{thank: {}}",
    "engage": "{engage: {}}",
    "send_gift": "{send_gift: {item: flowers, cost: 18 EUR}}",
    "ask_to_share": "{ask_to_share: {}}",
    "ask_feedback": "{ask_feedback: {}}",
    "open_ticket": "{open_ticket: {}}",
    "tag": "{tag: seen}",
    "ignore": "{ignore: noise}",
}
LIMITS = ("per_person: 1 per 7d", "per_person: 2 per day", "per_rule: 3 per 30d", "per_installation: 4 per month")


def some_rule(chance: random.Random, number: int, mode: str) -> str:
    """One rule with up to three actions, some of them limited; no two rules of a book have one priority."""
    orders = chance.sample(sorted(ORDERS), chance.randint(1, 3))
    if "ask_to_share" in orders and "send_gift" in orders:  # which the incentive law forbids
        orders.remove("send_gift")
    limited = {name: chance.choice(LIMITS) for name in orders if name != "ignore" and chance.random() < 0.5}
    if "send_gift" in orders:
        limited["send_gift"] = "budget: 40 EUR per month"
    when = chance.choice(["mentions.7d: {at_least: 1}", "sentiment: negative", "text: {says_any: [sync]}"])
    return (
        f"  - id: r{number}\n    mode: {mode}\n    priority: {10 * number}\n    when: {{{when}}}\n"
        f"    then: [{', '.join(ORDERS[name] for name in orders)}]\n"
        f"    limits: {{{', '.join(f'{name}: {{{cap}}}' for name, cap in limited.items())}}}\n"
    )


def some_rules(chance: random.Random, modes: Sequence[str] = get_args(Mode), block: bool = True) -> list[str]:
    rules = [some_rule(chance, number, chance.choice(modes)) for number in range(8)]
    for number in chance.sample(range(8), 3 * block):
        rules[number] += f"    blocks: {{rules: [r{chance.randrange(8)}], for: 2d}}\n"
    return [rule.replace("    limits: {}\n", "") for rule in rules]


def a_folder(tmp_path: Path) -> Path:
    folder = tmp_path / str(len(list(tmp_path.iterdir())))
    folder.mkdir()
    return folder


def a_stream(chance: random.Random) -> Iterator[tuple[Facts, Moment]]:
    """Sixty mentions by four persons within a week."""
    for hours in sorted(chance.uniform(0, 168) for _ in range(60)):
        now = NOW + timedelta(hours=hours)
        yield said(chance), Moment(now, now, now)


def said(chance: random.Random, **more: Value) -> Facts:
    return facts(person__id=f"c-{chance.randrange(4)}", sentiment=chance.choice(["negative", "neutral"]), **more)


def decisions(book: Book, stream: list[tuple[Facts, Moment]], ledger: Any = None, **more: Any) -> list[Decision]:
    ledger = ledger or MemoryLedger()
    return [a_decision(book, seen, ledger, moment=moment, **more) for seen, moment in stream]


def acts(found: list[Decision]) -> list[list[tuple[Any, ...]]]:
    """What acting rules did, mention by mention, without the lines of the file."""
    return [
        sorted((s.rule, s.action, s.status, s.stage, s.reason) for s in one.settled if s.mode != "shadow")
        for one in found
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_rules_in_a_file_decides_nothing(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    rules, stream = some_rules(chance), list(a_stream(chance))
    straight = a_book(a_folder(tmp_path), "rules:\n" + "".join(rules))
    turned = a_book(a_folder(tmp_path), "rules:\n" + "".join(reversed(rules)))

    found = acts(decisions(straight, stream))

    assert any(found)
    assert acts(decisions(turned, stream)) == found


@pytest.mark.parametrize("seed", SEEDS)
def test_rules_in_shadow_take_nothing_from_those_that_act(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    acting, stream = some_rules(chance, ("ask", "live")), list(a_stream(chance))
    shadows = [rule.replace("id: r", "id: s") for rule in some_rules(chance, ("shadow",))]
    alone = a_book(a_folder(tmp_path), "rules:\n" + "".join(acting))
    beside = a_book(a_folder(tmp_path), "rules:\n" + "".join([*shadows, *acting]))

    assert acts(decisions(beside, stream)) == acts(decisions(alone, stream))


@pytest.mark.parametrize("seed", SEEDS)
def test_whoever_wants_to_hear_nothing_hears_nothing_and_still_gets_a_ticket(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    book = a_book(tmp_path, "rules:\n" + "".join(some_rules(chance)))
    stream = [(said(chance, customer__opted_out=True), moment) for _, moment in a_stream(chance)]

    reached = {
        s.action for one in decisions(book, stream) for s in one.settled if s.status in ("due", "held", "waiting")
    }

    assert reached
    assert not {name for name in reached if ACTIONS[name].outward}


@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_refused_has_taken_nothing(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    book = a_book(tmp_path, "rules:\n" + "".join(some_rules(chance)))
    settled = [s for one in decisions(book, list(a_stream(chance))) for s in one.settled]

    assert {s.status for s in settled} >= {"refused"}
    assert not [s for s in settled if s.status == "refused" and s.reservations]


@pytest.mark.parametrize("seed", SEEDS)
def test_who_gives_everything_back_finds_the_ledger_as_it_was(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    # what blocks and what sets gifts and asks apart are notes, which nobody gives back
    book = a_book(tmp_path, "rules:\n" + "".join(some_rules(chance, block=False)))
    stream, ledger = list(a_stream(chance)), MemoryLedger()

    for seen, moment in stream:
        found = a_decision(book, seen, ledger, moment=moment)
        assert found.settled == a_decision(book, seen, MemoryLedger(), moment=moment).settled
        for one in found.settled:
            ledger.release(one.reservations)


@pytest.mark.parametrize("seed", SEEDS)
def test_none_of_a_condition_is_its_opposite_and_unknown_where_it_is(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    asked = [make(chance) for make in CLAUSES]
    rules = [f"  - {{id: r{n}, when: {{{one}}}, then: [{{tag: t}}]}}\n" for n, one in enumerate(asked)]
    turned = [f"  - {{id: n{n}, when: {{none: [{{{one}}}]}}, then: [{{tag: t}}]}}\n" for n, one in enumerate(asked)]
    book = a_book(tmp_path, "rules:\n" + "".join([*rules, *turned]))
    by_name = {rule.id: rule.when for rule in book.rules}

    for _ in range(60):
        sight = Sight(some_facts(chance))
        for number in range(len(asked)):
            holds = by_name[f"r{number}"].holds(sight)
            assert by_name[f"n{number}"].holds(sight) is (None if holds is None else not holds)
