"""Is it alive, can it work, and what are its figures: /healthz, /readyz, /metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from listener.store import Store
from listener.web.contract import Answer, Page, Request

METRICS = "text/plain; version=0.0.4; charset=utf-8"
LOOPS = ("collect", "judge", "act")
STUCK_AFTER = timedelta(seconds=60)
NO_ROOM = "the store cannot be written, or its disk is full: free some space, and see store.trouble in the log"
STATUSES = ("due", "held", "waiting", "by_hand", "sending", "failed", "in_doubt")


class StoreFigures:
    """Figures that are read from the store when somebody asks."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def collect(self) -> Iterable[Metric]:
        """Called by prometheus_client for each scrape."""
        sources = GaugeMetricFamily("listener_sources", "Configured sources by state.", labels=["state"])
        states = [row.state for row in self._store.sources.all()]
        for state in ("ok", "backing off", "blind", "gone"):
            sources.add_metric([state], states.count(state))
        deliveries = GaugeMetricFamily(
            "listener_deliveries_open", "Deliveries not yet ended, by status.", labels=["status"]
        )
        counts = self._store.deliveries.counts()
        for status in STATUSES:
            deliveries.add_metric([status], counts.get(status, 0))
        oldest = self._store.deliveries.oldest_undelivered()
        age = max(0.0, (self._now() - oldest).total_seconds()) if oldest else 0.0
        yield sources
        yield deliveries
        yield GaugeMetricFamily(
            "listener_oldest_undelivered_seconds", "Age of the oldest undelivered action.", value=age
        )
        waiting = self._store.mentions.waiting()
        yield GaugeMetricFamily("listener_mentions_waiting", "Mentions without a decision.", value=waiting)


class Health:
    """What the daemon's loops report, and the answers made from it."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._last = dict.fromkeys(LOOPS, now())
        self._registry = CollectorRegistry()
        self._registry.register(StoreFigures(store, now))
        self._polls = Counter("listener_polls", "Polls by result.", ["result"], registry=self._registry)
        self._judged = Counter("listener_mentions_judged", "Mentions decided.", registry=self._registry)
        self._performed = Counter("listener_deliveries", "Attempts by outcome.", ["status"], registry=self._registry)
        self._tick = Gauge("listener_loop_age_seconds", "Since each loop last ran.", ["loop"], registry=self._registry)
        for loop in LOOPS:
            self._tick.labels(loop).set_function(partial(self._seconds, loop))

    def ticked(self, loop: str) -> None:
        """A loop has run."""
        self._last[loop] = self._now()

    def polled(self, result: str) -> None:
        """A source was polled."""
        self._polls.labels(result).inc()

    def judged(self, mentions: int) -> None:
        """A batch was decided."""
        self._judged.inc(mentions)

    def performed(self, status: str) -> None:
        """A delivery was tried."""
        if status:
            self._performed.labels(status).inc()

    def trouble(self) -> str:
        """Why the daemon cannot work, "" when it can. A blind source is no such reason."""
        stuck = [loop for loop in LOOPS if self._age(loop) > STUCK_AFTER]
        if stuck:
            return f"these loops stand still: {', '.join(stuck)}"
        return "" if self._store.upkeep.writable() else NO_ROOM

    def metrics(self) -> bytes:
        """In Prometheus' text format. Raises StoreTrouble."""
        return generate_latest(self._registry)

    def pages(self) -> dict[str, Page]:
        """Its three addresses."""
        return {
            "/healthz": Told(lambda _: Answer(HTTPStatus.OK, b"alive\n")),
            "/readyz": Told(self._ready),
            "/metrics": Told(lambda _: Answer(HTTPStatus.OK, self.metrics(), METRICS)),
        }

    def _ready(self, _: Request) -> Answer:
        trouble = self.trouble()
        status = HTTPStatus.SERVICE_UNAVAILABLE if trouble else HTTPStatus.OK
        return Answer(status, f"{trouble or 'ready'}\n".encode())

    def _seconds(self, loop: str) -> float:
        return self._age(loop).total_seconds()

    def _age(self, loop: str) -> timedelta:
        return self._now() - self._last[loop]


class Told:
    """A page without parameters that is only read."""

    methods = ("GET",)

    def __init__(self, tell: Callable[[Request], Answer]) -> None:
        self._tell = tell

    def most_bytes(self, path: str) -> int:
        """It takes no body."""
        return 0

    def answer(self, request: Request) -> Answer:
        """What it tells."""
        return self._tell(request)
