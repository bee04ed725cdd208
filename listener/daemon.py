"""The daemon: APScheduler beats, the store holds the plan, signals end or reload it."""

from __future__ import annotations

import logging
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable

from apscheduler.schedulers.background import BackgroundScheduler

from listener.desk import Desk, House, Sockets, hearing
from listener.hands import Hands, at_once
from listener.once import prepare
from listener.pages import served
from listener.pipeline.cards import Cards
from listener.polling import Crew, Polling
from listener.signals import Ending
from listener.store.engine import StoreInUse, StoreTrouble
from listener.web import Health, Interactions, Page, serve
from listener.wiring import Parts
from listener.wiring.now import clock

PERFORMERS = 4
BEAT = 0.5
STOP_WITHIN = 9.0
BREAK_OFF_AFTER = 5.0


class Daemon:
    """Everything that beats while the daemon runs. One of these lives from start to stop or reload."""

    def __init__(self, parts: Parts, polling: Polling) -> None:
        self._parts = parts
        self._log = log = parts.log
        self._ending = threading.Event()
        self._how: Ending = "stop"
        self._trouble = threading.Event()
        self._beating: set[str] = set()
        self._hands = Hands()
        self._late = 0.0
        self._lost: StoreInUse | None = None
        self._polling = polling
        self._performers = Crew(PERFORMERS, "act")
        self._health = Health(parts.store, clock)
        house = House(parts.store, parts.people, parts.config.persons, Cards(parts.store, clock).refresh, clock)
        self._slack = hearing(parts.channels)
        self._desks = {name: Desk(channel, house, log) for name, channel in self._slack.items()}
        self._sockets = Sockets(self._slack, self._desks, log)

    def end(self, how: Ending) -> None:
        """Finish the work in hand, then return from `run`."""
        self._how = how
        self._parts.stopped.set()
        self._ending.set()

    def run(self) -> Ending:
        """Work until `end`. Raises StoreInUse, BookError and SecretError before anything has started.

        StoreInUse also later, where another daemon took a store that this one lost hold of.
        """
        prepare(self._parts)
        self._parts.act.settle_orphans(at_start=True)
        beats = self._beats()
        with serve(self._parts.config.web.listen, self._pages(), self._log):
            beats.start()
            self._sockets.start()
            notify("READY=1")
            self._log.info(
                "daemon.running", sources=len(self._parts.watched), book=self._parts.book.running().book.version
            )
            # Python runs a signal's handler only once this wait ends, when the signal came just before it began
            while not self._ending.wait(BEAT):
                self._keep_time(beats)
            self._stop(beats)
        if self._lost:
            raise self._lost
        return self._how

    def _pages(self) -> dict[str, Page]:
        slack = Interactions(self._slack, self._desks, clock, self._log)
        return served(self._parts, self._health, slack, self._log)

    def _beats(self) -> BackgroundScheduler:
        # a beat that is still at work is not begun again: no reason to warn at each
        logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
        beats = BackgroundScheduler(job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None})
        for seconds, beat in (
            (BEAT, self._collect),
            (BEAT, self._judge),
            (BEAT, self._act),
            (1.0, self._reach),
            (60.0, self._parts.closing.watch),
            (2.0, self._hold_on),
            (2.0, self._tell),
            (2.0, self._refresh),
            # of its own: a million customers take a minute, in which rules and the watchdog must not wait
            (2.0, self._read_registry),
            (2.0, self._pull),
            (10.0, self._parts.act.settle_orphans),
            (60.0, self._parts.act.look_again),
            (30.0, self._parts.takedowns.look),
            (30.0, self._parts.rewards.decide),
            (600.0, self._daily),
        ):
            beats.add_job(self._guarded(beat), "interval", seconds=seconds, next_run_time=clock())
        return beats

    def _guarded(self, beat: Callable[[], object]) -> Callable[[], None]:
        """A store that cannot be written is told, not fatal: the work waits in the store and at the sources."""

        name = beat.__name__.lstrip("_")

        def guarded() -> None:
            self._beating.add(name)
            try:
                beat()
            except StoreTrouble as error:
                self._trouble.set()
                self._log.error("store.trouble", error=str(error))
            finally:
                self._beating.discard(name)

        guarded.__name__ = beat.__name__
        return guarded

    def _held_up(self) -> bool:
        """After trouble with the store nothing is fetched until it can be kept: sources would be asked at each beat."""
        if self._trouble.is_set() and self._parts.store.upkeep.writable():
            self._trouble.clear()
            self._log.info("store.recovered")
        return self._trouble.is_set()

    def _keep_time(self, beats: BackgroundScheduler) -> None:
        """All is planned by the clock: where it was set back, nothing would come until it is there again."""
        if back := self._hands.set_back():
            self._log.warning("clock.set_back", seconds=round(back))
            self._late += back
            at_once(beats)

    def _collect(self) -> None:
        self._health.ticked("collect")
        self._count_polls()
        if self._held_up():
            return
        if self._late:
            self._parts.store.house.set_back(self._late, clock())
            self._parts.book.reload()
            self._late = 0.0
        self._polling.beat()

    def _count_polls(self) -> None:
        """Polls that have ended since the last look; a store that kept nothing of one holds up the next."""
        while self._polling.results:
            result = self._polling.results.popleft()
            if result == "unkept":
                self._trouble.set()
            self._health.polled(result)

    def _judge(self) -> None:
        self._health.ticked("judge")
        if self._trouble.is_set():
            return
        while not self._ending.is_set() and (judged := self._parts.judge.batch()):
            self._health.judged(judged)
        if not self._ending.is_set():
            self._parts.issue_watch.beat(rest=self._has_other_work)

    def _has_other_work(self) -> bool:
        """Going over what came late may take minutes: mentions that come in meanwhile need not wait for it."""
        self._health.ticked("judge")
        return self._ending.is_set() or bool(self._parts.store.judging.waiting(1))

    def _act(self) -> None:
        self._health.ticked("act")
        if self._trouble.is_set():
            return
        by_channel: dict[str, list[int]] = {}
        for number, channel in self._parts.store.deliveries.due(clock()):
            by_channel.setdefault(channel or "public", []).append(number)
        for channel, numbers in by_channel.items():
            self._performers.start(channel, lambda numbers=numbers: self._perform(numbers))  # type: ignore[misc]  # the same

    def _perform(self, numbers: Iterable[int]) -> None:
        """One channel's deliveries, one after the other: a slow channel holds up nobody else."""
        with self._parts.act.performing() as performer:
            try:
                performer.perform_all(numbers, self._health.performed, self._ending.is_set)
            except StoreTrouble as error:
                self._trouble.set()
                self._log.error("store.trouble", error=str(error))

    def _reach(self) -> None:
        """Campaigns go on by one step."""
        if not self._trouble.is_set():
            self._parts.outreach.beat()

    def _hold_on(self) -> None:
        """A server that ended forgets whose the store was."""
        try:
            self._parts.store.database.hold_on()
        except StoreInUse as error:
            self._lost = error
            self.end("stop")

    def _tell(self) -> None:
        if not self._trouble.is_set():
            self._parts.upkeep.tell()
            self._parts.takedowns.tell()
            self._parts.attention.look()

    def _pull(self) -> None:
        if not self._trouble.is_set():
            for name in self._parts.tracking.names:
                self._polling.crew.start(f"tracker:{name}", lambda name=name: self._pull_one(name))  # type: ignore[misc]  # a default binds the loop's value

    def _pull_one(self, name: str) -> None:
        try:
            self._parts.tracking.pull(name)
        except StoreTrouble as error:
            self._trouble.set()
            self._log.error("store.trouble", error=str(error))

    def _daily(self) -> None:
        self._parts.upkeep.daily(self._ending.is_set)
        self._parts.takedowns.remind()
        self._parts.reference_watch.look()
        self._parts.sharing.ask()
        self._parts.issue_lessons.learn()

    def _refresh(self) -> None:
        self._parts.book.refresh()
        self._parts.issue_lessons.refresh()
        notify("WATCHDOG=1")

    def _read_registry(self) -> None:
        self._parts.read_customers()

    def _stop(self, beats: BackgroundScheduler) -> None:
        """Finish the work in hand; after a while break off network and parser; never longer than 10 s in all."""
        # to systemd a reload that says STOPPING=1 is a stop: it would kill the daemon after TimeoutStopSec
        notify("STOPPING=1" if self._how == "stop" else f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")
        until = time.monotonic() + STOP_WITHIN
        # in a thread, as a beat may wait for a locked store for longer than a stop may take
        resting = threading.Thread(target=beats.shutdown, daemon=True)
        resting.start()
        self._sockets.stop()
        for desk in self._desks.values():
            desk.close()
        crews = (self._polling.crew, self._performers)
        for crew in crews:
            crew.stop()
        if not all(crew.finished(BREAK_OFF_AFTER / 2) for crew in crews):
            self._parts.break_off()
        ended = all(crew.finished(until - time.monotonic()) for crew in crews)
        resting.join(max(0.0, until - time.monotonic()))
        if not ended or resting.is_alive():
            self._leave(sorted({name for crew in crews for name in crew.busy()} | self._beating))
        self._log.info("daemon.stopped", how=self._how)

    def _leave(self, hanging: list[str]) -> None:
        """What hangs holds its thread, so the whole process goes; the next start settles it as its channel allows."""
        self._log.warning("daemon.broke_off", how=self._how, hanging=hanging)
        self._parts.close()
        if self._how == "reload":
            os.execv(sys.executable, sys.orig_argv)
        os._exit(0)


def notify(state: str) -> None:
    """Tell systemd (Type=notify); nothing where nobody listens."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        try:
            line.sendto(state.encode(), address.replace("@", "\0", 1) if address.startswith("@") else address)
        except OSError:
            return
