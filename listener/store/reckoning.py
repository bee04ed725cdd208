"""What advocacy comes to: rates of referrals and of sharing by group, trends, coverage. Counts only; no shares yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, case, distinct, extract, func, literal, select

from listener.model.customer import Customer, Purchase
from listener.model.delivery import Delivery
from listener.model.mention import Mention
from listener.model.reference import Consent, Reference
from listener.model.referral import Referral, ReferralClick
from listener.model.ticket import Ticket
from listener.store.engine import Database, table
from listener.store.goodwill import attribute, has

customer, mention, ticket, purchase = table(Customer), table(Mention), table(Ticket), table(Purchase)
reference, consent, referral = table(Reference), table(Consent), table(Referral)
delivery, click = table(Delivery), table(ReferralClick)

COUNTS = ("signed_up", "purchased")


@dataclass(frozen=True, slots=True)
class Group:
    """One group of customers: how many there are, and of how many of them it is true."""

    group: str
    count: int
    of: int


class Reckoning:
    """Counts over customers, referrals, purchases and mentions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def referrers(self, by: str | None, since: datetime, until: datetime) -> list[Group]:
        """Customers who brought somebody in that time, of all customers, by an attribute (None: overall)."""
        group: ColumnElement[Any] = attribute(by) if by else literal("all")
        return self._of_customers(group, customer, _has_brought(since, until))

    def by_trouble(self, since: datetime, until: datetime) -> list[Group]:
        """Customers who brought somebody: those never in trouble, those we won back, and those we did not."""
        worst = (
            select(ticket.c.customer, func.max(case((ticket.c.outcome == "recovered", 0), else_=1)).label("worst"))
            .where(ticket.c.customer.is_not(None))
            .group_by(ticket.c.customer)
            .subquery("trouble")
        )
        ends = (worst.c.worst.is_(None), "never in trouble"), (worst.c.worst == 0, "recovered")
        whole = customer.outerjoin(worst, worst.c.customer == customer.c.id)
        return self._of_customers(case(*ends, else_="not recovered"), whole, _has_brought(since, until))

    def _of_customers(self, group: ColumnElement[Any], whole: Any, true_of: ColumnElement[bool]) -> list[Group]:
        """All customers by group, and of how many something is true: counting them apart sorts far fewer rows."""
        query = select(group.label("group"), func.count().label("count")).select_from(whole).group_by("group")
        with self._database.read() as connection:
            true = {row[0]: int(row[1]) for row in connection.execute(query.where(true_of))}
            rows = list(connection.execute(query))
        return _largest_first(Group(str(row[0] or ""), true.get(row[0], 0), int(row[1])) for row in rows)

    def _of_buyers(
        self,
        group: ColumnElement[Any],
        whole: Any,
        true_of: ColumnElement[bool],
        window: tuple[ColumnElement[bool], ...],
    ) -> list[Group]:
        """Distinct buyers by group, and of how many of them something is true."""
        who = purchase.c.customer
        true, of = func.count(distinct(case((true_of, who)))), func.count(distinct(who))
        query = select(group.label("group"), true.label("count"), of.label("of")).select_from(whole)
        with self._database.read() as connection:
            rows = list(connection.execute(query.where(*window).group_by("group")))
        return _largest_first(Group(str(row[0] or ""), int(row[1]), int(row[2])) for row in rows)

    def by_month(self, since: datetime, until: datetime) -> list[Row[Any]]:
        """Newcomers and how many of them bought, by month of coming: year, month, newcomers, purchased."""
        year, month = extract("year", referral.c.at), extract("month", referral.c.at)
        bought = func.count().filter(referral.c.status == "purchased").label("purchased")
        query = select(year.label("year"), month.label("month"), func.count().label("newcomers"), bought)
        query = query.where(*_brought(since, until)).group_by("year", "month").order_by("year", "month")
        with self._database.read() as connection:
            return list(connection.execute(query))

    def sums(self, since: datetime, until: datetime) -> Row[Any]:
        """Newcomers, purchased, rejected, worth, earned and rewarded (cents) of that time."""
        paid = case((delivery.c.status == "done", referral.c.earned), else_=0)
        status = referral.c.status
        query = select(
            func.count().label("newcomers"),
            func.count().filter(status == "purchased").label("purchased"),
            func.count().filter(status == "rejected").label("rejected"),
            func.coalesce(func.sum(case((status == "purchased", referral.c.worth), else_=0)), 0).label("worth"),
            func.coalesce(func.sum(referral.c.earned), 0).label("earned"),
            func.coalesce(func.sum(paid), 0).label("rewarded"),
        ).select_from(referral.outerjoin(delivery, delivery.c.id == referral.c.reward))
        with self._database.read() as connection:
            return connection.execute(query.where(referral.c.at >= since, referral.c.at < until)).one()

    def sharers(self, by: str, since: datetime, until: datetime) -> list[Group]:
        """Customers who spoke after they bought, of those who bought, by product, purchase month or an attribute."""
        whole = purchase.outerjoin(customer, customer.c.id == purchase.c.customer)
        window = (purchase.c.at >= since, purchase.c.at < until)
        return self._of_buyers(_group(by), whole, _spoke(), window)

    def asked_to_share(self, since: datetime, until: datetime) -> list[Group]:
        """Buyers who spoke afterwards: those we had asked to share, and those we had not. What asking moves."""
        asks = select(delivery.c.id).where(
            delivery.c.customer == purchase.c.customer, delivery.c.action == "ask_to_share", delivery.c.status == "done"
        )
        window = (purchase.c.at >= since, purchase.c.at < until)
        group = case((asks.exists(), "asked to share"), else_="not asked")
        return self._of_buyers(group, purchase, _spoke(), window)

    def clicks(self, since: datetime, until: datetime) -> int:
        """How often links were followed on the days of that time."""
        days = (click.c.day >= since.date(), click.c.day <= until.date())
        with self._database.read() as connection:
            return int(connection.execute(select(func.coalesce(func.sum(click.c.clicks), 0)).where(*days)).scalar_one())

    def answers(self, since: datetime, until: datetime) -> list[Row[Any]]:
        """Survey answers of that time: customer, attributes (score, reasons) and text."""
        mine = (mention.c.kind == "survey") & (mention.c.posted_at >= since) & (mention.c.posted_at < until)
        query = select(mention.c.customer, mention.c.attributes, mention.c.text).where(mine)
        with self._database.read() as connection:
            return list(connection.execute(query))

    def covering(self, wanted: dict[str, str], form: str | None, now: datetime) -> int:
        """References that serve, fit these attributes and agreed to this form."""
        mine = [reference.c.state.in_(("accepted", "active")), *(has(name, value) for name, value in wanted.items())]
        if form:
            lasts = consent.c.until.is_(None) | (consent.c.until > now)
            agreed = select(consent.c.id).where(consent.c.customer == customer.c.id, consent.c.form == form, lasts)
            mine.append(agreed.exists())
        whole = reference.join(customer, customer.c.id == reference.c.customer)
        with self._database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(whole).where(*mine)).scalar_one())


