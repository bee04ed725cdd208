"""One round of the work, for `listener run --once`, and what every run begins with."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor

from listener.wiring import Parts, clock

POLLERS = 8
FINE = frozenset({"", "done", "by_hand", "held", "cancelled"})


def prepare(parts: Parts) -> None:
    """What every run begins with: the store is ours, sources and registry and rule book are up to date."""
    parts.store.database.hold()
    parts.enlist()
    parts.read_customers()
    parts.book.running()
    # read now: gifts.yaml, ecosystem.yaml or calendar.yaml that was never good ends the start, not a batch of mentions
    _ = parts.files, parts.courtesies
    _keep_what_is_loaded()


def _keep_what_is_loaded() -> None:
    """What is there by now stays: to look through it for cycles again and again costs a tenth of the work."""
    if gc.get_freeze_count():  # a reload: what the one before left behind goes first
        gc.unfreeze()
        gc.collect()
    gc.freeze()


def run_once(parts: Parts) -> bool:
    """Collect everything due, judge, act, until nothing is due. True when no source and no delivery failed."""
    prepare(parts)
    parts.act.settle_orphans(at_start=True)
    fine = _poll_all(parts)
    while parts.judge.batch():
        pass
    parts.issue_watch.beat()
    for name in parts.tracking.names:
        parts.tracking.pull(name)
    _mind_advocates(parts)
    while True:
        parts.upkeep.tell(patient=False)
        parts.takedowns.tell()
        parts.attention.look()
        due = parts.store.deliveries.due(clock())
        if not due:
            break
        with parts.act.performing() as performer:
            ended: list[str] = []
            performer.perform_all([number for number, _ in due], ended.append)
        fine = fine and FINE.issuperset(ended)
    parts.upkeep.daily()
    parts.issue_lessons.learn()
    return fine


def _mind_advocates(parts: Parts) -> None:
    """Before anybody is told: who left or was handed over, what still stands on the web, what was earned."""
    parts.reference_watch.look()
    parts.takedowns.look()
    parts.takedowns.remind()
    parts.rewards.decide()
    parts.sharing.ask()


def _poll_all(parts: Parts) -> bool:
    names = [row.name for row in parts.store.sources.due(clock(), limit=100_000)]
    with ThreadPoolExecutor(POLLERS, thread_name_prefix="poll") as pool:
        return all(result == "ok" for result in pool.map(parts.collect.poll, names))
