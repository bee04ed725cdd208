"""Referrals: codes, clicks, what shops report of newcomers, and what came of it, each counted once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, String, cast, exists, func, select, update
from sqlalchemy.exc import IntegrityError

from listener.model.referral import Referral, ReferralClick, ReferralCode, Report
from listener.store import deliveries, outbox, reported
from listener.store.endings import WITHDRAWABLE, release
from listener.store.engine import Database, chunks, narrowed, table
from listener.store.reported import After, Kept

codes, clicks, referral = table(ReferralCode), table(ReferralClick), table(Referral)

AT_ONCE = 2_000  # reports in one transaction: others wait for the writer for a fifth of a second
# rewards whose letter never goes
UNPAID = exists().where(
    deliveries.delivery.c.id == referral.c.reward, deliveries.delivery.c.status.in_(deliveries.ENDED_UNSENT)
)
TRIES = 3  # what somebody else kept meanwhile is known at the next try


@dataclass(frozen=True, slots=True)
class ReferralFilter:
    """Which referrals a list shows."""

    since: datetime | None = None
    until: datetime | None = None
    id: int | None = None
    customer: str | None = None
    status: str | None = None
    limit: int = 50


class Referrals:
    """Who brought whom."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def code_of(self, number: str, at: datetime, drawn: str) -> str:
        """The customer's code: `drawn` at the first call, the same one ever after."""
        mine = select(codes.c.code).where(codes.c.customer == number, codes.c.ended_at.is_(None)).limit(1)
        with self._database.write() as connection:
            kept = connection.execute(mine).scalar()
            if kept is None:
                connection.execute(codes.insert(), {"code": drawn, "customer": number, "at": at})
        return str(kept or drawn)

    def clicked(self, code: str, at: datetime) -> bool:
        """One more click on this day; false for a code that does not exist or was ended."""
        row = self._database.insert(ReferralClick).values(code=code, day=at.date(), clicks=1)
        more = row.on_conflict_do_update(index_elements=["code", "day"], set_={"clicks": clicks.c.clicks + 1})
        with self._database.write() as connection:
            if _owner(connection, code) is None:
                return False
            connection.execute(more)
        return True

    def reports(self, source: str, reports: Sequence[Report], after: After, seen_at: datetime) -> list[Kept]:
        """Keep what a shop says: `repeated` if said before, `unknown` without a customer."""
        ends: list[Kept] = []
        for some in chunks(reports, AT_ONCE):
            ends += self._together(source, some, after, seen_at)
        return ends

    def _together(self, source: str, some: Sequence[Report], after: After, seen_at: datetime) -> list[Kept]:
        for _ in range(TRIES):
            with suppress(IntegrityError):
                return self._kept(source, some, after, seen_at)
        return self._kept(source, some, after, seen_at)

    def _kept(self, source: str, some: Sequence[Report], after: After, seen_at: datetime) -> list[Kept]:
        with self._database.write() as connection:
            ends = reported.keep(connection, source, some, after, seen_at)
            _take_back(connection, self._database, {report.newcomer for report in some if report.what == "refunded"})
        return ends

    def unrewarded(self, limit: int = 200) -> list[Row[Any]]:
        """Newcomers who bought, and for whom nothing was decided yet."""
        open_ones = (referral.c.status == "purchased") & referral.c.earned_at.is_(None)
        with self._database.read() as connection:
            return list(connection.execute(select(referral).where(open_ones).order_by(referral.c.id).limit(limit)))

    def reward(self, number: int, cents: int, at: datetime, delivery: Mapping[str, Any]) -> bool:
        """What this referral earned, and the delivery that brings it, together; false when it was decided before."""
        mine = (referral.c.id == number) & referral.c.earned_at.is_(None)
        with self._database.write() as connection:
            if not connection.execute(update(referral).where(mine).values(earned=cents, earned_at=at)).rowcount:
                return False
            outbox.add(connection, self._database, [delivery])
            sent = select(deliveries.delivery.c.id).where(deliveries.delivery.c.key == delivery["key"])
            values = {"reward": connection.execute(sent).scalar_one()}
            connection.execute(update(referral).where(referral.c.id == number).values(values))
        return True

    def capped(self, number: int, at: datetime, why: str) -> None:
        """This referral counts and earns nothing."""
        mine = (referral.c.id == number) & referral.c.earned_at.is_(None)
        with self._database.write() as connection:
            connection.execute(update(referral).where(mine).values(earned_at=at, why=why))

    def spent_since(self, since: datetime) -> int:
        """Cents that were earned since then. What a person rejected, or nobody approved in time, is given back."""
        query = select(func.coalesce(func.sum(referral.c.earned), 0)).where(referral.c.earned_at >= since, ~UNPAID)
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def earned_since(self, number: str, since: datetime) -> int:
        """How many rewards the customer has earned since then."""
        mine = (referral.c.customer == number) & (referral.c.earned > 0) & (referral.c.earned_at >= since) & ~UNPAID
        with self._database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(referral).where(mine)).scalar_one())

    def page(self, wanted: ReferralFilter) -> list[Row[Any]]:
        """Newest first, each with the status of the delivery that rewards it."""
        sent = deliveries.delivery
        query = select(referral, sent.c.status.label("reward_status"))
        query = query.select_from(referral.outerjoin(sent, sent.c.id == referral.c.reward))
        query = narrowed(
            query.order_by(referral.c.id.desc()).limit(wanted.limit),
            (wanted.since, referral.c.at.__ge__),
            (wanted.until, referral.c.at.__lt__),
            (wanted.id, referral.c.id.__eq__),
            (wanted.customer, referral.c.customer.__eq__),
            (wanted.status, referral.c.status.__eq__),
        )
        with self._database.read() as connection:
            return list(connection.execute(query))


def _take_back(connection: Connection, database: Database, newcomers: Collection[str]) -> None:
    """A reward that did not go out yet goes with the purchase that earned it; another purchase earns it anew."""
    letter = deliveries.delivery
    unsent = (referral.c.status != "purchased") & letter.c.status.in_(WITHDRAWABLE)
    query = select(referral.c.id, referral.c.reward).join(letter, letter.c.id == referral.c.reward).where(unsent)
    for some in chunks(sorted(newcomers)):
        rewards = {row.reward: row.id for row in connection.execute(query.where(referral.c.newcomer.in_(some)))}
        key = letter.c.key + ":refunded " + cast(letter.c.id, String)
        aside = {"status": "cancelled", "why": "the purchase was refunded", "key": key}
        gone = update(letter).where(letter.c.id.in_(rewards)).values(aside).returning(letter)
        release(connection, database, list(connection.execute(gone)))
        nothing = {"earned": 0, "earned_at": None, "reward": None}
        connection.execute(update(referral).where(referral.c.id.in_(rewards.values())).values(nothing))


def _owner(connection: Connection, code: str | None) -> str | None:
    query = select(codes.c.customer).where(codes.c.code == code, codes.c.ended_at.is_(None))
    return connection.execute(query).scalar() if code else None
