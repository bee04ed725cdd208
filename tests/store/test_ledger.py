"""Limits and budgets as counter rows: reserved all or none, given back, the same after a restart."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import select

from listener.model.house import LimitCounter
from listener.store.engine import table
from listener.store.ledger import reservation_as_json, reservation_from_json
from rules.memory import MemoryLedger
from rules.terms import Counter, Reservation
from tests.store.arrived import NOW

WEEK = timedelta(days=7)


@pytest.fixture
def ledger(store):
    with store.judging.turn(NOW) as turn:
        yield turn.ledger


def per_week(cap=1, key="thank:anna"):
    return Counter(key, cap=cap, window=WEEK)


def budget(amount, cap=60_000):
    return Counter("gift:2026-11", cap=cap, ends=NOW + timedelta(days=7), amount=amount)


def keys_of(store):
    with store.database.read() as connection:
        return set(connection.execute(select(table(LimitCounter).c.key)).scalars())


def test_a_limit_has_room_until_its_cap(ledger):
    assert ledger.reserve((per_week(2),), NOW) is None
    assert ledger.reserve((per_week(2),), NOW) is None
    refused = ledger.reserve((per_week(2),), NOW)

    assert (refused.used, refused.free_at) == (2, NOW + WEEK)


def test_a_sliding_window_slides(ledger):
    ledger.reserve((per_week(),), NOW)

    assert ledger.reserve((per_week(),), NOW + WEEK - timedelta(seconds=1)) is not None
    assert ledger.reserve((per_week(),), NOW + WEEK) is None


def test_a_budget_adds_up_to_its_cap_and_no_further(ledger):
    assert ledger.reserve((budget(40_000),), NOW) is None
    refused = ledger.reserve((budget(30_000),), NOW)

    assert (refused.used, refused.free_at) == (40_000, NOW + timedelta(days=7))
    assert ledger.reserve((budget(20_000),), NOW) is None


def test_of_several_counters_all_are_taken_or_none(ledger):
    ledger.reserve((budget(60_000),), NOW)
    assert ledger.reserve((per_week(), budget(1)), NOW) is not None

    assert ledger.reserve((per_week(),), NOW) is None


def test_what_is_released_is_free_again(ledger):
    for counter in (per_week(), budget(60_000)):
        ledger.reserve((counter,), NOW)
        kept = reservation_as_json(Reservation(counter, NOW))
        ledger.release((reservation_from_json(kept),))
        assert ledger.reserve((counter,), NOW) is None


def test_a_cap_of_none_is_only_noted(ledger):
    note = Counter("blocks:anna")
    assert ledger.latest("blocks:anna") is None
    ledger.reserve((note,), NOW)

    assert ledger.reserve((note,), NOW + timedelta(hours=1)) is None
    assert ledger.latest("blocks:anna") == NOW + timedelta(hours=1)


def test_a_cap_of_zero_never_has_room(ledger):
    assert ledger.reserve((per_week(0),), NOW) is not None


WINDOWS = (timedelta(hours=6), timedelta(days=1), WEEK)


def some_counters(chance, month):
    """What one action asks for: notes, sliding windows that may share a row, and a budget of the month."""
    windows = [
        Counter(f"thank:{chance.choice('ab')}", cap=chance.choice([None, 0, 1, 2, 3]), window=chance.choice(WINDOWS))
        for _ in range(chance.randint(0, 2))
    ]
    ends = NOW + timedelta(days=30 * (month + 1))
    budgets = [Counter(f"gift:{month}", cap=chance.choice([50, 60]), ends=ends, amount=chance.choice([10, 25]))]
    found = [*windows, *chance.choice([[], budgets]), *chance.choice([[], [Counter("blocks:anna")]])]
    return tuple({one.key: one for one in found}.values())


@pytest.mark.parametrize("seed", range(4))
def test_the_ledger_of_simulations_answers_as_the_stores(ledger, seed):
    chance, memory, held = random.Random(seed), MemoryLedger(), []
    at = NOW
    for _ in range(250):
        at += timedelta(hours=chance.choice([0, 1, 5, 30]), microseconds=chance.choice([0, 1]))
        wanted = some_counters(chance, (at - NOW).days // 30)
        answers = [kept.reserve(wanted, at) for kept in (ledger, memory)]
        assert answers[0] == answers[1]
        if answers[0] is None:
            held += [Reservation(one, at) for one in wanted]
        if held and chance.random() < 0.3:
            back = held.pop(chance.randrange(len(held)))
            ledger.release((back,)), memory.release((back,))
        assert ledger.latest("blocks:anna") == memory.latest("blocks:anna")


def test_rows_are_forgotten_when_their_last_use_or_their_period_is_long_over(store):
    ends = NOW + timedelta(days=7)
    rows = [per_week(key=f"thank:{n}") for n in range(600)]
    rows += [Counter(f"gift::budget:all:{name}", ends=ends) for name in ("EUR2026-11", "2026-W48", "2026-Q4", "2026")]
    with store.judging.turn(NOW) as turn:
        turn.ledger.reserve(tuple(rows), NOW)
        turn.ledger.reserve((Counter("gift::per_person:2025"),), NOW + timedelta(days=400))

    store.upkeep.forget_counters(NOW, NOW)
    assert keys_of(store) == {row.key for row in rows} | {"gift::per_person:2025"}

    store.upkeep.forget_counters(NOW - timedelta(days=3000), NOW + timedelta(days=60))
    assert keys_of(store) == {row.key for row in rows if row.window} | {"gift::per_person:2025"}

    store.upkeep.forget_counters(NOW + timedelta(days=60), NOW + timedelta(days=60))
    assert keys_of(store) == {"gift::per_person:2025"}
