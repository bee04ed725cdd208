"""The panel: who was invited over which words, who joined, and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, ScalarSelect, case, func, or_, select, union, update

from listener.model.customer import Customer
from listener.model.delivery import Delivery
from listener.model.mention import Mention
from listener.model.reference import PanelMember
from listener.store.engine import Database, table
from listener.store.grounds import COMPLAINTS
from listener.store.house import audit, audit_line

member, delivery, mention, customer = table(PanelMember), table(Delivery), table(Mention), table(Customer)
cause = mention.alias("cause")  # the mention over which somebody was invited
UNSENT = ("shadow", "cancelled", "rejected", "expired", "failed")
# the scores 0 to 6 of 10 are a detractor's, as everywhere where people are asked whether they recommend
LOW = 6
SCORE = mention.c.attributes["score"].as_integer()
# in a CASE, as another kind's attribute of that name may be no number
HURT = or_(mention.c.label.in_(COMPLAINTS), case((mention.c.kind == "survey", SCORE), else_=None) <= LOW)


def is_detractor(connection: Connection, who: str, since: datetime) -> bool:
    """Whether this customer complained since then, or gave a low score in a survey."""
    said = select(mention.c.id).where(mention.c.customer == who, mention.c.posted_at >= since, HURT).limit(1)
    return connection.execute(said).first() is not None


def _voice(when: tuple[ColumnElement[bool], ...]) -> dict[str, ScalarSelect[Any]]:
    """How a customer spoke of us in that time: mentions, complaints, mean score, last answer to a survey."""
    mine = (mention.c.customer == customer.c.id, mention.c.own.is_(False), *when)
    told = mention.c.label.in_(("positive", "negative", "neutral", "mixed"))
    answers = select(SCORE).where(*mine, mention.c.kind == "survey").order_by(mention.c.posted_at.desc()).limit(1)
    return {
        "mentions": select(func.count()).select_from(mention).where(*mine).scalar_subquery(),
        "hurt": select(func.count()).select_from(mention).where(*mine, HURT).scalar_subquery(),
        "score": select(func.avg(mention.c.score)).where(*mine, told).scalar_subquery(),
        "survey": answers.scalar_subquery(),
    }


class Panel:
    """Customers whose criticism improves the product."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, limit: int, since: datetime) -> list[Row[Any]]:
        """Whoever was invited or joined, with the score and the mention that led to the last invitation.

        Each with what makes a detractor, from `since` until they joined, and with what they said after it: how many
        mentions, how many complaints, their mean score (−1 to 1), and the last score of a survey (0 to 10).
        """
        asked = (delivery.c.action == "invite_panel") & delivery.c.status.not_in(UNSENT)
        last = select(delivery.c.customer, func.max(delivery.c.id).label("id")).where(asked)
        invited = last.group_by(delivery.c.customer).subquery("invited")
        some = union(select(invited.c.customer), select(member.c.customer))
        before = (
            mention.c.posted_at >= since,
            or_(member.c.joined_at.is_(None), mention.c.posted_at < member.c.joined_at),
        )
        after = (mention.c.posted_at >= member.c.joined_at,)
        query = (
            select(
                customer.c.id.label("customer"),
                func.coalesce(func.nullif(member.c.panel, ""), delivery.c.options["panel"].as_string()).label("panel"),
                *(delivery.c.mention, cause.c.score, delivery.c.status, delivery.c.done_at),
                *(member.c.joined_at, member.c.outcome, member.c.outcome_at),
                *(column.label(f"before_{name}") for name, column in _voice(before).items()),
                *(column.label(f"after_{name}") for name, column in _voice(after).items()),
            )
            .select_from(customer)
            .outerjoin(invited, invited.c.customer == customer.c.id)
            .outerjoin(delivery, delivery.c.id == invited.c.id)
            .outerjoin(cause, cause.c.id == delivery.c.mention)
            .outerjoin(member, member.c.customer == customer.c.id)
            .where(customer.c.id.in_(some))
            .order_by(member.c.joined_at.is_(None), member.c.joined_at.desc(), customer.c.id)
            .limit(limit)
        )
        with self._database.read() as connection:
            return list(connection.execute(query))

    def detractor(self, who: str, since: datetime) -> bool:
        """Whether this customer complained since then, or gave a low score in a survey."""
        with self._database.read() as connection:
            return is_detractor(connection, who, since)

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
