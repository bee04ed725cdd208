"""Alerts: what a decision orders joins one or begins one, in its own transaction; then told, acknowledged, over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Text, bindparam, cast, delete, select, update

from listener.model.alert import Alert, Posting
from listener.model.delivery import Delivery
from listener.model.mention import Mention
from listener.store.engine import Database, chunks, many, table
from listener.store.house import audit, audit_line
from listener.store.prepared import Prepared

alert, delivery, mention = table(Alert), table(Delivery), table(Mention)

# made once: each card asks for them
_ONE = Prepared(select(alert).where(alert.c.id == bindparam("which")))
_THEIRS = select(delivery.c.mention).where(delivery.c.alert == bindparam("which"), delivery.c.mention.is_not(None))
_MEMBERS = Prepared(select(mention).where(mention.c.id.in_(_THEIRS)).order_by(mention.c.id.desc()))

NOTABLY = 2  # times as many as were told: then it is told again
CARDS = 20  # evidence cards of one alert that are looked at
QUIET = timedelta(hours=24)  # without another mention: then it is over


def enlist(connection: Connection, database: Database, rows: Sequence[Mapping[str, Any]], at: datetime) -> list[Any]:
    """New deliveries with each alert among them in its group, or in one of its own."""
    alone = {"told": 1, "told_at": at, "times": 1}
    lone = {row["key"]: _begun(row, at) | alone for row in rows if _counts(row) and _group(row) is None}
    begun = _begin(connection, database, lone)
    seen: set[tuple[int, int]] = set()
    return [_enlisted(connection, database, row, begun, seen, at) if _counts(row) else row for row in rows]


def _counts(row: Mapping[str, Any]) -> bool:
    return bool(row["action"] == "alert" and row["status"] == "due")


def _group(row: Mapping[str, Any]) -> Mapping[str, Any] | None:
    group: Mapping[str, Any] | None = row["options"].get("group")
    return group


def _begin(connection: Connection, database: Database, new: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    """Begin these alerts, by the keys of their deliveries; returns their numbers, by their own keys.

    None for a delivery that was ordered before. Where somebody else began the same, that one it is.
    """
    news = dict(new)
    for part in chunks(sorted(new)):
        for key in connection.execute(select(delivery.c.key).where(delivery.c.key.in_(part))).scalars():
            del news[key]
    if not news:
        return {}
    many(connection, database.insert(Alert).on_conflict_do_nothing(), list(news.values()))
    found: dict[str, int] = {}
    for part in chunks(sorted({one["key"] for one in news.values()})):
        mine = select(alert.c.key, alert.c.id).where(alert.c.key.in_(part), alert.c.closed_at.is_(None))
        found |= {row.key: row.id for row in connection.execute(mine)}
    return found


def _enlisted(
    connection: Connection,
    database: Database,
    row: Mapping[str, Any],
    begun: Mapping[str, int],
    seen: set[tuple[int, int]],
    at: datetime,
) -> Mapping[str, Any]:
    """`seen`: alert and mention of what was enlisted just now; two rules may alert of one mention."""
    group = _group(row)
    if group is None:
        return {**row, "alert": begun.get(row["key"])}
    open_one = select(alert).where(alert.c.key == group["key"], alert.c.closed_at.is_(None)).with_for_update()
    found = connection.execute(open_one).first()
    number = found.id if found else _begin_group(connection, database, row, group, at)
    if found and (found.id, row["mention"]) not in seen and not _has(connection, found.id, row["mention"]):
        _grow(connection, found, group, at)
    seen.add((number or 0, row["mention"]))
    why = f"told with others as alert {number}: `listener alerts --id {number}` says when"
    return {**row, "alert": number, "status": "held", "last_error": why}


def _begun(row: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """A new alert; the columns' own defaults are the models', and a statement of core does not know those."""
    who = {"key": row["key"], "channel": row["channel"], "rule": row["rule"], "opened_at": at, "last_at": at}
    plain = {"about": {}, "grouped": False, "wait": 0, "digest": False, "sight": "", "told_sight": ""}
    return who | plain | {"times": 0, "mentions": 1, "told": 0}


def _begin_group(
    connection: Connection, database: Database, row: Mapping[str, Any], group: Mapping[str, Any], at: datetime
) -> int | None:
    values = _begun(row, at) | {"grouped": True, "tell_at": datetime.fromisoformat(group["tell_at"])}
    values |= {name: group[name] for name in ("key", "about", "sight", "wait", "digest")}
    return _begin(connection, database, {row["key"]: values}).get(group["key"])


def _has(connection: Connection, number: int, about: int) -> bool:
    """Whether another rule has already told this alert of the mention."""
    query = select(delivery.c.id).where(delivery.c.alert == number, delivery.c.mention == about)
    return connection.execute(query.limit(1)).first() is not None


def _grow(connection: Connection, found: Row[Any], group: Mapping[str, Any], at: datetime) -> None:
    mentions, sight = found.mentions + 1, group["sight"] or found.sight
    values: dict[str, Any] = {"mentions": mentions, "last_at": at, "sight": sight}
    news = mentions >= NOTABLY * found.told or sight != found.told_sight
    if found.told_at is not None and found.tell_at is None and news:
        values["tell_at"] = at + timedelta(seconds=found.wait)
    connection.execute(update(alert).where(alert.c.id == found.id).values(values))


class Alerts:
    """What was told, to whom it was news, and who took notice."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, number: int) -> Row[Any] | None:
        with self._database.read() as connection:
            return _ONE.first(connection, {"which": number})

    def to_tell(self, now: datetime, patient: bool = True) -> list[Row[Any]]:
        """Groups with news whose time has come; impatiently, also those that still collect. A digest always waits."""
        ripe = alert.c.tell_at <= now if patient else (alert.c.tell_at <= now) | alert.c.digest.is_(False)
        with self._database.read() as connection:
            return list(connection.execute(select(alert).where(alert.c.tell_at.is_not(None), ripe)))

    def members(self, number: int) -> list[Row[Any]]:
        """The mentions of an alert, newest first, each once, with the rule that alerted."""
        with self._database.read() as connection:
            return _MEMBERS.all(connection, {"which": number})

    def evidence(self, number: int) -> list[dict[str, Any]]:
        """The newest evidence card of each issue that a rule of this alert has checked, newest first."""
        mine = (delivery.c.alert == number) & delivery.c.mention.is_not(None)
        carried = cast(delivery.c.options, Text).contains('"evidence":')
        query = select(delivery.c.options).where(mine, carried).order_by(delivery.c.id.desc()).limit(CARDS)
        with self._database.read() as connection:
            cards = [options["evidence"] for options in connection.execute(query).scalars() if "evidence" in options]
        newest = {card["id"]: card for card in reversed(cards)}
        return sorted(newest.values(), key=cards.index)

    def tell(self, told: Row[Any], at: datetime, row: Mapping[str, Any]) -> bool:
        """One message for all that is new; false when somebody else was faster. Growth needs a new acknowledgement."""
        news = {"told": told.mentions, "told_at": at, "times": told.times + 1, "told_sight": told.sight}
        news |= {"tell_at": None, "acked_by": None, "acked_at": None}
        fence = (alert.c.id == told.id) & (alert.c.times == told.times) & (alert.c.mentions == told.mentions)
        with self._database.write() as connection:
            if not connection.execute(update(alert).where(fence).values(news)).rowcount:
                return False
            statement = self._database.insert(Delivery).values(dict(row))
            connection.execute(statement.on_conflict_do_nothing(index_elements=["key"]))
            self._told(connection, told.id, str(row["key"]), at)
        return True

    def _told(self, connection: Connection, number: int, key: str, at: datetime) -> None:
        held = (delivery.c.alert == number) & (delivery.c.status == "held") & delivery.c.mention.is_not(None)
        done = {"status": "done", "done_at": at, "last_error": None}
        done |= {"external": {"kind": "group", "key": key, "url": None}}
        connection.execute(update(delivery).where(held).values(done))

    def acknowledge(self, number: int, who: str, at: datetime) -> Row[Any] | None:
        """Somebody took notice; None when somebody had before, or there is no such alert."""
        mine = (alert.c.id == number) & alert.c.acked_by.is_(None)
        statement = update(alert).where(mine).values(acked_by=who, acked_at=at).returning(alert)
        with self._database.write() as connection:
            row = connection.execute(statement).first()
            if row is not None:
                connection.execute(audit.insert(), audit_line(at, who, "acknowledge", f"alert {number}"))
            return row

    def end(self, now: datetime) -> int:
        """Alerts are over that had no further mention for a day; what nobody was told of belongs to them."""
        over = alert.c.closed_at.is_(None) & alert.c.tell_at.is_(None) & (alert.c.last_at < now - QUIET)
        with self._database.write() as connection:
            ended = list(connection.execute(update(alert).where(over).values(closed_at=now).returning(alert)))
            for row in ended:
                if row.grouped:
                    self._told(connection, row.id, f"alert:{row.id}", now)
        return len(ended)

    def forget(self, before: datetime) -> None:
        """Alerts that are long over, and what is remembered of messages that are kept no more."""
        posting = table(Posting)
        with self._database.write() as connection:
            connection.execute(delete(alert).where(alert.c.closed_at < before))
            connection.execute(delete(posting).where(posting.c.delivery.not_in(select(delivery.c.id))))
