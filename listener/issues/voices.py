"""Everybody who spoke of one thing, in the order of time, and the bursts that they make."""

from __future__ import annotations

from collections.abc import Iterable

from listener.issues.bursts import Alarm, Level, Series
from listener.issues.rates import Rate, Span

DAY = 86_400.0


class Voices:
    """The voices of one key: an issue, or a topic of a brand. Times in seconds of UTC since 1970.

    `prior` is how many persons in 6 h are expected at least.
    """

    def __init__(self, began: float, said: Iterable[tuple[str, float]] = (), prior: float = 0.0) -> None:
        self._series = Series(began, prior)
        self._series.hear_all(said)

    def hear(self, person: str, at: float) -> None:
        """A person spoke."""
        self._series.hear(person, at)

    def persons(self, since: float, until: float) -> set[int]:
        """Who spoke after `since`, up to `until`: a number for each."""
        return self._series.persons(since, until)

    def level(self, now: float) -> Level | None:
        return self._series.level(now)

    def spans(self, now: float) -> tuple[Span, ...]:
        """The bursts that raised an alarm. Those of the first days raise none: they are only kept out of the usual."""
        return tuple(span for span in self._series.spans(now) if self._alarms(span))

    def rate(self, at: float) -> Rate:
        return self._series.rate(at)

    def height(self, span: Span) -> tuple[str, int, float, float, float]:
        """(level, persons, expected, ratio, z) of the alarms of one burst, where it was highest."""
        mine = self._alarms(span)
        level = "page" if any(one.level == "page" for one in mine) else "watch"
        top = max(mine, key=lambda one: one.persons)
        return level, top.persons, top.expected, top.ratio, top.z

    def _alarms(self, span: Span) -> list[Alarm]:
        return [one for one in self._series.alarms if span.start <= one.at and (span.end is None or one.at < span.end)]
