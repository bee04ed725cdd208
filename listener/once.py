"""One round of the work, for `listener run --once`, and what every run begins with."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from listener.importing import importing
from listener.polling import POLLERS
from listener.wiring.now import clock

if TYPE_CHECKING:
    from listener.wiring import Parts

FINE = frozenset({"", "done", "by_hand", "held", "cancelled"})


def take_over(parts: Parts) -> None:
    """What polls need: the store is ours, sources, registry and rule book are up to date.

    Raises StoreInUse, ConfigError, SecretError and BookError.
    """
    parts.config.plugged_in(parts.secrets)
    parts.store.database.hold()
    parts.enlist()
    parts.read_customers()
    # before anything is heard: what came before a rule is history to it
    parts.book.running()


def prepare(parts: Parts) -> None:
    """What everything else needs.

    Raises CatalogueError and CalendarError: gifts.yaml, ecosystem.yaml or calendar.yaml that was never good ends the
    start, not a batch of mentions.
    """
    with importing:
        parts.make_all()
    _keep_what_is_loaded()


def _keep_what_is_loaded() -> None:
    """What is there by now stays: to look through it for cycles again and again costs a tenth of the work."""
    if gc.get_freeze_count():  # a reload: what the one before left behind goes first
        gc.unfreeze()
        gc.collect()
    gc.freeze()


def run_once(parts: Parts) -> bool:
    """Collect everything due, judge, act, until nothing is due. True when no source and no delivery failed."""
    take_over(parts)
    prepare(parts)
    parts.act.settle_orphans(at_start=True)
    fine = _poll_all(parts)
    while parts.judge.batch():
        pass
    parts.issue_watch.beat()
    parts.act.look_again()
    for name in parts.tracking.names:
        parts.tracking.pull(name)
    _mind_advocates(parts)
    parts.upkeep.daily()
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
        # all of them, also after one has failed: to stop reading a map cancels what has not begun
        results = list(pool.map(parts.collect.poll, names))
    return all(result == "ok" for result in results)
