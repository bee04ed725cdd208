"""How often live rules act, against how often they were to be expected to: what the brake goes by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, select

from listener.model.house import RuleHour, RuleMode, RuleRate
from listener.store.engine import Database, table

rate, hour, mode = table(RuleRate), table(RuleHour), table(RuleMode)
# a rate holds for the mode it was measured for: setting a rule live again in its file lifts the brake
PRESENT = and_(mode.c.rule == rate.c.rule, mode.c.since == rate.c.since)


@dataclass(frozen=True, slots=True)
class Rate:
    """What is known of one live rule: the mode's beginning, expected a day, fired in a day, and the brake."""

    rule: str
    since: datetime
    expected: float
    fired: int = 0
    braked_at: datetime | None = None


def present(connection: Connection) -> dict[str, Rate]:
    """The rates that hold for the rules' present modes, by rule."""
    rows = connection.execute(select(rate).join(mode, PRESENT))
    return {row.rule: Rate(row.rule, row.since, row.expected, row.fired, row.braked_at) for row in rows}


def fired_since(connection: Connection, since: datetime) -> dict[str, int]:
    """How often each rule acted in the hours since then."""
    query = select(hour.c.rule, func.sum(hour.c.fired)).where(hour.c.hour > since).group_by(hour.c.rule)
    return {row[0]: int(row[1]) for row in connection.execute(query)}


def count(connection: Connection, database: Database, fired: Mapping[str, int], at: datetime) -> None:
    """Add to what the rules did in this hour."""
    if fired:
        started = at.replace(minute=0, second=0, microsecond=0)
        statement = database.insert(RuleHour)
        added = {"fired": hour.c.fired + statement.excluded.fired}
        statement = statement.on_conflict_do_update(index_elements=["rule", "hour"], set_=added)
        connection.execute(statement, [{"rule": rule, "hour": started, "fired": n} for rule, n in fired.items()])


def keep(connection: Connection, database: Database, rates: Iterable[Rate]) -> None:
    """Remember these rates."""
    for one in rates:
        new = {"since": one.since, "expected": one.expected, "fired": one.fired, "braked_at": one.braked_at}
        statement = database.insert(RuleRate).values(rule=one.rule, **new)
        connection.execute(statement.on_conflict_do_update(index_elements=["rule"], set_=new))


class Rates:
    """The same, asked from outside of a decision."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def braked(self) -> list[Row[Any]]:
        """Rules that the brake holds."""
        query = select(rate).join(mode, PRESENT).where(rate.c.braked_at.is_not(None)).order_by(rate.c.rule)
        with self._database.read() as connection:
            return list(connection.execute(query))

    def forget_hours(self, before: datetime) -> None:
        """Hours that nothing is compared with any more."""
        with self._database.write() as connection:
            connection.execute(delete(hour).where(hour.c.hour < before))
