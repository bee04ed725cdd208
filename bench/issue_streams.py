"""Streams for the benchmarks of issues: days of real complaints thinned to a rate, and bursts put into them."""

from __future__ import annotations

import hashlib
import json
import math
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[2] / "shared" / "data"
DAY = 86_400.0
Heard = tuple[str, float]
# the storm is no background; American has no days before it, Virgin America too few posts
NO_BACKGROUND = ("American", "Virgin America")
STORM_DAYS = 3
# a burst: so many persons (log-uniform), the times of their posts Gamma with shape 2 and this mean, in hours
BURST = (20, 100)
BURST_HOURS = 6.0


def read(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / f"{name}.jsonl").read_text("utf-8").split("\n") if line]


def complaints() -> list[dict[str, Any]]:
    return [row for row in read("airline-dev") if row["label"] == "negative" and row["reason"]]


def unread(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The complaints of the half of the authors that was not looked at when the topics were written."""
    return [row for row in rows if int(hashlib.sha256(row["author"].encode()).hexdigest(), 16) % 2]


def real_days() -> list[tuple[float, list[Heard]]]:
    """Days of single brands before the storm: the brand's usual number of posts, and each as (author, second)."""
    days: dict[tuple[str, int], list[Heard]] = defaultdict(list)
    for row in read("airline-dev"):
        # Pacific time, so that a day is a day there
        at = row["posted_ms"] / 1000 - 8 * 3_600
        days[row["brand"], int(at // DAY)].append((row["author"], at % DAY))
    # the first day is broken
    kept = sorted({day for _, day in days})[1:-STORM_DAYS]
    brands = sorted({brand for brand, _ in days} - set(NO_BACKGROUND))
    usual = {brand: sum(len(days[brand, day]) for day in kept) / len(kept) for brand in brands}
    return [(usual[brand], days[brand, day]) for brand in brands for day in kept]


def background(real: Sequence[tuple[float, list[Heard]]], rate: float, days: int, chance: random.Random) -> list[Heard]:
    """So many mentions an hour on average: a real day drawn for each day, thinned; its ups and downs stay."""
    found: list[Heard] = []
    for day in range(days):
        usual, posts = chance.choice(real)
        kept = (post for post in posts if chance.random() < rate * 24 / usual)
        found += [(f"{day}:{author}", day * DAY + second) for author, second in kept]
    return found


def burst(at: float, chance: random.Random) -> list[Heard]:
    low, high = BURST
    persons = round(math.exp(chance.uniform(math.log(low), math.log(high))))
    return [(f"burst:{one}", at + chance.gammavariate(2, BURST_HOURS / 2) * 3_600) for one in range(persons)]


def b_cubed(gold: Sequence[str], found: Sequence[int]) -> tuple[float, float]:
    """B³ F and precision."""
    both, golds, founds = Counter(zip(gold, found, strict=True)), Counter(gold), Counter(found)
    precision = sum(n * n / founds[issue] for (_, issue), n in both.items()) / len(gold)
    recall = sum(n * n / golds[true] for (true, _), n in both.items()) / len(gold)
    return 2 * precision * recall / (precision + recall), precision


def orders(rows: list[dict[str, Any]], count: int) -> Iterator[list[dict[str, Any]]]:
    """The stream as it is, then shuffled, each time without a random fifth of its issues."""
    yield rows
    for seed in range(1, count):
        chance = random.Random(seed)
        issues = sorted({row["issue"] for row in rows})
        left_out = set(chance.sample(issues, len(issues) // 5))
        yield chance.sample(kept := [row for row in rows if row["issue"] not in left_out], len(kept))
