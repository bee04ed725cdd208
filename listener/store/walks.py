"""Grounds that are gone over part by part: what was made of the first parts is kept aside until the last is done."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, literal_column, select

from listener.model.issue import IssueMember, IssuePart, IssuePlaced
from listener.model.mention import ERASED, Mention
from listener.store.engine import chunks, many, table
from listener.store.grounds import of_ground

part, placed = table(IssuePart), table(IssuePlaced)
member, mention = table(IssueMember), table(Mention)

# how many of an issue's mentions are asked how they write a word
MOST_ASKED = 200
# by number: the topic and the fence of an issue, its foremost words as grouping knows them, and as people wrote them
Told = dict[int, tuple[str, str, list[str], dict[str, str]]]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a walk that began after the place `since`, with its end and by what its issues are to be called."""

    since: int | None
    last: int
    told: Told


class Walks:
    """The walks over grounds within one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def grounds(self) -> list[str]:
        """Those over which a walk is in progress."""
        return list(self._connection.execute(select(part.c.ground).distinct().order_by(part.c.ground)).scalars())

    def began(self, ground: str) -> Row[Any] | None:
        """`since`: the place after which the walk in progress began; None where none is."""
        query = select(part.c.since).where(part.c.ground == ground).order_by(part.c.last)
        return self._connection.execute(query.limit(1)).first()

    def told(self, ground: str) -> Told:
        """What all parts tell of their issues: the newest of each, with the words that any part knew it by."""
        found: Told = {}
        for told in self._connection.execute(select(part.c.told).where(part.c.ground == ground).order_by(part.c.last)):
            told_again(found, {int(number): value for number, value in told[0].items()})
        return found

    def keep(self, ground: str, made: Part, moved: Collection[Mapping[str, Any]]) -> None:
        """One more part, and the mentions that it puts elsewhere."""
        told = {str(number): value for number, value in made.told.items()}
        row = {"ground": ground, "since": made.since, "last": made.last, "told": told}
        self._connection.execute(insert(part).values(row))
        many(self._connection, placed.insert(), [{"ground": ground, **row} for row in moved])

    def drop(self, ground: str, since: int | None = None) -> None:
        """What was made from that place on holds no more; without one the whole walk."""
        for one, place in ((part, part.c.last), (placed, placed.c.place)):
            mine = (one.c.ground == ground,) if since is None else (one.c.ground == ground, place >= since)
            self._connection.execute(delete(one).where(*mine))

    def drop_others(self, ground: str) -> None:
        """Issues go by other numbers now: walks over other grounds, which know them by the old ones, begin anew."""
        for one in (part, placed):
            self._connection.execute(delete(one).where(one.c.ground != ground))

    def has_more(self, ground: str, most: int) -> bool:
        """Whether more mentions than that wait to be put elsewhere."""
        query = select(placed.c.mention).select_from(still_there).where(placed.c.ground == ground)
        return self._connection.execute(query.offset(most).limit(1)).first() is not None

    def waiting(self, ground: str, most: int) -> list[Row[Any]]:
        """Mentions that wait to be put elsewhere, those of one issue together; not those that are gone by now."""
        query = select(placed).select_from(still_there).where(placed.c.ground == ground)
        return list(self._connection.execute(query.order_by(placed.c.number).limit(most)))

    def done(self, ground: str, mentions: Collection[int]) -> None:
        """These were put elsewhere."""
        for some in chunks(sorted(mentions)):
            self._connection.execute(delete(placed).where(placed.c.ground == ground, placed.c.mention.in_(some)))

    def numbers(self, ground: str, mentions: Collection[int]) -> dict[int, int]:
        """The numbers of the issues that these mentions will be put in, where they wait."""
        found: dict[int, int] = {}
        for some in chunks(sorted(mentions)):
            query = select(placed.c.mention, placed.c.number)
            rows = self._connection.execute(query.where(placed.c.ground == ground, placed.c.mention.in_(some)))
            found |= {row.mention: row.number for row in rows}
        return found

    def founders(self, ground: str) -> dict[int, int]:
        """The mentions among those that wait that found an issue, by its number, which is their own place."""
        query = select(placed.c.number, placed.c.mention).where(placed.c.ground == ground)
        rows = self._connection.execute(query.where(placed.c.place == placed.c.number))
        return {row.number: row.mention for row in rows}

    def moves(self, ground: str) -> list[tuple[int, str | None, int]]:
        """(number, issue before, how many) of all that wait."""
        columns = placed.c.number, placed.c.before
        query = select(*columns, func.count().label("many")).where(placed.c.ground == ground).group_by(*columns)
        return [(row.number, row.before, row.many) for row in self._connection.execute(query)]

    def with_others(self, ground: str, ids: Collection[str], mentions: Collection[int]) -> frozenset[str]:
        """Those of the issues that also have mentions besides these and those that wait."""
        inside = set(mentions)
        waits = select(placed.c.mention).where(placed.c.ground == ground)
        later = select(func.max(newer.c.id)).where(newer.c.mention == member.c.mention).scalar_subquery()
        query = select(member.c.issue, member.c.mention).where(member.c.id == later, member.c.mention.not_in(waits))
        found = set[str]()
        for some in chunks(sorted(ids)):
            rows = self._connection.execute(query.where(member.c.issue.in_(some)))
            found |= {row.issue for row in rows if row.mention not in inside}
        return frozenset(found)

    def erased(self, brand: str, fence: str | None, since: datetime) -> list[int]:
        """Complaints of a ground from then on of people who were erased."""
        # GLOB of a text that SQLite knows beforehand, as else it has no use for the index
        is_sqlite = self._connection.dialect.name == "sqlite"
        theirs = (
            mention.c.person.op("GLOB")(literal_column(f"'{ERASED}*'"))
            if is_sqlite
            else mention.c.person.startswith(ERASED)
        )
        query = select(mention.c.id).where(theirs, mention.c.posted_at >= since, *of_ground(brand, fence))
        return list(self._connection.execute(query).scalars())

    def texts(self, issue: str) -> Iterator[str]:
        """What was said of an issue, the newest first."""
        query = select(mention.c.title, mention.c.text).where(mention.c.issue == issue)
        for row in self._connection.execute(query.order_by(mention.c.posted_at.desc()).limit(MOST_ASKED)):
            yield f"{row.title} {row.text}"


newer = member.alias("newer")
still_there = placed.join(mention, mention.c.id == placed.c.mention)


def told_again(told: Told, newer: Told) -> None:
    """What a later part tells of the same issues takes the place of what was known."""
    for number, (topic, fence, words, written) in newer.items():
        known = told[number][3] if number in told else {}
        told[number] = (topic, fence, words, {**known, **written})
