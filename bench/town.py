"""What benchmarks run on: texts people wrote, feeds made of them, a server for them, a folder with a configuration."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path
from time import process_time

OUT = Path(__file__).parent / "out"
ROOT = Path(__file__).parents[1]
TWEETS = ROOT.parent / "shared" / "data" / "airline-dev.jsonl"
LISTENER = (sys.executable, "-c", "from listener.cli import main; main()")
SERVER = Path(__file__).with_name("feed_server.py")

OPENINGS = ("Honestly,", "After two months:", "Quick note to @acmeflow:", "I have to say", "Update:", "Well,")
CLAIMS = (
    "Acme Flow lost half of my boards again and nobody answers",
    "the new timeline of Acme Flow is wonderful and saves me an hour a day",
    "does anybody know how Acme Flow exports a board as a table?",
    "Acme Flow crashed twice during our demo, I am furious",
    "support at Acme Flow was kind, quick and solved it at once",
    "we moved the whole team to Acme Flow last week",
)
ENDINGS = ("Not sure what to do now.", "Would do it again!", "https://t.example/x1", "#productivity", ":)", "Thanks.")

CONFIG = """\
net.allow_private = true
web.listen = "127.0.0.1:0"
[[brand]]
name = "Acme Flow"
match = ["acme flow", "@acmeflow", "jetblue", "united", "southwest", "southwestair", "americanair", "usairways"]
[[channel]]
name = "care"
kind = "log"
"""


def sayings(count: int) -> list[str]:
    """Texts of real length and wording: tweets to airlines where the data is at hand, else made-up ones."""
    if TWEETS.exists():
        texts = [json.loads(line)["text"] for line in TWEETS.read_text("utf-8").splitlines()]
        return [texts[number % len(texts)] for number in range(count)]
    dice = random.Random(7)
    return [" ".join(dice.choice(part) for part in (OPENINGS, CLAIMS, ENDINGS)) for _ in range(count)]


def a_feed(texts: Sequence[str], first: int = 0) -> bytes:
    """An RSS document, newest first, one entry a text, numbered from `first`, all written in the last hours."""
    now = datetime.now(UTC)
    newest = first + len(texts)
    entries = [
        f"<item><guid>post-{number}</guid><link>http://forum.example/{number}</link><title>{escape(text[:60])}</title>"
        f"<description>{escape(text)}</description>"
        f"<pubDate>{format_datetime(now - timedelta(seconds=9 * (newest - number)))}</pubDate>"
        f"<dc:creator xmlns:dc='http://purl.org/dc/elements/1.1/'>person-{number % 5000}</dc:creator></item>"
        for number, text in reversed(list(enumerate(texts, first)))
    ]
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Forum</title>'
        f"<link>http://forum.example/</link>{''.join(entries)}</channel></rss>"
    ).encode()


def a_house(folder: Path, feeds: Sequence[str] = (), every: str = "15m") -> Path:
    """A folder with a configuration that reads these feeds by the starter rules; gives back config.toml."""
    rules = folder / "rules.d"
    rules.mkdir(parents=True, exist_ok=True)
    for file in (ROOT / "rules" / "starter").glob("*.yaml"):
        (rules / file.name).write_bytes(file.read_bytes())
    entries = [
        f'[[source]]\nname = "feed-{number}"\nkind = "feed"\nurl = "{url}"\nevery = "{every}"\n'
        for number, url in enumerate(feeds)
    ]
    config = folder / "config.toml"
    config.write_text(CONFIG + "".join(entries), "utf-8")
    return config


@contextmanager
def a_server(*arguments: str) -> Iterator[str]:
    """A feed server in a process of its own, so that its work is not counted as ours; yields its address."""
    with subprocess.Popen([sys.executable, str(SERVER), *arguments], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


class Stopwatch:
    """CPU seconds of this process since it was made."""

    def __init__(self) -> None:
        self._began = process_time()

    @property
    def seconds(self) -> float:
        return process_time() - self._began