def _brought(since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    return referral.c.at >= since, referral.c.at < until, referral.c.status.in_(COUNTS)


def _has_brought(since: datetime, until: datetime) -> ColumnElement[bool]:
    """Whether a customer is among those who brought somebody then.

    `coalesce` keeps SQLite from looking referrals up by time, which it then would have to sort by customer (3.4 s of a
    million): the index by customer holds all that is asked for, in the right order (0.25 s).
    """
    at = func.coalesce(referral.c.at, since)
    theirs = select(referral.c.customer).where(at >= since, at < until, referral.c.status.in_(COUNTS))
    return customer.c.id.in_(theirs)


def _largest_first(groups: Iterable[Group]) -> list[Group]:
    return sorted(groups, key=lambda one: (-one.of, one.group))


def _spoke() -> ColumnElement[bool]:
    """The buyer said something after that purchase. Our own posts are none."""
    theirs = mention.c.customer == purchase.c.customer
    return select(mention.c.id).where(theirs, mention.c.posted_at >= purchase.c.at, ~mention.c.own).exists()


def _group(by: str) -> ColumnElement[Any]:
    if by == "product":
        return purchase.c.product
    if by == "month":
        year, month = extract("year", purchase.c.at), extract("month", purchase.c.at)
        return year * 100 + month  # 202611: the same number in both stores
    return attribute(by)
