"""The panel: who was invited over which words, who joined, and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, union, update

from listener.model import Customer, Delivery, Mention, PanelMember
from listener.store.engine import Database, table
from listener.store.house import audit, audit_line

member, delivery, mention, customer = table(PanelMember), table(Delivery), table(Mention), table(Customer)
UNSENT = ("shadow", "cancelled", "rejected", "expired", "failed")


class Panel:
    """Customers whose criticism improves the product."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, limit: int) -> list[Row[Any]]:
        """Whoever was invited or joined, with the score and the mention that led to the last invitation."""
        asked = (delivery.c.action == "invite_panel") & delivery.c.status.not_in(UNSENT)
        last = select(delivery.c.customer, func.max(delivery.c.id).label("id")).where(asked)
        invited = last.group_by(delivery.c.customer).subquery("invited")
        some = union(select(invited.c.customer), select(member.c.customer))
        query = (
            select(
                customer.c.id.label("customer"),
                func.coalesce(member.c.panel, "").label("panel"),
                *(delivery.c.mention, mention.c.score, delivery.c.status, delivery.c.done_at),
                *(member.c.joined_at, member.c.outcome, member.c.outcome_at),
            )
            .select_from(customer)
            .outerjoin(invited, invited.c.customer == customer.c.id)
            .outerjoin(delivery, delivery.c.id == invited.c.id)
            .outerjoin(mention, mention.c.id == delivery.c.mention)
            .outerjoin(member, member.c.customer == customer.c.id)
            .where(customer.c.id.in_(some))
            .order_by(member.c.joined_at.is_(None), member.c.joined_at.desc(), customer.c.id)
            .limit(limit)
        )
        with self._database.read() as connection:
            return list(connection.execute(query))

    def join(self, who: str, panel: str, at: datetime, by: str) -> bool:
        """This customer joins; false for one who had joined before."""
        values = {"customer": who, "panel": panel, "joined_at": at, "outcome": "", "who": by}
        statement = self._database.insert(PanelMember).values(values).on_conflict_do_nothing()
        with self._database.write() as connection:
            if connection.execute(statement.returning(member.c.customer)).first() is None:
                return False
            connection.execute(audit.insert(), audit_line(at, by, "panel join", who, panel))
            return True

    def outcome(self, who: str, text: str, at: datetime, by: str) -> bool:
        """What came of it; false for who is no member."""
        values = {"outcome": text, "outcome_at": at}
        with self._database.write() as connection:
            if not connection.execute(update(member).where(member.c.customer == who).values(values)).rowcount:
                return False
            connection.execute(audit.insert(), audit_line(at, by, "panel outcome", who, text))
            return True
