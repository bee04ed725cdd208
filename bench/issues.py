"""The cross-customer check: topics, grouping, bursts, the storm of February 2015, speed and memory."""

from __future__ import annotations

import itertools
import json
import math
import random
import time
import tracemalloc
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from statistics import fmean, median
from typing import Any

from bench.figures import Figure
from bench.issue_spread import of_likeness, of_spread
from bench.issue_streams import (
    DATA,
    DAY,
    Heard,
    b_cubed,
    background,
    burst,
    complaints,
    orders,
    read,
    real_days,
    unread,
)
from listener.issues.bursts import Alarm, Series
from listener.issues.grouping import Complaint, Grouping
from listener.issues.meaning import DIMENSIONS, LANGUAGE, meaning
from listener.issues.replay import Raised, Replay, replayed
from listener.issues.stream import Post
from listener.issues.topic_learning import Text, learn
from listener.issues.topics import OTHER, called
from listener.issues.words import terms
from listener.model.verdict import Utterance
from listener.understanding.judging import Understanding

# what the annotators' reasons are called by the shipped taxonomy; a damaged bag is luggage too
REASONS = {
    "Customer Service Issue": ("support", "refund", "billing", "performance"),
    "Late Flight": ("delay",),
    "Cancelled Flight": ("cancellation",),
    "Lost Luggage": ("luggage",),
    "Damaged Luggage": ("luggage",),
    "Bad Flight": ("comfort", "quality", "safety"),
    "Flight Attendant Complaints": ("staff",),
    "Flight Booking Problems": ("booking", "app", "login", "account", "loyalty", "price", "outage"),
    "longlines": ("queue",),
}
# complaints in the whole file, of which half is at hand
WHOLE_FILE = 9_178
HOUR = 3_600.0
QUIET_DAYS, LEAD_IN = 34, 14
LIVE = 4_000


def run(share: float) -> Iterator[Figure]:
    if not DATA.is_dir():
        print("  skipped: the shared data is not beside this repository")
        return
    yield from of_topics(max(1, round(5 * share)))
    yield from of_grouping(max(1, round(3 * share)))
    yield from of_spread(max(1, round(4 * share)))
    yield from of_likeness()
    yield from of_bursts(max(4, round(30 * share)))
    yield from of_the_storm()
    yield from of_size(max(200, round(2_000 * share)))


