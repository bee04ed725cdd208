"""What is read of deliveries, and of the contact ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, distinct, func, not_, or_, select

from listener.model.alert import Alert
from listener.model.delivery import Attempt, Contact, Delivery
from listener.store.engine import Database, narrowed, table
from listener.store.prepared import Prepared

delivery, attempt, contact, alert = table(Delivery), table(Attempt), table(Contact), table(Alert)

_ABOUT = delivery.c.rule.is_not(None) & delivery.c.mention.is_not(None)
_ONE = Prepared(select(delivery).where(delivery.c.id == bindparam("number")))
_ORDERED = Prepared(select(delivery).where(delivery.c.id == bindparam("number"), _ABOUT))

NEWEST = 5_000  # no index knows channels, and of one that never worked all that ever went out would be read


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """Which deliveries a list shows."""

    since: datetime | None = None
    until: datetime | None = None
    id: int | None = None
    mention: int | None = None
    status: tuple[str, ...] = ()
    limit: int = 50


def _in_group() -> ColumnElement[bool]:
    """A mention that is told with others in one message: no message of its own."""
    grouped = select(alert.c.id).where(alert.c.id == delivery.c.alert, alert.c.grouped).exists()
    return and_(delivery.c.mention.is_not(None), grouped)


class DeliveryLists:
    """Lists and counts; nothing here changes anything."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def orphans(self, before: datetime) -> list[Row[Any]]:
        """Deliveries whose performer started before that time and never said how it ended."""
        query = select(delivery).where(delivery.c.status == "sending", delivery.c.claimed_at < before)
        with self._database.read() as connection:
            return list(connection.execute(query))

    def to_tell(self, again_before: datetime) -> list[Row[Any]]:
        """Drafts and deliveries by hand that no person was told of, or by hand once, before that time."""
        status, told = delivery.c.status, delivery.c.told
        new = status.in_(("waiting", "by_hand")) & (told == 0)
        again = (status == "by_hand") & (told == 1) & (delivery.c.told_at <= again_before)
        with self._database.read() as connection:
            return list(connection.execute(select(delivery).where(or_(new, again))))

    def by_hand(self) -> list[Row[Any]]:
        """What a person is to post, as a rule ordered it."""
        with self._database.read() as connection:
            return list(connection.execute(select(delivery).where(delivery.c.status == "by_hand", _ABOUT)))

    def crowded(self, now: datetime) -> dict[str, list[Row[Any]]]:
        """Alerts that a channel's share held back and whose hour is over, by channel."""
        query = select(delivery).where(
            delivery.c.status == "held", delivery.c.action == "alert", delivery.c.due_at <= now, not_(_in_group())
        )
        found: dict[str, list[Row[Any]]] = {}
        with self._database.read() as connection:
            for row in connection.execute(query.order_by(delivery.c.id)):
                found.setdefault(row.channel, []).append(row)
        return found

    def page(self, wanted: DeliveryFilter) -> list[Row[Any]]:
        """Newest first."""
        query = select(delivery).order_by(delivery.c.id.desc()).limit(wanted.limit)
        query = narrowed(
            query,
            (wanted.since, delivery.c.created_at.__ge__),
            (wanted.until, delivery.c.created_at.__lt__),
            (wanted.id, delivery.c.id.__eq__),
            (wanted.mention, delivery.c.mention.__eq__),
            (wanted.status or None, delivery.c.status.in_),
        )
        with self._database.read() as connection:
            return list(connection.execute(query))

    def get(self, number: int) -> Row[Any] | None:
        """The delivery of that number."""
        with self._database.read() as connection:
            return _ONE.first(connection, {"number": number})

    def ordered(self, number: int) -> Row[Any] | None:
        """The delivery of that number, where a rule ordered it about a mention."""
        with self._database.read() as connection:
            return _ORDERED.first(connection, {"number": number})

    def by_key(self, key: str) -> Row[Any] | None:
        """The delivery of that key."""
        with self._database.read() as connection:
            return connection.execute(select(delivery).where(delivery.c.key == key)).first()

    def attempts_of(self, number: int) -> list[Row[Any]]:
        with self._database.read() as connection:
            return list(connection.execute(select(attempt).where(attempt.c.delivery == number).order_by(attempt.c.id)))

    def counts(self) -> dict[str, int]:
        """How many deliveries are in each state."""
        query = select(delivery.c.status, func.count()).group_by(delivery.c.status)
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def oldest_undelivered(self) -> datetime | None:
        """When the oldest delivery became due that has not gone out."""
        query = select(func.min(delivery.c.due_at)).where(
            delivery.c.status.in_(("due", "sending", "in_doubt", "failed"))
        )
        with self._database.read() as connection:
            return connection.execute(query).scalar()

    def done_since(self, since: datetime) -> int:
        """How many went out since then."""
        with self._database.read() as connection:
            query = select(func.count()).select_from(delivery).where(delivery.c.done_at >= since)
            return connection.execute(query).scalar_one()

    def failing(self, channel: str, status: str) -> tuple[int, int]:
        """Of the newest deliveries the last that this channel carried, 0 where there is none, and how many after it
        ended so.
        """
        newest = select(func.coalesce(func.max(delivery.c.id), 0) - NEWEST).scalar_subquery()
        through = (delivery.c.channel == channel) & (delivery.c.id > newest)
        latest = select(delivery.c.id).where(through, delivery.c.status == "done").order_by(delivery.c.id.desc())
        with self._database.read() as connection:
            last = int(connection.execute(latest.limit(1)).scalar() or 0)
            later = through & (delivery.c.status == status) & (delivery.c.id > last)
            return last, connection.execute(select(func.count()).where(later)).scalar_one()

    def expired_since(self, since: datetime) -> int:
        """How many ended since then because nobody decided about them, or did them."""
        late = (delivery.c.status == "expired") & (delivery.c.expires_at >= since)
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(delivery).where(late)).scalar_one()

    def in_shadow(self, since: datetime, until: datetime) -> list[Row[Any]]:
        """What rules in shadow would have done in that time: rule, action, times, persons."""
        rule, action = delivery.c.rule, delivery.c.action
        tally = (func.count().label("times"), func.count(distinct(delivery.c.person)).label("persons"))
        mine = (delivery.c.status == "shadow") & (delivery.c.created_at >= since) & (delivery.c.created_at < until)
        query = select(rule, action, *tally).where(mine).group_by(rule, action).order_by(rule, action)
        with self._database.read() as connection:
            return list(connection.execute(query))

    def sent_since(self, channel: str, since: datetime) -> int:
        """How many alerts a channel carried since then (its own notices do not count)."""
        query = select(func.count()).where(
            delivery.c.channel == channel,
            delivery.c.done_at >= since,
            delivery.c.action.in_(("alert", "summary")),
            not_(_in_group()),
        )
        with self._database.read() as connection:
            return connection.execute(query).scalar_one()

    def contacts(self, limit: int, since: datetime | None = None, person: str | None = None) -> list[Row[Any]]:
        """The contact ledger, newest first."""
        query = select(contact).order_by(contact.c.id.desc()).limit(limit)
        query = query.where(contact.c.at >= since) if since else query
        query = query.where(contact.c.person == person) if person else query
        with self._database.read() as connection:
            return list(connection.execute(query))
