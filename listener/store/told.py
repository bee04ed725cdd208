"""Of two issues that were merged while messages about both were on their way, one tells each person."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from listener.model.campaign import IssueTold
from listener.model.delivery import Delivery
from listener.store import grouped
from listener.store.audience import told_of
from listener.store.engine import table
from listener.store.prepared import Prepared

delivery, told = table(Delivery), table(IssueTold)

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
    family, since = told_of(connection, grouped.roots(connection, [mine.issue])[mine.issue])
    same = (told.c.person == mine.person) & (told.c.stage == mine.stage) & (told.c.at >= since)
    before = told.c.issue.in_(family) & same & (told.c.id < mine.id)
    alive = delivery.c.status.not_in(UNSENT)
    query = select(told.c.id).join(delivery, delivery.c.id == told.c.delivery).where(before, alive)
    twice = connection.execute(query).first() is not None
    return "the person was told by an issue that was merged with this one" if twice else ""
