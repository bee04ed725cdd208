"""Grouping and burst detection alone over a stream of posts, on a memory of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from listener.issues.bursts import Alarm, Level, Series
from listener.issues.copies import Copies, Said
from listener.issues.grouping import Complaint, Grouping
from listener.issues.meaning import LANGUAGE, meaning
from listener.issues.rates import LEAST_USUAL
from listener.issues.similar import Days, Spoken
from listener.issues.spread import DAY, Circumstances, Spread, judged
from listener.issues.stream import Post
from listener.issues.words import terms

# what was said of a topic within the window of a burst
LATELY = 6 * 3_600.0


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a post went, and how far its trouble had spread when it came."""

    post: Post
    topic: str
    issue: int
    spread: Spread


@dataclass(frozen=True, slots=True)
class Raised:
    """An alarm of an issue, or (`issue` None) of a topic."""

    brand: str
    topic: str
    issue: int | None
    alarm: Alarm


@dataclass(slots=True)
class Crowd:
    """Who had a trouble: when each person spoke last, and when nobody knows who did."""

    series: Series
    persons: dict[str, float] = field(default_factory=dict)
    nameless: list[float] = field(default_factory=list)
    told: int = 0

    def hear(self, person: str | None, at: float) -> tuple[Alarm, ...]:
        """Returns the alarms that this raises."""
        if person is None:
            self.nameless.append(at)
            return ()
        self.persons[person] = at
        self.series.hear(person, at)
        raised = self.series.alarms[self.told :]
        self.told += len(raised)
        return raised

    def others(self, than: str | None, since: float) -> set[str]:
        return {person for person, at in self.persons.items() if at > since and person != than}


class Replay:
    """Takes posts in the order of their time. `topic_of` tells the topic of one that does not say it.

    `language_of` tells the ISO 639-1 code, None where nobody knows; else all are taken for English.
    """

    def __init__(
        self, topic_of: Callable[[Post], str], language_of: Callable[[Post], str | None] = lambda post: LANGUAGE
    ) -> None:
        self._topic_of = topic_of
        self._language_of = language_of
        self._copies = Copies()
        self._grouping = Grouping()
        self._first: float | None = None
        self._began: dict[str, float] = {}
        self._days: dict[tuple[str, str], Days] = {}
        self._issues: dict[int, Crowd] = {}
        self._topics: dict[tuple[str, str], Crowd] = {}
        self._bursting: dict[tuple[str, str], set[int]] = {}

    def take(self, post: Post) -> tuple[Placed, tuple[Raised, ...]]:
        """Where a post goes and which alarms it raises."""
        began = self._listened_since(post)
        topic = post.topic or self._topic_of(post)
        said = Said(str(post.id), post.author, post.at)
        first = self._copies.original(post.brand, post.text, said)
        meant = meaning(post.text, self._language_of(post), post.brand)
        person, issue = first.person, self._place(post, topic, meant)
        crowd = self._issues.setdefault(issue, Crowd(Series(began, LEAST_USUAL)))
        over = self._topics.setdefault((post.brand, topic), Crowd(Series(began)))
        own, of_topic = crowd.hear(person, post.at), over.hear(person, post.at)
        raised = [Raised(post.brand, topic, issue, alarm) for alarm in own]
        level = None
        if not self._is_explained((post.brand, topic), over, issue, post.at):
            level = over.series.level(post.at)
            raised += [Raised(post.brand, topic, None, alarm) for alarm in of_topic]
        alike = self._alike(post, person, issue, meant, is_copy=first is not said)
        spread = judged(self._circumstances(post, person, crowd, level, alike)).spread
        return Placed(post, topic, issue, spread), tuple(raised)

    def _listened_since(self, post: Post) -> float:
        """Since when the brand was listened to: all that speak on the first day, since the first post of any."""
        if self._first is None:
            self._first = post.at
        return self._began.setdefault(post.brand, self._first if post.at - self._first < DAY else post.at)

    def _place(self, post: Post, topic: str, meant: bytes) -> int:
        """Its issue.

        A topic that was said fences; one that was only guessed from words does not, as it would tear issues apart
        (Banking77: B³F .28 within guessed topics, .39 without).
        """
        said = Complaint(post.brand, post.topic or "", telling(post), post.at, topic, meant)
        match = self._grouping.match(said, post.at)
        issue = match.issue or len(self._issues) + 1
        self._grouping.join(match.nearest or issue, said, post.at)
        return issue

    def _is_explained(self, key: tuple[str, str], over: Crowd, issue: int, at: float) -> bool:
        """Whether half of those who spoke of a topic lately speak of issues that have bursts of their own."""
        bursting = self._bursting.setdefault(key, set())
        bursting.add(issue)
        bursting -= {one for one in bursting if self._issues[one].series.level(at) is None}
        if not bursting:
            return False
        lately = over.others(None, at - LATELY)
        some: set[str] = set().union(*(self._issues[one].others(None, at - LATELY) for one in bursting))
        return 2 * len(some & lately) >= len(lately)

    def _alike(self, post: Post, person: str | None, issue: int, meant: bytes, is_copy: bool) -> set[str]:
        """Who complained alike in other issues; the post is remembered, unless it only repeats another."""
        days = self._days.setdefault((post.brand, post.topic or ""), Days(lambda number: ()))
        one = Spoken(post.id, post.at, person, issue, frozenset(telling(post)), meant)
        if not is_copy:
            days.add(one)
        return days.elsewhere(one)

    def _circumstances(
        self, post: Post, person: str | None, crowd: Crowd, topic: Level | None, alike: set[str]
    ) -> Circumstances:
        day, week = post.at - DAY, post.at - 7 * DAY
        mine = crowd.others(person, day)
        others = mine | alike
        return Circumstances(
            others=len(others),
            elsewhere=len(others) - len(mine),
            earlier=len(crowd.others(person, week) - others),
            nameless=sum(at > day for at in crowd.nameless),
            has_author=person is not None,
            listened=post.at - self._began[post.brand],
            issue=crowd.series.level(post.at),
            topic=topic,
        )


def telling(post: Post) -> tuple[str, ...]:
    """The words that can tell its trouble from others, without those of the brand's name."""
    name = terms(post.brand)
    return tuple(term for term in terms(post.text) if term not in name)


def replayed(posts: list[Post], replay: Replay) -> Iterator[Placed | Raised]:
    """All posts and alarms, each alarm after the post that raised it."""
    for post in posts:
        placed, raised = replay.take(post)
        yield placed
        yield from raised
