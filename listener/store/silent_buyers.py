"""Buyers who said nothing since they bought, and whom we did not ask either."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from listener.model.contact import OptOut
from listener.model.customer import Customer, Purchase
from listener.model.delivery import Contact, Delivery
from listener.model.mention import Mention
from listener.store.engine import Database, table

customer, purchase, mention = table(Customer), table(Purchase), table(Mention)
delivery, contact, opt_out = table(Delivery), table(Contact), table(OptOut)

SHARE = "ask_to_share"


@dataclass(frozen=True, slots=True)
class Silent:
    """Who bought between `since` and `until`, and was asked for nothing since `unasked_since`."""

    since: datetime
    until: datetime
    unasked_since: datetime


class SilentBuyers:
    """Whom an ask to share would reach: neither praise nor trouble decides who is among them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, wanted: Silent, limit: int) -> list[Row[Any]]:
        """Customers with their last purchase, `bought_at`, the longest ago first; those whom a letter can reach."""
        last = select(purchase.c.customer, func.max(purchase.c.at).label("bought_at")).group_by(purchase.c.customer)
        bought = last.where(purchase.c.at >= wanted.since).subquery("bought")
        theirs = (mention.c.customer == customer.c.id) & (mention.c.posted_at >= bought.c.bought_at)
        said = select(mention.c.id).where(theirs, ~mention.c.own)
        mine = (delivery.c.customer == customer.c.id) & (delivery.c.action == SHARE)
        asked = select(delivery.c.id).where(mine, delivery.c.created_at >= bought.c.bought_at)
        lately = select(contact.c.id).where(
            contact.c.customer == customer.c.id, contact.c.purpose == "ask", contact.c.at >= wanted.unasked_since
        )
        left = select(opt_out.c.person).where(opt_out.c.person == customer.c.id)
        query = (
            select(customer.c.id, customer.c.name, customer.c.language, bought.c.bought_at)
            .join(bought, bought.c.customer == customer.c.id)
            .where(bought.c.bought_at < wanted.until, customer.c.email != "", ~customer.c.do_not_contact)
            .where(~said.exists(), ~asked.exists(), ~lately.exists(), ~left.exists())
            .order_by(bought.c.bought_at, customer.c.id)
            .limit(limit)
        )
        with self._database.read() as connection:
            return list(connection.execute(query))

    def drafted_since(self, since: datetime) -> int:
        """How many such letters were drafted since then, whatever became of them."""
        mine = (delivery.c.action == SHARE) & delivery.c.rule.is_(None) & (delivery.c.created_at >= since)
        with self._database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(delivery).where(mine)).scalar_one())
