"""Kills a process at every statement of what pauses a reference, and says what was left, and what a restart made of it.

Imports once, then forks: `python -m tests.crash.souring FOLDER` prints one JSON line for each cause.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

import structlog
from sqlalchemy import event

from connectors.contract import Batch, Item
from listener.advocacy.fatigue import Policy
from listener.advocacy.programme import after
from listener.model.verdict import Utterance, Verdict
from listener.pipeline.people import NotPossible
from listener.pipeline.programme import Programme
from listener.pipeline.reference_watch import ReferenceWatch
from listener.pipeline.takedowns import Takedowns
from listener.store import Store
from listener.store.asks import Wanted
from listener.store.references import Step
from tests.makers import a_customer
from tests.pipeline.road import LOG, NOW, RULES, SCRIPT, Mood, Road, a_road, an_item
from tests.pipeline.test_bursts_told import QUIET, background, voices

CALM = -1.0  # no complaint alone pauses anybody
Work = Callable[[Road], object]


class Leaving:
    """Understanding that hears a customer leave."""

    def judge(self, utterance: Utterance) -> Verdict:
        return Verdict("mixed", 0.0, 0.9, "mood", "en", tags=("churn",))


def silence(*_: object) -> NoReturn:
    raise structlog.DropEvent


def judge(road: Road) -> None:
    while road.judge.batch():
        pass


def withdraw(road: Road) -> None:
    programme = Programme(road.store, Policy(), road.clock, "kim")
    with suppress(NotPossible):  # who comes back after the crash finds it done
        programme.step("c-17", "withdraw", "they moved to Globex")


def watch(road: Road) -> None:
    ReferenceWatch(road.store, road.notices, timedelta(days=30), road.clock).look()


@dataclass(frozen=True)
class Cause:
    """What sours the reference: the book, what was said before, what is said now, and the work that is cut off."""

    rules: str = QUIET
    before: tuple[Item, ...] = ()
    now: tuple[Item, ...] = ()
    handle: str = "forum:anna"
    sour: float = CALM
    engine: Any = Mood
    work: Work = judge
    customers: tuple[str, ...] = ("c-17",)


COMPLAINT = (an_item(text="Acme Flow -", handle="anna"),)
CAUSES: Mapping[str, Cause] = MappingProxyType(
    {
        "a complaint": Cause(now=COMPLAINT, sour=-0.3),
        "a recovery ticket": Cause(RULES, now=COMPLAINT),
        "words of leaving": Cause(now=COMPLAINT, engine=Leaving),
        "an outbreak": Cause(before=(*background(), *voices(5)), now=tuple(voices(6)[5:]), handle="forum:person2"),
        "a withdrawal": Cause(work=withdraw),
        "a customer who left": Cause(work=watch, customers=("c-99",)),
    }
)


def a_reference(road: Road) -> None:
    """An active reference in two places, reserved for a request that has a stand-by."""
    for what in ("nominate", "accept", "activate"):
        road.store.references.take(Step("c-17", what, "ops", NOW), lambda state, before, what=what: after(state, what))
    for place in ("https://acme.example/customers", "sales deck 2026"):
        columns = {"customer": "c-17", "kind": "web page", "owner": "marketing", "looks_for": ["Anna Ltd"]}
        road.store.places.add({**columns, "place": place, "status": "up", "since": NOW}, "ops")
    number = road.store.asks.open(Wanted("call", {}, "sales"), NOW)
    asked = {"form": "call", "asker": "sales", "driver": "", "expected": 0.4, "answer": None}
    for customer, role in (("c-17", "main"), ("c-18", "stand-by")):
        road.store.asking.reserve(number, customer, role, NOW, asked, lambda *_: True)


def begun(cause: Cause, folder: Path, store: Store | None = None) -> Road:
    """A daemon's parts, as they are after a start."""
    folder.mkdir()
    road = a_road(folder, cause.rules, store)
    road.judge._limits = replace(road.judge._limits, sour=cause.sour)
    road.judge._understanding = cause.engine()
    return road


def prepared(cause: Cause, folder: Path) -> tuple[Road, Road]:
    """A daemon in whose store the mention waits to be judged, and another one that has just begun on it."""
    past = begun(cause, folder)
    event.listen(past.store.database._writer, "connect", careless)
    a_customer(past.store, handle=cause.handle)
    past.says(*cause.before)
    a_reference(past)
    fresh = begun(cause, folder / "fresh", past.store)
    if cause.now:
        SCRIPT.append(Batch(items=cause.now))
        assert past.collect.poll("forum") == "ok"
    a_customer(past.store, cause.customers[0], handle=cause.handle)
    past.store.close()
    return past, fresh


