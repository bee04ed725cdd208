"""Simulation: the difference in people between two books."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from rules.simulation import Heard, simulate
from rules.terms import MaxAge, Moment
from tests.rules.rulebooks import NOW, a_book, a_rule, facts

GIFT = "[{send_gift: {item: flowers, cost: 18 EUR}}]"
LIMITS = "limits: {send_gift: {per_person: 1 per 30d, budget: 40 EUR per month}}"


def a_week() -> list[Heard]:
    """Eight mentions by four persons, one every three hours."""
    times = [NOW + timedelta(hours=3 * n) for n in range(8)]
    people = [f"c-{n % 4}" for n in range(8)]
    return [
        Heard(f"m{n}", facts(sentiment="positive", rating=n % 4 + 2, person__id=who), Moment(at, at, at))
        for n, (at, who) in enumerate(zip(times, people, strict=True))
    ]


def test_the_difference_is_told_in_people_and_in_money(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    running = a_book(tmp_path, a_rule("{rating: 5}", GIFT, LIMITS))
    edited = a_book(tmp_path / "new", a_rule("{rating: {at_least: 3}}", GIFT, LIMITS))
    changes = simulate(running, edited, a_week(), max_age=MaxAge())
    assert [str(change) for change in changes] == [
        "send_gift +1 (2 persons, were 1; 36 EUR; 72 EUR wanted; budget is 40 EUR per month; 3 would hit a limit)"
    ]
    assert changes[0].after.examples == ("m2", "m1")
    assert simulate(running, edited, a_week(), max_age=MaxAge()) == changes


def test_nothing_heard_is_no_difference(tmp_path: Path) -> None:
    book = a_book(tmp_path, a_rule("{rating: 5}"))
    assert simulate(book, book, [], max_age=MaxAge()) == ()
