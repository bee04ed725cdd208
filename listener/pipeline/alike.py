"""Who complains alike in other issues, read from the store about the last complaint of each issue that is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Row

from listener.issues.hearing import number_of
from listener.issues.meaning import meaning
from listener.issues.similar import MOST_OF_A_DAY, Days, Spoken, Weights
from listener.issues.spread import DAY
from listener.model.grouped import ground_of, text_of
from listener.pipeline.joined import Reading, telling_words
from listener.store.judging import Turn

NOBODY: frozenset[int] = frozenset()


class Alike:
    """Remembers what words weigh on a day, and nothing that was said."""

    def __init__(self, reading: Callable[[], Reading]) -> None:
        self._reading = reading
        self._weights: dict[str, dict[int, Weights]] = {}

    def persons(self, turn: Turn, issues: Iterable[Row[Any]], now: datetime) -> dict[str, frozenset[int]]:
        """The persons of other issues with complaints similar to the last one of each of these root issues, by issue.

        They are those of the 24 h before it, within its ground: a number for each, as voices have. `now` is the end of
        what is looked at.
        """
        found: dict[str, frozenset[int]] = {}
        sight, days, ground = Sight(turn), None, ""
        # in the order of time, so that each day is read once
        for row in sorted(issues, key=lambda row: (row.brand, row.fence or "", row.last_seen, row.id)):
            if days is None or ground_of(row.brand, row.fence) != ground:
                ground = ground_of(row.brand, row.fence)
                days = self._days(turn, row.brand, row.fence)
            one = days.newest(row.id, min(now, row.last_seen).timestamp())
            found[row.id] = frozenset(map(number_of, days.elsewhere(one, sight.may_meet(one)))) if one else NOBODY
        return found

    def forget(self) -> None:
        """What words weigh is to be read anew."""
        self._weights.clear()

    def _days(self, turn: Turn, brand: str, fence: str | None) -> Days:
        names = self._reading().names.get(brand, frozenset())

        def read(number: int) -> list[Spoken]:
            since, until = (datetime.fromtimestamp(one * DAY, UTC) for one in (number, number + 1))
            rows = turn.hearing.complaints(brand, fence or None, since, until, MOST_OF_A_DAY)
            return [spoken(row, brand, names) for row in rows]

        return Days(read, self._weights.setdefault(ground_of(brand, fence), {}))


class Sight:
    """What ops said, read where it matters: what they set apart, or put into an issue, is like nothing elsewhere."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn

    def may_meet(self, one: Spoken) -> Callable[[Spoken], bool]:
        def may(other: Spoken) -> bool:
            return not {one.mention, other.mention} & self._pins.keys() and self._is_one(one.issue, other.issue)

        return may

    def _is_one(self, issue: str | int, other: str | int) -> bool:
        return frozenset((str(issue), str(other))) not in self._apart

    @cached_property
    def _pins(self) -> Mapping[int, str]:
        return self._turn.issues.pins()

    @cached_property
    def _apart(self) -> frozenset[frozenset[str]]:
        return self._turn.issues.apart()


def spoken(row: Row[Any], brand: str, names: frozenset[str]) -> Spoken:
    person = None if row.person.startswith("mention:") else row.person
    words = frozenset(telling_words(row.title, row.text, names))
    meant = meaning(text_of(row.title, row.text), row.language, brand)
    return Spoken(row.id, row.at, person, row.issue, words, meant)
