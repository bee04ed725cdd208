"""Why a customer is happy: service, product or brand, counted from their own praise, and who therefore asks them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

DRIVERS = ("service", "product", "brand")
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Praise:
    """One positive mention or survey answer, with the drivers that its verdict found. `score` from 0 to 1."""

    mention: int
    score: float
    drivers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Driver:
    """One driver with its evidence: the newest mentions that speak of it, and the sum of their scores."""

    driver: str
    mentions: tuple[int, ...]
    score: float


def drivers_of(praise: Iterable[Praise]) -> tuple[Driver, ...]:
    """The drivers in a customer's praise (newest first), the strongest first. Empty where none is told."""
    found: dict[str, list[Praise]] = defaultdict(list)
    for one in praise:
        for driver in one.drivers:
            found[driver].append(one)
    told = [
        Driver(driver, tuple(one.mention for one in said[:SHOWN]), round(sum(one.score for one in said), 2))
        for driver, said in found.items()
    ]
    return tuple(sorted(told, key=lambda one: (-one.score, one.driver)))


@dataclass(frozen=True, slots=True)
class Route:
    """Who asks: the owner of the relationship by name, or the programme itself; and why."""

    asker: str
    by_owner: bool
    why: str


def route(drivers: Sequence[Driver], owner: str) -> Route:
    """Service is praised because of people, so the people closest to the customer ask; else the programme does."""
    strongest = drivers[0].driver if drivers else ""
    if strongest == "service" and owner:
        return Route(owner, True, f"the driver is service, and {owner} looks after this customer")
    if strongest == "service":
        return Route("programme", False, "the driver is service, but nobody is named as the customer's owner")
    return Route("programme", False, f"the driver is {strongest or 'not known'}, so the programme asks")
