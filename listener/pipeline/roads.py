"""One part of a ground that is to be gone over: read from the store, walked, and what is to be kept of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Row

from listener.issues.grouping import Centroid, Grouping
from listener.issues.order import place, seconds_of
from listener.issues.walking import Ordered, Placed, Step, Walked, walk
from listener.issues.words import stem
from listener.likeness import normal_words
from listener.pipeline.joined import Complained, Reading, complained
from listener.pipeline.joining import SNAPSHOT_EVERY
from listener.store.judging import Turn
from listener.store.walks import Told

# complaints of one part: about a second of work, in which the daemon judges nothing
PART = 1_000
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
Copy = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a ground and its walk had come when this was read: any of it changes when somebody else goes on."""

    version: int
    dirty_since: int


@dataclass(frozen=True, slots=True)
class Road:
    """One part of a ground: where it stood before it, what comes in it, and what was made of that.

    The whole walk began after the place `since`, this part begins after `base`; None is before the first post.
    """

    name: str
    mark: Mark
    grouping: Grouping
    since: int | None
    base: int | None
    said: Sequence[Complained]
    is_last: bool
    ordered: Ordered
    where: Mapping[int, int]
    before: Mapping[int, str]
    numbers: Mapping[str, int]


def read(turn: Turn, name: str, reading: Reading, known: Mapping[Mark, Grouping]) -> Road | None:
    """The next part of a ground, None where nothing is to be gone over. `known`: its words where they are at hand."""
    state = turn.issues.states([name]).get(name)
    if state is None or state.dirty_since is None:
        return None
    mark = Mark(state.version, state.dirty_since)
    copy = turn.issues.snapshot(name, state.dirty_since)
    base = copy.last if copy else None
    grouping = known.get(mark) or Grouping(map(Centroid.from_json, copy.value["issues"] if copy else ()))
    grouping.thresholds = reading.thresholds
    rows, is_last = following(turn, name, base)
    said = [complained(row, row.topic, row.fence, row.language, row.duplicate_of, reading) for row in rows]
    since = beginning(turn.walks.began(name), base)
    before = assigned(turn, [one.row.id for one in said])
    torn = {before[one.row.id] for one in said if one.row.id in before and wordless(one.row)}
    torn.update(assigned(turn, turn.walks.erased(*parted(name), posted(since))).values())
    pins = turn.issues.pins()
    issues = turn.issues.rows({*before.values(), *pins.values(), *torn})
    here = {one for one, row in issues.items() if (row.brand, row.fence) == tuple(name.split("\n", 1))}
    pins = held(said, before, torn & here) | pins
    pinned = {mention: issues[one].number if one in here else None for mention, one in pins.items()}
    locks = tuple((number, at.timestamp()) for number, at in turn.issues.locks([name]).get(name, ()))
    where = originals(turn, name, said, base)
    numbers = {one: row.number for one, row in issues.items()}
    return Road(name, mark, grouping, since, base, said, is_last, Ordered(pinned, locks), where, before, numbers)


def beginning(began: Row[Any] | None, base: int | None) -> int | None:
    """After which place the whole walk begins: where it is in progress that of its first part, if that still holds."""
    if began is None or base is None:
        return base
    return None if began.since is None else min(int(began.since), base)


def parted(name: str) -> tuple[str, str | None]:
    """The brand of a ground, and its fence."""
    brand, fence = name.split("\n", 1)
    return brand, fence or None


def posted(after: int | None) -> datetime:
    """When the first post after a place may have been posted."""
    return LONG_AGO if after is None else datetime.fromtimestamp(seconds_of(after), UTC)


def following(turn: Turn, name: str, after: int | None) -> tuple[list[Row[Any]], bool]:
    """The complaints after that place that make the next part, and whether these are all.

    A part ends with a second, as places grow by seconds; the last one is at most twice as long as the others.
    """
    since = posted(after)
    while True:
        rows = turn.issues.complaints(*parted(name), since, None, 2 * PART + 1)
        is_last = len(rows) <= 2 * PART
        if not is_last:
            since = datetime.fromtimestamp(second(rows[0]), UTC)
            rows = whole_seconds(rows) or turn.issues.complaints(*parted(name), since, since + SECOND)
        found = [row for row in rows if after is None or place_of_row(row) > after]
        if found or is_last:
            return found, is_last
        # more than a part was posted within one second, and all of it is done
        since += SECOND


