"""Who counts as told: once over issues that were merged meanwhile, and nobody whose message was withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, delete, select, update

from listener.model.campaign import Campaign, IssueTold
from listener.model.delivery import Delivery
from listener.store import grouped
from listener.store.audience import told_now
from listener.store.endings import WITHDRAWABLE, release
from listener.store.engine import Database, chunks, table
from listener.store.prepared import Prepared

campaign, delivery, told = table(Campaign), table(Delivery), table(IssueTold)

STOPPED = "the campaign was stopped"

UNSENT = ("cancelled", "rejected", "expired")

# made once; almost always nobody was told before, and this is all that is asked
_earlier = told.alias("earlier")
_TOLD_TWICE = Prepared(
    select(told.c.id, told.c.issue, told.c.stage, told.c.person)
    .join(_earlier, (_earlier.c.person == told.c.person) & (_earlier.c.stage == told.c.stage))
    .where(told.c.delivery == bindparam("which"), _earlier.c.id < told.c.id)
)


def told_meanwhile(connection: Connection, number: int) -> str:
    """Why this delivery must not go: its person was told at this stage by an issue that is one with it now."""
    mine = _TOLD_TWICE.first(connection, {"which": number})
    if mine is None:
        return ""
    now = told_now(connection, grouped.roots(connection, [mine.issue])[mine.issue])
    before = now & (told.c.person == mine.person) & (told.c.stage == mine.stage) & (told.c.id < mine.id)
    alive = delivery.c.status.not_in(UNSENT)
    query = select(told.c.id).join(delivery, delivery.c.id == told.c.delivery).where(before, alive)
    twice = connection.execute(query).first() is not None
    return "the person was told by an issue that was merged with this one" if twice else ""


def set_aside(connection: Connection, database: Database, campaign: int, unsent: ColumnElement[bool], why: str) -> None:
    """Withdraw these deliveries of a stopped campaign, under another key and as told to nobody: the next may tell them.

    One that was refused for now waits like one that was never tried; what may have arrived is not `unsent`.
    """
    _withdraw(connection, database, unsent, f"{STOPPED}: {why}", f"stopped {campaign}")


def untell(connection: Connection, database: Database, family: Sequence[str], at: datetime, why: str) -> None:
    """Withdraw drafts that would answer where people spoke that these issues are fixed: the next fix tells them."""
    drafts = select(told.c.delivery).where(told.c.issue.in_(family), told.c.stage == "fixed", told.c.campaign.is_(None))
    unsent = delivery.c.id.in_(drafts) & delivery.c.status.in_(WITHDRAWABLE)
    _withdraw(connection, database, unsent, why, f"withdrawn {at.isoformat()}")


def _withdraw(connection: Connection, database: Database, unsent: ColumnElement[bool], why: str, mark: str) -> None:
    values = {"status": "cancelled", "why": why, "key": delivery.c.key + f":{mark}"}
    gone = list(connection.execute(update(delivery).where(unsent).values(values).returning(delivery)))
    release(connection, database, gone)
    for part in chunks([row.id for row in gone]):
        connection.execute(delete(told).where(told.c.delivery.in_(part)))


def stopped_meanwhile(connection: Connection, database: Database, number: int) -> bool:
    """Whether this delivery was set aside, as its campaign was stopped while it was being refused for now."""
    mine = select(campaign).join(told, told.c.campaign == campaign.c.id).where(told.c.delivery == number)
    row = connection.execute(mine.where(campaign.c.status == "stopped")).first()
    if row is not None:
        set_aside(connection, database, row.id, delivery.c.id == number, row.why)
    return row is not None
