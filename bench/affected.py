"""Who else has it: how often the affected segment is named exactly, and how often a wrong one, on made-up outbreaks.

Each trial draws from a registry of 4,000 customers with seven attributes, 300 who complained of other things (one
plan three times as vocal as the others), and an outbreak in a segment of one attribute or two. Of its 17 complainants
one in ten is outside of it: wrongly grouped, or wrong in the registry. The vocal plan itself is never where the
outbreak is: most who complain have it, so no figures could tell.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence

from bench.figures import Figure
from listener.issues.affected import Trait, Traits, infer

TRIALS = 1_000
CUSTOMERS, BACKGROUND, COMPLAINANTS = 4_000, 300, 17
STRAY = 0.1
VALUES = {
    "plan": ("free", "pro", "business"),
    "region": ("EU", "US", "APAC", "LATAM"),
    "version": ("5.0", "5.1", "5.2", "6.0", "6.1"),
    "product": ("Mobile", "Desktop", "Web"),
    "segment": ("small", "middle", "large", "public"),
    "browser": ("Firefox", "Chrome", "Safari", "Edge"),
    "tenant": tuple(f"t{number}" for number in range(40)),
}
VOCAL = Trait("plan", "free")


def run(share: float) -> Iterator[Figure]:
    """Exact segments for an outbreak in one attribute and in two, and wrong ones, in nothing too."""
    trials, chance = max(50, int(TRIALS * share)), random.Random(7)
    registry = [_customer(chance) for _ in range(CUSTOMERS)]
    found = {size: Counter(_trial(chance, registry, size) for _ in range(trials)) for size in (0, 1, 2)}
    for size, floor in ((1, 75), (2, 98)):
        yield Figure(
            f"exact segment, {size} attribute(s)",
            _percent(found[size]["exact"], trials),
            "%",
            floor=floor,
            raw=_told(found[size]),
        )
    for size in (0, 1, 2):
        yield Figure(
            f"wrong segment, outbreak in {size} attribute(s)",
            _percent(found[size]["wrong"], trials),
            "%",
            ceiling=0,
            raw=_told(found[size]),
        )


def _trial(chance: random.Random, registry: Sequence[Traits], size: int) -> str:
    names = chance.sample(sorted(set(VALUES) - {"tenant"}), size)
    truth = frozenset(Trait(name, chance.choice(_places(name))) for name in names)
    inside = [each for each in registry if truth <= each]
    strays = sum(chance.random() < STRAY for _ in range(COMPLAINANTS))
    mine = [*_vocal(chance, inside, COMPLAINANTS - strays), *_vocal(chance, registry, strays)]
    named = infer(mine, _vocal(chance, registry, BACKGROUND)).segment
    if named is None:
        return "none"
    return "exact" if frozenset(named.traits) == truth else "wrong"


def _places(name: str) -> list[str]:
    return [value for value in VALUES[name] if Trait(name, value) != VOCAL]


def _customer(chance: random.Random) -> Traits:
    return frozenset(Trait(name, _skewed(chance, values)) for name, values in VALUES.items())


def _skewed(chance: random.Random, values: Sequence[str]) -> str:
    """The first value is about twice as frequent as the last."""
    return chance.choices(values, [2 - place / len(values) for place in range(len(values))])[0]


def _vocal(chance: random.Random, registry: Sequence[Traits], count: int) -> list[Traits]:
    """Those who complain of anything: one plan three times as often."""
    return chance.choices(registry, [3.0 if VOCAL in each else 1.0 for each in registry], k=count)


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole


def _told(found: Counter[str]) -> str:
    return ", ".join(f"{count} {what}" for what, count in sorted(found.items()))
