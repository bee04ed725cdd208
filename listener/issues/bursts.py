"""Whether more persons than usual have a trouble now: bursts of distinct persons against the same clock time.

A window's count is the persons heard in the 6 h that end with a quarter of an hour, each once, at most 3 new ones in
a quarter (a crowd takes many quarters, a clique one). It is held against the windows at about the same clock time 2
to 14 days before, without those that an alarm had. The alarms are a function of the set of (person, time) alone: a late
arrival makes `Series` go over the quarters after it again, so that the order of arrival, repeats and restarts change
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, NamedTuple

from listener.issues.hearing import Hearing, number_of
from listener.issues.rates import (
    DAY,
    HOUR,
    LONG,
    QUARTER,
    SHORT,
    WIDTHS,
    Rate,
    Span,
    is_touched,
    quarter,
)

Level = Literal["watch", "page"]
LEVELS: tuple[Level | None, ...] = (None, "watch", "page")
WARM_UP = 3 * DAY


@dataclass(frozen=True, slots=True)
class Marks:
    """From where it is an alarm, and until when."""

    # at 4.2, as first specified, three persons are an alarm where nobody was for weeks
    watch: float = 4.5
    page: float = 5.5
    # two windows are two chances to be wrong, so the shorter one must show more
    short_watch: float = 5.2
    short_page: float = 6.5
    least_ratio: float = 2.0
    least_persons: int = 5
    # the alarm ends when z stays below this for as long as the long window
    off: float = 2.0


@dataclass(frozen=True, slots=True)
class Alarm:
    """More persons than usual, noticed with the post of `at` (seconds of UTC since 1970).

    Told once for a burst, once more when it grows from watch to page, then whenever its persons have doubled.
    """

    at: float
    level: Level
    persons: int
    expected: float
    ratio: float
    z: float
    hours: int
    windows: int


class Watch(NamedTuple):
    """Where the alarm stands after a quarter: its level, the persons last told, the quiet quarters in a row."""

    level: Level | None = None
    told: int = 0
    quiet: int = 0


class Standing(NamedTuple):
    """Everything that was found up to the end of the quarter `last`."""

    last: int
    watch: Watch = Watch()
    alarms: tuple[Alarm, ...] = ()
    spans: tuple[Span, ...] = ()


class Series:
    """The persons of one key (an issue, or a topic of a brand) over time, and the alarms that they raise.

    `began` is since when the brand was listened to: before it, silence says nothing. `prior` is how many persons in
    6 h are expected at least, also of a key of which nothing is known.
    """

    def __init__(self, began: float, prior: float = 0.0, marks: Marks = Marks()) -> None:
        self._hearing = Hearing(began, prior)
        self._marks = marks
        self._standing = [Standing(quarter(began) - 1)]
        # the quarters in which something is new
        self._new: set[int] = set()
        self._restarted = False

    def hear(self, person: str, at: float) -> None:
        """A person spoke. The same once more changes nothing."""
        if (new := self._hearing.add(number_of(person), at)) is not None:
            self._new.add(new)

    def hear_all(self, said: Iterable[tuple[str, float]]) -> None:
        """Everybody who spoke so far, before anything else is heard."""
        self._hearing.fill((number_of(person), at) for person, at in said)
        self._new = {*self._hearing.quarters()}

    def persons(self, since: float, until: float) -> set[int]:
        """Who spoke after `since`, up to `until`: a number for each."""
        return self._hearing.persons(since, until)

    def listen_from(self, began: float) -> None:
        """An older mention of the brand came in: there is more history to compare with."""
        if began < self._hearing.began:
            self._hearing.began = began
            self._standing = [Standing(quarter(began) - 1)]
            self._new = {*self._hearing.quarters()}

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        """All alarms so far, in their order."""
        return self._settled().alarms

    def spans(self, until: float) -> tuple[Span, ...]:
        """All bursts, as they are known at a time up to which nothing more was heard."""
        return self._silence(self._settled(), quarter(until)).spans

    def level(self, until: float) -> Level | None:
        """The alarm's level at a time up to which nothing more was heard."""
        return self._silence(self._settled(), quarter(until)).watch.level

    def rate(self, at: float) -> Rate:
        """The persons of the 6 h that end with the quarter of `at`, against the usual."""
        return self._hearing.rate(quarter(at), LONG, self._settled().spans)

    def _settled(self) -> Standing:
        """Go over the quarters in which something is new, and those after them."""
        if self._new:
            first = min(self._new)
            while len(self._standing) > 1 and self._standing[-1].last >= first:
                self._standing.pop()
            # after a restart only the last standing is known, and what it stood on is built again
            if self._restarted and len(self._standing) == 1:
                first, self._restarted = min(self._hearing.quarters()), False
            due = sorted(now for now in self._hearing.quarters() if now >= first)
            unlikely = self._hearing.unlikely(due, {width: min(self._from(width)) for width in WIDTHS})
            for now in due:
                watch, spans = self._standing[-1].watch, self._standing[-1].spans
                if now in unlikely and watch.level is None and not is_touched(now, spans):
                    continue
                self._stand(self._after(self._silence(self._standing[-1], now), now))
            self._new.clear()
        return self._standing[-1]

    def _stand(self, standing: Standing) -> None:
        """Only where something is different from before, or an alarm goes on: most quarters are like the last."""
        if standing.watch.level is not None or standing[1:] != self._standing[-1][1:]:
            self._standing.append(standing)

    def _silence(self, standing: Standing, until: int) -> Standing:
        """Over the quarters after `standing` and before `until`, in which nobody spoke: alarms end in them."""
        watch, spans = standing.watch, standing.spans
        for now in range(standing.last + 1, until):
            if watch.level is None:
                break
            watch, spans = self._ended(watch, spans, now)
        return standing._replace(watch=watch, spans=spans)

    def _ended(self, watch: Watch, spans: tuple[Span, ...], now: int) -> tuple[Watch, tuple[Span, ...]]:
        """After one more quarter of an alarm."""
        quiet = watch.quiet + 1 if self._hearing.rate(now, LONG, spans).z < self._marks.off else 0
        if quiet < LONG:
            return watch._replace(quiet=quiet), spans
        return Watch(), (*spans[:-1], replace(spans[-1], end=float((now + 1) * QUARTER)))

    def _after(self, before: Standing, now: int) -> Standing:
        """After a quarter in which somebody spoke: alarms are raised, and end too, in it."""
        watch, alarms, spans = before.watch, before.alarms, before.spans
        if watch.level is None and not self._may_alarm(now, spans):
            return before._replace(last=now)
        is_warm = now * QUARTER >= self._hearing.began + WARM_UP * QUARTER
        for at, rates in self._hearing.each(now, spans):
            level, rate = self._level(rates)
            if level is None or not is_news(watch, level, rate):
                continue
            if watch.level is None:
                spans = (*spans, Span(at))
            # a burst of the first days is not told, but must not become usual either
            alarms = (*alarms, as_alarm(at, level, rate)) if is_warm else alarms
            watch = Watch(level, rate.persons)
        if watch.level is not None:
            watch, spans = self._ended(watch, spans, now)
        return Standing(now, watch, alarms, spans)

    def _may_alarm(self, now: int, spans: tuple[Span, ...]) -> bool:
        """Whether either window of a quarter may reach a level: of most it is certain at once that none does."""
        return any(self._hearing.may_reach(min(self._from(width)), now, width, spans) for width in WIDTHS)

    def _from(self, width: int) -> tuple[float, float]:
        """The z of a window from where on it is a watch, and a page."""
        marks = self._marks
        return (marks.short_watch, marks.short_page) if width == SHORT else (marks.watch, marks.page)

    def _level(self, rates: Sequence[Rate]) -> tuple[Level | None, Rate]:
        """The highest level that either window reaches, with its rate."""
        marks = self._marks
        found: list[tuple[int, float, Rate]] = [(0, 0.0, rates[0])]
        for rate in rates:
            if not rate.windows:
                continue
            watch, page = self._from(rate.hours * HOUR)
            pages = rate.z >= page and rate.ratio >= marks.least_ratio and rate.persons >= marks.least_persons
            found.append((2 if pages else int(rate.z >= watch), rate.z - page, rate))
        height, _, rate = max(found, key=lambda one: one[:2])
        return LEVELS[height], rate

    def as_json(self) -> dict[str, Any]:
        """Everything, as plain JSON values."""
        hearing, standing = self._hearing, self._settled()
        return {
            "began": hearing.began,
            "prior": hearing.prior,
            "said": list(hearing.said),
            "last": standing.last,
            "watch": list(standing.watch),
            "alarms": [asdict(alarm) for alarm in standing.alarms],
            "spans": [asdict(span) for span in standing.spans],
        }

    @classmethod
    def from_json(cls, state: Mapping[str, Any], marks: Marks = Marks()) -> Series:
        series = cls(state["began"], state["prior"], marks)
        series._hearing.fill(state["said"])
        alarms = tuple(Alarm(**alarm) for alarm in state["alarms"])
        spans = tuple(Span(**span) for span in state["spans"])
        series._restarted = True
        series._standing.append(Standing(state["last"], Watch(*state["watch"]), alarms, spans))
        return series


def as_alarm(at: float, level: Level, rate: Rate) -> Alarm:
    return Alarm(at, level, rate.persons, rate.expected, rate.ratio, rate.z, rate.hours, rate.windows)


def is_news(watch: Watch, level: Level, rate: Rate) -> bool:
    """Whether people are to be told: of a first alarm, of a page after a watch, and when the persons have doubled."""
    if watch.level is None or (watch.level, level) == ("watch", "page"):
        return True
    return watch.level == level and rate.persons >= 2 * watch.told


def alarms(heard: Iterable[tuple[str, float]], began: float, prior: float = 0.0) -> tuple[Alarm, ...]:
    """The alarms of these (person, time), in whatever order they come."""
    series = Series(began, prior)
    for person, at in heard:
        series.hear(person, at)
    return series.alarms


def unsilenced(topic: Iterable[Alarm], issues: Iterable[Span]) -> tuple[Alarm, ...]:
    """The alarms of a topic that are to be told: not those raised while one of its issues already had a burst."""
    spans = tuple(issues)
    return tuple(
        alarm
        for alarm in topic
        if not any(span.start <= alarm.at and (span.end is None or alarm.at < span.end) for span in spans)
    )
