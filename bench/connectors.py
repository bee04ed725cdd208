"""Connectors: mapping by spec, a Reddit page to stored mentions, and a thousand sources of mixed kinds in memory."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import psutil
import structlog

from bench.figures import Figure
from bench.memory import megabytes
from bench.parts import parts_in
from bench.town import LISTENER, OUT, ROOT, Stopwatch, a_house, sayings
from connectors.contract import Response
from connectors.json_api_items import Mapper
from connectors.json_api_load import load_spec
from listener.door import SourceDoor
from listener.pipeline.collect import Collect
from listener.wiring import Parts
from listener.wiring.now import clock

SPECS = ("google_play", "judge_me", "trustpilot", "steam", "hacker_news", "github_issues")
PAGE, PAGES = 100, 200
POLLS, COMMENTS = 30, 100
SOURCES = 1_000
PATIENCE = 300
TOKEN = {"access_token": "t", "token_type": "bearer", "expires_in": 86400, "scope": "*"}
REDDIT = """
[[source]]
name = "reddit"
kind = "reddit"
subreddits = ["acme"]
client_id = "app"
client_secret = "file:secret"
"""
KINDS = (
    'kind = "feed"\nurl = "{site}/feed/{number}.xml"',
    'kind = "reviews_page"\nurl = "{site}/reviews/{number}"',
    'kind = "json_api"\nspec = "steam"\nparams = {{app_id = {number}}}\nbase_url = "{site}"',
    'kind = "reddit"\nsubreddits = ["a{number}"]\nclient_id = "a"\nclient_secret = "file:secret"\nbase_url = "{site}"',
    'kind = "mastodon"\ninstance = "{site}"\nhashtags = ["acme{number}"]',
    'kind = "webhook"\nsecret = "file:secret"',
    'kind = "file"\nfolder = "."',
)


def run(share: float) -> Iterator[Figure]:
    rates = {name: mapped_per_second(name, max(10, int(PAGES * share))) for name in SPECS}
    raw = ", ".join(f"{name} {rate:,.0f}" for name, rate in rates.items())
    yield Figure("declarative mapping, the slowest of six specs", min(rates.values()), "items/s", floor=20_000, raw=raw)
    times = reddit_pages(OUT / "reddit", max(5, int(POLLS * share)))
    raw = f"slowest {max(times):.1f} ms of {len(times)}"
    yield Figure("a Reddit page of 100 comments to stored mentions", median(times), "ms", ceiling=40, raw=raw)
    count = max(70, int(SOURCES * share))
    used, polled = memory_of(OUT / "mixed", count)
    yield Figure(f"{count:,} sources of seven kinds", used, "MB", ceiling=250, raw=f"{polled:,} read without trouble")


def mapped_per_second(name: str, pages: int) -> float:
    """By CPU time; the sample's entries fill the page, each with the values of a real one."""
    spec = load_spec(Path(name))
    assert spec.sample
    mapper = Mapper(spec, dict(spec.sample.params))
    answer, now = filled(spec.sample.answer), datetime.now(UTC)
    first = mapper.page(answer, now)
    assert first
    watch = Stopwatch()
    for _ in range(pages):
        mapper.page(answer, now)
    return pages * len(first.items) / watch.seconds


def filled(value: Any) -> Any:
    """The answer with its first list of entries repeated until it holds a page of them."""
    if isinstance(value, list):
        return (value * PAGE)[:PAGE]
    for key, part in value.items():
        if isinstance(part, list) or (isinstance(part, dict) and filled(part) != part):
            return {**value, key: filled(part)}
    return value


class Canned:
    """Reddit without a network: the token, no posts, and each time a hundred new comments."""

    def __init__(self) -> None:
        self.visits = 0
        self.texts = sayings(COMMENTS)

    def fetch(self, url: str, **_: object) -> Response:
        """What Reddit would answer."""
        if "access_token" in url:
            return _json(TOKEN, url)
        comments = "/comments" in url
        self.visits += comments
        return _json({"kind": "Listing", "data": {"children": self.comments() if comments else [], "after": None}}, url)

    def comments(self) -> list[Mapping[str, Any]]:
        """Newest first. Three days old: what is younger would be looked at again, which is another request."""
        newest = self.visits * COMMENTS + 1_000_000
        posted = datetime.now(UTC) - timedelta(days=3) + timedelta(seconds=self.visits)
        return [_comment(newest - at, posted, self.texts[at]) for at in range(COMMENTS)]