def careless(connection: Any, _: object) -> None:
    """What a killed process has written is safe with the kernel: waiting for the disk only costs time."""
    connection.execute("PRAGMA synchronous=OFF")


def does(cause: Cause, road: Road) -> None:
    """The work, and what the daemon tells of it."""
    cause.work(road)
    Takedowns(road.store, None, road.notices, road.clock, LOG).tell()  # type: ignore[arg-type]  # it looks at no place


def kept(file: Path) -> str:
    """All that the store holds, as text."""
    with closing(sqlite3.connect(file)) as store:
        names = [name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return repr({name: sorted(map(repr, store.execute(f'SELECT * FROM "{name}"'))) for name in names})


def doomed(store: Store, fatal: int) -> None:
    """The process ends before its write or commit of this number; a read leaves nothing, so none is counted."""
    left = count(fatal, -1)
    next(left)

    def step(*_: object) -> None:
        if next(left) == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def written(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.lstrip().startswith(("SELECT", "WITH", "BEGIN")):
            step()

    event.listen(store.database._writer, "before_cursor_execute", written)
    event.listen(store.database._writer, "commit", step)


def forked(work: Callable[[], None]) -> bool:
    """Whether a child came to the end of its work before it was killed."""
    if (pid := os.fork()) == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "a child had a bug"
    return os.WIFEXITED(status)


def lives(cause: Cause, folder: Path) -> Iterator[tuple[int, str]]:
    """One life for each write: how many transactions it left (-1: half a one), and "torn" or how a restart ended."""
    past, fresh = prepared(cause, folder)
    file = folder / "listener.db"
    pristine = shutil.copy(file, folder / "pristine.db")
    allowed = steps(cause, past, file)
    restarted: dict[str, str] = {}
    gc.freeze()
    for fatal in count(1):
        restore(pristine, file)
        ended = forked(partial(cut_off, cause, fresh, fatal))
        left = kept(file)
        if left not in restarted:  # all tables are compared: what looks the same goes on the same way
            forked(partial(again, cause, fresh))
            restarted[left] = "whole" if kept(file) == allowed[-1] else "not whole"
        yield allowed.index(left) if left in allowed else -1, restarted[left]
        if ended:
            break


def again(cause: Cause, road: Road) -> None:
    """After a restart everything is done once more, and then there is nothing left to do."""
    does(cause, road), does(cause, road)


def steps(cause: Cause, road: Road, file: Path) -> list[str]:
    """What the store holds before, with the first transaction, and at the end, where nothing is cut off."""
    before = kept(file)
    cause.work(road)
    half = kept(file)
    does(cause, road)
    road.store.close()
    return [before, half, kept(file)]


def cut_off(cause: Cause, road: Road, fatal: int) -> None:
    doomed(road.store, fatal)
    does(cause, road)


def restore(pristine: Path | str, file: Path) -> None:
    for left in (f"{file}-wal", f"{file}-shm"):
        Path(left).unlink(missing_ok=True)
    shutil.copy(pristine, file)


def summary(file: Path) -> dict[str, Any]:
    """What is there in the end."""
    with closing(sqlite3.connect(file)) as store:
        return {
            "state": store.execute("SELECT state FROM reference").fetchall(),
            "takedowns": store.execute("SELECT count(*) FROM takedown WHERE status = 'open'").fetchone()[0],
            "alerts": store.execute("SELECT count(*) FROM delivery WHERE key LIKE 'takedown:%'").fetchone()[0],
            "reserved": store.execute("SELECT customer, role FROM reference_booking WHERE status = 'held'").fetchall(),
        }


def main() -> None:
    structlog.configure(processors=[silence])
    for number, (name, cause) in enumerate(CAUSES.items()):
        found = list(lives(cause, Path(sys.argv[1]) / str(number)))
        left, ends = zip(*found, strict=True)
        told = {"cause": name, "left": left, "ends": sorted(set(ends))}
        print(json.dumps(told | summary(Path(sys.argv[1]) / str(number) / "listener.db")), flush=True)


if __name__ == "__main__":
    main()
