"""Whether one complaint is seen to be one of many: a stream with outbreaks in it, against what people truly meant.

Complaints of 30 days, each by another person, and in them 20 outbreaks of 10 persons within 6 h, in words of their own.
The truth: at least two others complained of the same intent within the 24 h before.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from statistics import fmean
from typing import NamedTuple

from bench.figures import Figure
from bench.issue_streams import DAY, read
from listener.issues.meaning import LANGUAGE, meaning
from listener.issues.replay import Replay
from listener.issues.similar import Days, Spoken
from listener.issues.stream import Post
from listener.issues.words import terms

DAYS, BACKGROUND = 30, 900
OUTBREAKS, PERSONS, LASTS = 20, 10, 6 * 3_600.0
SHARED_FROM = 2
FIRST_SEED = 100


class Said(NamedTuple):
    """One complaint; `outbreak` is the number of the one that it is of, if any."""

    at: float
    intent: str
    text: str
    outbreak: int | None = None


def of_spread(draws: int) -> Iterator[Figure]:
    """The F1 of `shared` and `outbreak` together, and the outbreaks that anybody was told of so."""
    for name in ("banking77", "clinc150"):
        found = [judged(stream(name, random.Random(FIRST_SEED + draw))) for draw in range(draws)]
        seen, all_ = sum(one[1] for one in found), OUTBREAKS * len(found)
        raw = f"{seen} of {all_} outbreaks of {PERSONS} seen to be shared"
        yield Figure(f"{name}: shared or outbreak, F1", fmean(one[0] for one in found), "", floor=0.75, raw=raw)


def of_likeness() -> Iterator[Figure]:
    """What it takes to find those who complain alike where each has an issue of its own, so that most is compared."""
    said, days, took = stream("banking77", random.Random(FIRST_SEED)), Days(lambda number: ()), 0.0
    for number, one in enumerate(said):
        meant = meaning(one.text, LANGUAGE)
        spoken = Spoken(number, one.at, f"person {number}", number, frozenset(terms(one.text)), meant)
        days.add(spoken)
        began = time.process_time()
        days.elsewhere(spoken)
        took += time.process_time() - began
    raw = f"{len(said) / DAYS:.0f} complaints a day"
    yield Figure("comparing a complaint with those of the day", 1_000 * took / len(said), "ms", ceiling=0.2, raw=raw)


def stream(name: str, chance: random.Random) -> list[Said]:
    """Half of each intent's texts are for the background, the others for outbreaks."""
    by_intent: dict[str, list[str]] = {}
    for row in read(f"{name}-dev"):
        by_intent.setdefault(row["issue"], []).append(row["text"])
    for texts in by_intent.values():
        chance.shuffle(texts)
    usual = [(intent, text) for intent, texts in sorted(by_intent.items()) for text in texts[: len(texts) // 2]]
    said = [Said(chance.uniform(0, DAYS * DAY), *one) for one in chance.sample(usual, min(BACKGROUND, len(usual)))]
    for number in range(OUTBREAKS):
        intent, begins = chance.choice(sorted(by_intent)), chance.uniform(4, DAYS - 0.5) * DAY
        texts = by_intent[intent][len(by_intent[intent]) // 2 :]
        drawn = chance.sample(texts, min(PERSONS, len(texts)))
        said += [Said(begins + chance.uniform(0, LASTS), intent, text, number) for text in drawn]
    return sorted(said)


def judged(said: list[Said]) -> tuple[float, int]:
    """F1, and how many outbreaks had a complaint that was seen to be shared."""
    replay = Replay(lambda post: "other")
    right = wrong = missed = 0
    seen: set[int] = set()
    for number, one in enumerate(said):
        placed, _ = replay.take(Post(number, one.at, "brand", f"person {number}", one.text))
        told = placed.spread in ("shared", "outbreak")
        same = sum(other.intent == one.intent and one.at - other.at < DAY for other in said[:number])
        right, wrong, missed = (
            right + (told and same >= SHARED_FROM),
            wrong + (told and same < SHARED_FROM),
            missed + (not told and same >= SHARED_FROM),
        )
        seen |= {one.outbreak} if told and one.outbreak is not None else set()
    return 2 * right / max(1, 2 * right + wrong + missed), len(seen)
