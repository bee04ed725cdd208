"""Collect, judge and store feed items, against the parts alone: feedparser, stock VADER, one insert a batch."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser
import psutil
from sqlalchemy import Column, DateTime, Float, Integer, MetaData, String, Table, create_engine, event
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from bench.figures import Figure
from bench.parts import parts_in
from bench.town import OUT, Stopwatch, a_feed, a_house, a_server, sayings

FEEDS, ENTRIES = 60, 100
POLLERS = 8


def run(share: float) -> Iterator[Figure]:
    folder = OUT / "end-to-end"
    shutil.rmtree(folder, ignore_errors=True)
    feeds = max(4, int(FEEDS * share))
    documents = documents_in(folder, feeds)
    limit = the_parts_alone(documents, folder)
    clock, processor = the_whole_road(folder, feeds)
    items = feeds * ENTRIES
    raw = (
        f"{items:,} items; CPU: parts alone {items / limit:,.0f} items/s, all of ours with its parser child"
        f" {items / processor:,.0f} items/s; by the clock ours {items / clock:,.0f} items/s"
    )
    yield Figure("share of the limit set by the parts", limit / processor, floor=0.7, raw=raw)


def documents_in(folder: Path, feeds: int) -> list[bytes]:
    (folder / "feeds").mkdir(parents=True)
    texts = sayings(feeds * ENTRIES)
    documents = [a_feed(texts[n * ENTRIES : (n + 1) * ENTRIES], n * ENTRIES) for n in range(feeds)]
    for number, document in enumerate(documents):
        (folder / "feeds" / f"{number}.xml").write_bytes(document)
    return documents


def the_parts_alone(documents: Sequence[bytes], folder: Path) -> float:
    """CPU seconds of parsing, scoring and one durable insert a document, and nothing else."""
    table = Table(
        "item",
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("guid", String),
        Column("url", String),
        Column("text", String),
        Column("score", Float),
        Column("at", DateTime),
    )
    engine = create_engine(f"sqlite:///{folder}/parts.db")
    event.listen(
        engine,
        "connect",
        lambda connection, _: connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL"),
    )
    table.create(engine)
    vader, watch, now = SentimentIntensityAnalyzer(), Stopwatch(), datetime.now(UTC)
    for document in documents:
        entries = feedparser.parse(document).entries
        rows: list[dict[str, Any]] = [
            {
                "guid": entry.id,
                "url": entry.link,
                "text": entry.summary,
                "score": vader.polarity_scores(entry.summary)["compound"],
                "at": now,
            }
            for entry in entries
        ]
        with engine.begin() as connection:
            connection.execute(table.insert(), rows)
    engine.dispose()
    return watch.seconds


def the_whole_road(folder: Path, feeds: int) -> tuple[float, float]:
    """Seconds by the clock and of CPU (parser child included) until every item is decided."""
    with a_server(str(folder / "feeds")) as site:
        config = a_house(folder / "house", [f"{site}/{number}.xml" for number in range(feeds)])
        with parts_in(config) as parts:
            # what a running daemon has behind it: its word lists and the start of its parser child
            parts.judge.batch()
            parts.collect.poll("feed-0")
            child = parser_child(psutil.Process())
            before, watch, began = spent(child), Stopwatch(), time.perf_counter()
            names = [f"feed-{number}" for number in range(1, feeds)]
            with ThreadPoolExecutor(POLLERS) as pool:
                list(pool.map(parts.collect.poll, names))
            while parts.judge.batch():
                pass
            clock = time.perf_counter() - began
            processor = watch.seconds + spent(child) - before
            assert parts.store.mentions.waiting() == 0
    scale = feeds / (feeds - 1)
    return clock * scale, processor * scale


def parser_child(daemon: psutil.Process) -> psutil.Process:
    """The process that parses untrusted bytes."""
    return next(child for child in daemon.children() if "aside_child" in " ".join(child.cmdline()))


def spent(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system