def _comment(number: int, posted: datetime, text: str) -> Mapping[str, Any]:
    place = {"permalink": f"/r/acme/comments/p1/x/{number}/", "link_id": "t3_p1", "parent_id": "t3_p1"}
    said = {"id": f"{number}", "name": f"t1_{number}", "author": f"user_{number % 977}", "body": f"Acme Flow: {text}"}
    rest = {"link_title": "Which one?", "link_author": "eve", "subreddit": "acme", "score": 1, "edited": False}
    return {"kind": "t1", "data": {**place, **said, **rest, "created_utc": posted.timestamp()}}


def _json(data: object, url: str) -> Response:
    return Response(200, {"content-type": "application/json"}, json.dumps(data).encode(), url)


def reddit_pages(folder: Path, polls: int) -> list[float]:
    """Milliseconds by the clock of each poll: praw, mapping, intake, one durable transaction."""
    shutil.rmtree(folder, ignore_errors=True)
    config = a_house(folder)
    (folder / "secret").write_text("s3cret")
    config.write_text(config.read_text("utf-8") + REDDIT, "utf-8")
    with parts_in(config) as parts:
        collect = collecting(parts)
        collect.poll("reddit")
        times = [one_poll(collect) for _ in range(polls)]
        row = parts.store.sources.get("reddit")
        assert row
        assert row.mentions == (polls + 1) * COMMENTS
    return times


def collecting(parts: Parts) -> Collect:
    net = Canned()

    def door(source: str) -> SourceDoor:
        return SourceDoor(source, net, parts.parser, parts.store, clock, parts.stopped)  # type: ignore[arg-type]  # as much of a net as is asked

    log = structlog.get_logger("listener")
    return Collect(parts.store, parts.intake, parts.watched, door, parts.notices, parts.max_age, log)


def one_poll(collect: Collect) -> float:
    began = time.perf_counter()
    assert collect.poll("reddit") == "ok"
    return (time.perf_counter() - began) * 1000


def memory_of(folder: Path, count: int) -> tuple[float, int]:
    """MB of the daemon and its child once every source was polled, and how many of the sources are well."""
    shutil.rmtree(folder, ignore_errors=True)
    config = a_house(folder)
    (folder / "secret").write_text("s3cret")
    server = Path(__file__).with_name("mixed_server.py")
    with subprocess.Popen([sys.executable, str(server)], stdout=subprocess.PIPE, text=True) as site:
        assert site.stdout
        port = site.stdout.readline().strip()
        entries = (f'[[source]]\nname = "s{n}"\n{entry(n, port)}\nevery = "15m"\n' for n in range(count))
        config.write_text(config.read_text("utf-8") + "\n".join(entries), "utf-8")
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        with subprocess.Popen([*LISTENER, "run"], cwd=folder, env=environment, stderr=subprocess.DEVNULL) as process:
            until_polled(folder, count)
            used = megabytes(psutil.Process(process.pid))
            process.terminate()
        site.kill()
    return used, states(folder)[1]


def entry(number: int, port: str) -> str:
    """The options of one source; each hundredth of them is a host of its own, as the pace is kept for each host."""
    return KINDS[number % len(KINDS)].format(site=f"http://127.0.0.{2 + number % 200}:{port}", number=number)


def until_polled(folder: Path, count: int) -> None:
    until = time.monotonic() + PATIENCE
    while states(folder)[0] < count and time.monotonic() < until:
        time.sleep(0.5)


def states(folder: Path) -> tuple[int, int]:
    """How many sources were polled, and how many of them are well."""
    query = "SELECT count(*) FILTER (WHERE next_at IS NOT NULL), count(*) FILTER (WHERE first_ok_at IS NOT NULL)"
    try:
        with closing(sqlite3.connect(f"file:{folder}/listener.db?mode=ro", uri=True)) as store:
            polled, well = store.execute(f"{query} FROM source").fetchone()
            return int(polled), int(well)
    except sqlite3.OperationalError:
        return 0, 0