def whole_seconds(rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """About the first half of these, cut where a second ends; nothing where all are of one."""
    last = second(rows[-1])
    half = [row for row in rows if second(row) <= second(rows[PART])]
    return half if second(rows[PART]) < last else [row for row in rows if second(row) < last]


def second(row: Row[Any]) -> int:
    return int(row.posted_at.timestamp())


def place_of_row(row: Row[Any]) -> int:
    return place(row.posted_at, row.post)


def assigned(turn: Turn, mentions: Collection[int]) -> dict[int, str]:
    """The issue that each of these was put in last, for those that are in one."""
    return {mention: one for mention, one in turn.issues.assigned(mentions).items() if one}


def originals(turn: Turn, name: str, said: Sequence[Complained], base: int | None) -> dict[int, int]:
    """The numbers of the issues of mentions before this part that these repeat: as they will be, else as they are."""
    copied = {one.step.copy_of for one in said if one.step.copy_of is not None} if base is not None else set()
    wanted = [row.id for row in turn.issues.said(copied) if place_of_row(row) <= (base or 0)]
    known = assigned(turn, wanted)
    rows = turn.issues.rows(set(known.values()))
    return {mention: rows[one].number for mention, one in known.items()} | turn.walks.numbers(name, wanted)


def held(said: Sequence[Complained], before: Mapping[int, str], torn: Collection[str]) -> dict[int, str]:
    """What words that are gone must not move, with its issue: whoever lost theirs, and all of a `torn` issue.

    Without the words of somebody who was erased, or whose post is gone, the others might not find to each other again.
    """
    known = [(one.row, before[one.row.id]) for one in said if one.row.id in before]
    return {row.id: issue for row, issue in known if issue in torn or wordless(row)}


def apart(road: Road, walked: Walked) -> list[int]:
    """Copies that are not where what they repeat is: held elsewhere, or posted before it."""
    where = {**road.where, **{one.mention: one.number for one in walked.placed}}
    copies = [one.step for one in road.said if one.step.copy_of in where]
    return [one.mention for one in copies if where.get(one.mention) != where[one.copy_of or 0]]


def wordless(row: Row[Any]) -> bool:
    return not (row.title or row.text)


def gone_over(road: Road) -> tuple[Walked, dict[int, Copy]]:
    """Everything placed anew, and copies of the words by the last place that is in them.

    One is of the end of the part. In the last one, which ends at the present, they are of before the last 200
    complaints, the last 400, 800 …: the next late post begins near its own place.
    """
    where = dict(road.where)
    walked = Walked((), {}, {})
    copies: dict[int, Copy] = {}
    steps = sorted((one.step for one in road.said), key=lambda one: (one.place, one.mention))
    parts = stretches(steps) if road.is_last else [steps]
    for number, stretch in enumerate(parts, 1):
        part = walk(road.grouping, stretch, road.ordered, where)
        where |= {one.mention: one.number for one in part.placed}
        walked = Walked(
            (*walked.placed, *part.placed), {**walked.grown, **part.grown}, {**walked.telling, **part.telling}
        )
        # after the last comes the present, which the ground itself is
        if number < len(parts) or not road.is_last:
            copies[stretch[-1].place] = {"issues": [one.as_json() for one in road.grouping.issues]}
    return walked, copies


def stretches(steps: Sequence[Step]) -> list[Sequence[Step]]:
    """Steps in the order of posts, cut before the last 200 of them, the last 400, 800 …, never within one place."""
    cuts, back = [len(steps)], SNAPSHOT_EVERY
    while (cut := len(steps) - back) > 0:
        back *= 2
        if steps[cut - 1].place < steps[cut].place:
            cuts.append(cut)
    return [steps[since:until] for since, until in pairwise([0, *reversed(cuts)]) if since < until]


def told(road: Road, walked: Walked) -> Told:
    """By what the issues that grew are to be called, in words as people of this part wrote them."""
    wanted = {term for terms in walked.telling.values() for term in terms}
    spoken = {
        term: word
        for one in road.said
        for word in normal_words(f"{one.row.title} {one.row.text}")
        if (term := stem(word)) in wanted
    }
    return {
        number: (one.topic, one.fence, [*terms], {term: spoken[term] for term in terms if term in spoken})
        for number, one in walked.grown.items()
        for terms in [walked.telling[number]]
    }


def moved(road: Road, walked: Walked) -> list[Placed]:
    """Those that were not in the issue where they belong."""
    return [one for one in walked.placed if road.numbers.get(road.before.get(one.mention, "")) != one.number]