def of_topics(draws: int) -> Iterator[Figure]:
    """On the authors whose complaints were not read; nothing is learned from what is measured."""
    rows, understanding = unread(complaints()), Understanding()
    texts = [Text(terms(row["text"]), understanding.topics_of(Utterance(row["text"], row["brand"]))) for row in rows]
    calls = [called(text.said).topic for text in texts]
    right = [is_right(call, row) for call, row in zip(calls, rows, strict=True)]
    yield Figure(
        "airline topics, accuracy", fmean(right), "", floor=0.53, raw=f"{len(rows):,} complaints not read before"
    )
    sure = [each for each, row in zip(right, rows, strict=True) if row["label_confidence"] == 1]
    raw = f"{len(sure):,}; the file's confidence is that of the sentiment"
    yield Figure("airline topics, unanimous labels", fmean(sure), "", floor=0.72, raw=raw)
    labels = len(complaints()) // 20
    learned, more = (
        fmean(taught(texts, rows, count, random.Random(draw)) for draw in range(draws))
        for count in (labels, WHOLE_FILE // 20)
    )
    raw = f"{draws} draws of {labels}; {more:.3f} with {WHOLE_FILE // 20}, 5 % of the whole file"
    yield Figure("airline topics with 5 % labels", learned, "", floor=0.57, raw=raw)


def is_right(call: str, row: dict[str, Any]) -> bool:
    return call in REASONS.get(row["reason"], ()) if row["reason"] in REASONS else call not in KNOWN


KNOWN = frozenset(itertools.chain.from_iterable(REASONS.values()))


def taught(texts: Sequence[Text], rows: Sequence[dict[str, Any]], count: int, chance: random.Random) -> float:
    """Accuracy on the rest after learning from so many."""
    drawn = set(chance.sample(range(len(rows)), count))
    labels = [REASONS.get(row["reason"], ("other",))[0] for row in rows]
    model = learn([(texts[at], labels[at]) for at in sorted(drawn)], texts).model
    rest = [at for at in range(len(rows)) if at not in drawn]
    return fmean(is_right(model.call(texts[at]), rows[at]) for at in rest)


def of_grouping(count: int) -> Iterator[Figure]:
    for name, floor in (("banking77", 0.38), ("clinc150", 0.46)):
        found = [b_cubed([row["issue"] for row in rows], grouped(rows)) for rows in orders(read(f"{name}-dev"), count)]
        raw = f"{count} orders and subsets, worst {min(found)[0]:.3f}"
        yield Figure(f"{name} as a stream, B³F", fmean(f for f, _ in found), "", floor=floor, raw=raw)
        yield Figure(f"{name} as a stream, B³ precision", fmean(p for _, p in found), "", floor=0.40)


def grouped(rows: Sequence[dict[str, Any]]) -> list[int]:
    """The issue of each, one post a minute."""
    grouping, found = Grouping(), []
    for at, row in enumerate(rows):
        said = Complaint("", "", terms(row["text"]), at * 60.0, meaning=meaning(row["text"], LANGUAGE))
        issue = grouping.match(said, said.at).nearest or at + 1
        grouping.join(issue, said, said.at)
        found.append(issue)
    return found


Detector = Callable[[Sequence[Heard]], list[float]]


def ours(heard: Sequence[Heard]) -> list[float]:
    """When bursts began to be told."""
    series = Series(0.0)
    for person, at in heard:
        series.hear(person, at)
    return [span.start for span in series.spans(QUIET_DAYS * 2 * DAY)]


def ears(heard: Sequence[Heard], most: float = 5.5) -> list[float]:
    """EARS C2 on sliding 24 h: mean and deviation of 7 days, 2 of guard; the mark gives about as many false alarms."""
    times = sorted(at for _, at in heard)
    found, is_on = [], False
    for at in times:
        counts = [count(times, at - day * DAY) for day in range(3, 10)]
        z = (count(times, at) - fmean(counts)) / max(math.sqrt(sum((c - fmean(counts)) ** 2 for c in counts) / 6), 0.5)
        if z >= most and not is_on:
            found.append(at)
        is_on = z >= (most / 2 if is_on else most)
    return found


def count(times: Sequence[float], at: float) -> int:
    return bisect_right(times, at) - bisect_right(times, at - DAY)


def of_bursts(keys: int) -> Iterator[Figure]:
    real = real_days()
    false: list[float] = []
    for rate, share, hours in ((0.25, 1.0, 1.8), (1.0, 0.93, 4.0), (4.0, 0.74, 4.8)):
        mine, mine_false, delays = injected(real, rate, keys, ours)
        peer, peer_false, _ = injected(real, rate, keys, ears)
        false.append(mine_false)
        raw = f"false {mine_false:.2f} in 100 issue-days; EARS C2 {peer:.2f} at {peer_false:.2f}"
        yield Figure(f"bursts found at {rate:g} mentions an hour", mine, "", floor=share, raw=raw)
        yield Figure("… median hours to tell", median(delays or [math.inf]), "h", ceiling=hours)
    raw = ", ".join(f"{one:.2f}" for one in false)
    yield Figure("false alarms in 100 issue-days", fmean(false), "", ceiling=1.2, raw=raw)


def injected(real: Any, rate: float, keys: int, detector: Detector) -> tuple[float, float, list[float]]:
    """The share of bursts found within a day, false alarms in 100 days, hours until told."""
    chance, false, delays = random.Random(f"{rate}"), 0, []
    for _ in range(keys):
        quiet = background(real, rate, QUIET_DAYS, chance)
        at = chance.uniform(LEAD_IN, QUIET_DAYS - 2) * DAY
        false += sum(told >= LEAD_IN * DAY for told in detector(quiet))
        before = [one for one in quiet if one[1] < at + DAY]
        told = [when for when in detector([*before, *burst(at, chance)]) if at <= when <= at + DAY]
        delays += [(told[0] - at) / HOUR] if told else []
    return len(delays) / keys, 100 * false / (keys * (QUIET_DAYS - LEAD_IN)), delays


# noon of the 20th to the 24th, Eastern; half of the authors: 9 persons where the whole file asks for 12
STORM = (datetime(2015, 2, 20, 5, tzinfo=UTC).timestamp(), datetime(2015, 2, 25, 5, tzinfo=UTC).timestamp())
STORM_PERSONS, STORM_RATIO = 9, 2.5
DRAWS = 21
NEVER = (math.inf, "never")
ELEVEN = datetime(2015, 2, 22, 16, tzinfo=UTC).timestamp()


def replayed_alarms() -> dict[tuple[str, str], list[Alarm]]:
    """What `issues replay` tells of each brand and reason, whether of the topic or of an issue in it."""
    rows = sorted(complaints(), key=lambda row: int(row["posted_ms"]))
    posts = [
        Post(row["id"], row["posted_ms"] / 1000, row["brand"], row["author"], row["text"], row["reason"])
        for row in rows
        if row["brand"] != "American"
    ]
    told: dict[tuple[str, str], list[Alarm]] = defaultdict(list)
    for one in replayed(posts, Replay(lambda post: OTHER)):
        if isinstance(one, Raised):
            told[one.brand, one.topic].append(one.alarm)
    return told


def of_the_storm() -> Iterator[Figure]:
    by_key: dict[tuple[str, str], list[Heard]] = defaultdict(list)
    for row in sorted(complaints(), key=lambda row: int(row["posted_ms"])):
        if row["brand"] != "American":
            by_key[row["brand"], row["reason"]].append((row["author"], row["posted_ms"] / 1000))
    began = min(at for heard in by_key.values() for _, at in heard)
    found, other, told = [], 0, replayed_alarms()
    for key, heard in by_key.items():
        series = Series(began)
        for person, at in heard:
            series.hear(person, at)
        events = events_of(heard, began)
        found += [any(start <= alarm.at <= end for alarm in told[key]) for start, end in events]
        spans = [span for span in series.spans(STORM[1]) if STORM[0] <= span.start]
        other += sum(
            not any(start <= (span.end or end) and span.start <= end for start, end in events) for span in spans
        )
    yield Figure("storm: events found", sum(found) / len(found), "", floor=9 / 15, raw=f"{sum(found)} of {len(found)}")
    yield Figure("storm: other alarms in 100 issue-days", 100 * other / (len(by_key) * 5), "", ceiling=4)
    yield from of_jetblue(by_key["Delta", "Late Flight"], began)


def of_jetblue(heard: Sequence[Heard], began: float) -> Iterator[Figure]:
    """With half of the authors, and with each complaint once more by another author, an hour or so away."""
    doubled = sorted(told_late(again(heard, random.Random(draw)), began) for draw in range(DRAWS))
    what = "storm: JetBlue's delays ({}) told after 11:00 EST"
    late, raw = told_late(heard, began)
    yield Figure(what.format("half volume"), late, "h", ceiling=0, raw=raw)
    late, raw = doubled[DRAWS // 2]
    in_time = sum(hours <= 0 for hours, _ in doubled)
    raw = f"median of {DRAWS} draws, {in_time} of them in time; {raw}"
    yield Figure(what.format("doubled"), late, "h", ceiling=0, raw=raw)


def again(heard: Sequence[Heard], chance: random.Random) -> list[Heard]:
    return [*heard, *((f"{person} too", at + chance.gauss(0, HOUR)) for person, at in heard)]


def told_late(heard: Sequence[Heard], began: float) -> tuple[float, str]:
    """Hours after eleven until the delays are told, and of how many persons."""
    series = Series(began)
    for person, at in heard:
        series.hear(person, at)
    told = next((one for one in series.alarms if one.at >= ELEVEN - 6 * HOUR), None)
    return ((told.at - ELEVEN) / HOUR, f"{told.persons} persons, expected {told.expected}") if told else NEVER


def events_of(heard: Sequence[Heard], began: float) -> list[tuple[float, float]]:
    """Stretches in which 6 h have so many persons, and so many times those of the same clock on other days."""
    last = max(at for _, at in heard)
    found: list[tuple[float, float]] = []
    for step in range(int((STORM[1] - STORM[0]) / 900)):
        at = STORM[0] + step * 900
        others = [at + day * DAY for day in range(-7, 8) if day and began + 6 * HOUR <= at + day * DAY <= last]
        usual = fmean(persons(heard, one) for one in others) if others else 0.0
        if (here := persons(heard, at)) >= STORM_PERSONS and here >= STORM_RATIO * usual:
            is_same = bool(found) and at - found[-1][1] <= 6 * HOUR
            found[-1:] = [(found[-1][0], at)] if is_same else [*found[-1:], (at - 6 * HOUR, at)]
    return found


def persons(heard: Sequence[Heard], at: float) -> int:
    return len({person for person, when in heard if at - 6 * HOUR < when <= at})


def of_size(asked: int) -> Iterator[Figure]:
    """Words of a law like Zipf's; each issue has six words of its own, of which a mention says three, and a meaning."""
    chance = random.Random(3)
    weights = list(itertools.accumulate(1 / (one + 10) for one in range(20_000)))

    def said(issue: int, at: float) -> Complaint:
        mine = random.Random(issue)
        own = mine.sample(range(200, 20_000), 6)
        words = [*chance.sample(own, 3), *chance.choices(range(20_000), cum_weights=weights, k=8)]
        terms = tuple(dict.fromkeys(f"w{one}" for one in words))
        return Complaint("", "", terms, at, meaning=mine.randbytes(DIMENSIONS))

    everything = [(issue, said(issue, issue * 60.0)) for issue in range(1, LIVE + 1) for _ in range(3)]
    tracemalloc.start()
    grouping = Grouping()
    for issue, one in everything:
        grouping.join(issue, one, one.at)
    yield Figure(f"memory of {LIVE:,} live issues", tracemalloc.get_traced_memory()[0] / 1e6, "MB", ceiling=25)
    tracemalloc.stop()
    new = [said(chance.randint(1, LIVE), LIVE * 60.0 + at) for at in range(asked)]
    began = time.process_time()
    for at, one in enumerate(new):
        grouping.join(grouping.match(one, one.at).nearest or 2 * LIVE + at, one, one.at)
    yield Figure("mentions a second and core", asked / (time.process_time() - began), "", floor=400)
    again = Grouping.from_json(json.loads(json.dumps(grouping.as_json())))
    yield Figure("a restart finds the identical state", float(again.as_json() == grouping.as_json()), "", floor=1)
