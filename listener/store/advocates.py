"""What rules may ask of a person as an advocate: where a reference stands, whom a customer brought."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from listener.model.reference import Reference
from listener.model.referral import Referral
from listener.store.engine import table

reference, referral = table(Reference), table(Referral)
YEAR = timedelta(days=365)


def known_of(connection: Connection, customers: Sequence[str], at: datetime) -> dict[str, dict[str, str | int]]:
    """`reference.state` and `referrals.365d` of those who have any, by customer."""
    found: dict[str, dict[str, str | int]] = {}
    states = select(reference.c.customer, reference.c.state).where(reference.c.customer.in_(customers))
    for row in connection.execute(states):
        found.setdefault(row.customer, {})["reference.state"] = row.state
    counted = referral.c.customer.in_(customers) & (referral.c.at > at - YEAR) & (referral.c.status != "rejected")
    brought = select(referral.c.customer, func.count().label("brought")).where(counted).group_by(referral.c.customer)
    for row in connection.execute(brought):
        found.setdefault(row.customer, {})["referrals.365d"] = row.brought
    return found
