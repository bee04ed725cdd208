"""Issues that may be one: kept as suggestions, never counted, and what people made of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select, update

from listener.model.issue import Issue, IssueAct, IssueMember, IssueSuggestion
from listener.store.engine import Database, chunks, many, table

suggestion, issue = table(IssueSuggestion), table(Issue)
act, member = table(IssueAct), table(IssueMember)


class Suggestions:
    """Pairs of issues for people to look at."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, limit: int = 50) -> list[Row[Any]]:
        """Those that nobody has decided on, likeliest first; both issues still stand for themselves."""
        live = select(issue.c.id).where(issue.c.alias_of.is_(None), issue.c.mentions > 0)
        query = select(suggestion).where(
            suggestion.c.verdict.is_(None), suggestion.c.issue.in_(live), suggestion.c.other.in_(live)
        )
        with self._database.read() as connection:
            return list(connection.execute(query.order_by(suggestion.c.score.desc(), suggestion.c.id).limit(limit)))

    def decided(self, one: str, other: str, verdict: str, who: str, at: datetime) -> bool:
        """What people made of a pair, in either order; false where it was never suggested."""
        pair = or_(
            and_(suggestion.c.issue == one, suggestion.c.other == other),
            and_(suggestion.c.issue == other, suggestion.c.other == one),
        )
        with self._database.write() as connection:
            values = {"verdict": verdict, "who": who, "decided_at": at}
            return bool(connection.execute(update(suggestion).where(pair).values(values)).rowcount)

    def rulings(self) -> list[tuple[float, bool]]:
        """(likeness, whether people say it is one trouble): suggestions decided on, mentions moved by pin or split."""
        query = select(suggestion.c.score, suggestion.c.verdict).where(suggestion.c.verdict.is_not(None))
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(suggestion.c.decided_at, suggestion.c.id)).all()
            said = [(row.score, row.verdict == "accepted") for row in rows]
            return said + [(score, False) for score in _torn(connection)]


def _torn(connection: Connection) -> list[float]:
    """How alike the words of mentions were to issues that people took them out of."""
    acts = connection.execute(select(act.c.about).where(act.c.what.in_(("pin", "split")), act.c.undone_at.is_(None)))
    moved = {int(number): one for row in acts for number, one in row.about.get("moved", {}).items() if one}
    found: list[float] = []
    for part in chunks(sorted(moved)):
        # by their words or meaning, and not as a copy or the first of an issue
        mine = member.c.mention.in_(part) & (member.c.version != "ops") & member.c.reason.startswith("alike")
        for row in connection.execute(select(member).where(mine).order_by(member.c.id)):
            if row.issue == moved[row.mention]:
                found.append(row.score)
    return found


def suggest(connection: Any, database: Database, pairs: Iterable[tuple[str, str, float, str]], at: datetime) -> None:
    """(issue, other, likeness, reason) of issues that may be one; a pair is suggested once."""
    none = dict.fromkeys(("verdict", "who", "decided_at"))
    rows = [{"issue": one, "other": other, "score": score, "reason": why, **none} for one, other, score, why in pairs]
    many(connection, database.insert(IssueSuggestion).on_conflict_do_nothing(), rows, {"at": at})
