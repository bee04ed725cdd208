"""What shops report of newcomers, many reports at a time: looked up together, walked one by one, kept together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Column, Connection, Row, Select, bindparam, func, select, update

from listener.model.customer import Customer, Purchase
from listener.model.referral import Brought, Referral, ReferralCode, ReferralEvent, Report
from listener.store.engine import chunks, many, table

codes, referral, event = table(ReferralCode), table(Referral), table(ReferralEvent)
customer, purchase = table(Customer), table(Purchase)

Kept = Literal["kept", "repeated", "unknown"]
# (what was known, the report, why it cannot count) → what is known now
After = Callable[[Brought | None, Report, str], Brought]
FOUND = {name: bindparam(f"new_{name}", type_=referral.c[name].type) for name in (*Brought.__slots__, "at")}
MOVE = update(referral).where(referral.c.id == bindparam("which")).values(FOUND)


@dataclass(slots=True)
class Newcomer:
    """One newcomer as far as the reports have come. `id` is None where the store does not have them yet."""

    id: int | None
    customer: str
    at: datetime
    first: Report | None
    brought: Brought
    moved: bool = True


@dataclass(frozen=True, slots=True)
class Ground:
    """All that the store knows of what these reports name. `mails` are of customers, by id."""

    newcomers: dict[str, Newcomer]
    told: set[str]
    owners: dict[str, str]
    mails: dict[str, str]
    bought: dict[str, datetime]
    new_events: list[Report] = field(default_factory=list)


def keep(connection: Connection, source: str, reports: Sequence[Report], after: After, at: datetime) -> list[Kept]:
    """Keep what is new: `repeated` if said before, `unknown` without a customer. Raises IntegrityError where somebody
    else kept the same meanwhile."""
    ground = _ground(connection, source, reports)
    ends = [_walk(ground, report, after) for report in reports]
    rows = [{"source": source, "event": one.event, "at": at, "what": one.what} for one in ground.new_events]
    many(connection, event.insert(), sorted(rows, key=lambda row: row["event"]))
    moved = {name: one for name, one in ground.newcomers.items() if one.moved}
    many(connection, referral.insert(), [_new(source, name, one) for name, one in moved.items() if one.id is None])
    changes = [(one.id, {**asdict(one.brought), "at": one.at}) for one in moved.values() if one.id is not None]
    many(connection, MOVE, [{"which": n, **{f"new_{k}": v for k, v in new.items()}} for n, new in changes])
    return ends


def _walk(ground: Ground, report: Report, after: After) -> Kept:
    known = ground.newcomers.get(report.newcomer)
    named = report.customer if report.customer in ground.mails else None
    whose = known.customer if known else named or ground.owners.get(report.code or "")
    if whose is None:
        return "unknown"
    if report.event in ground.told:
        return "repeated"
    ground.told.add(report.event)
    ground.new_events.append(report)
    refused = _refused(ground, whose, report, known is None)
    brought = after(known.brought if known else None, report, refused)
    if known is None:
        ground.newcomers[report.newcomer] = Newcomer(None, whose, report.at, report, brought)
    else:
        # they came when the earliest of their reports says, whichever arrived first
        known.brought, known.at, known.moved = brought, min(known.at, report.at), True
    return "kept"


def _new(source: str, newcomer: str, one: Newcomer) -> dict[str, Any]:
    assert one.first is not None
    told = {"at": one.at, "source": source, "code": one.first.code}
    blank = {"earned": 0, "earned_at": None, "reward": None, "customer": one.customer, "newcomer": newcomer}
    return {**blank, **told, **asdict(one.brought)}


def _ground(connection: Connection, source: str, reports: Sequence[Report]) -> Ground:
    """Known newcomers are held until the transaction ends, always in the same order."""
    names = {one.newcomer for one in reports}
    held = select(referral).order_by(referral.c.newcomer).with_for_update()
    known = {row.newcomer: _known(row) for row in _rows(connection, held, referral.c.newcomer, names)}
    events = select(event.c.event).where(event.c.source == source)
    told = {row.event for row in _rows(connection, events, event.c.event, {one.event for one in reports})}
    owned = select(codes.c.code, codes.c.customer).where(codes.c.ended_at.is_(None))
    owners = {row.code: row.customer for row in _rows(connection, owned, codes.c.code, {one.code for one in reports})}
    fresh = names - known.keys()
    whose = {one.customer for one in reports} | set(owners.values()) | fresh
    mails = select(customer.c.id, customer.c.email)
    first = select(purchase.c.customer, func.min(purchase.c.at).label("at")).group_by(purchase.c.customer)
    return Ground(
        known,
        told,
        owners,
        {row.id: _mailbox(row.email) for row in _rows(connection, mails, customer.c.id, whose)},
        {row.customer: row.at for row in _rows(connection, first, purchase.c.customer, fresh)},
    )


def _rows(connection: Connection, query: Select[Any], column: Column[Any], values: Iterable[Any]) -> Iterable[Row[Any]]:
    for some in chunks(sorted(value for value in values if value)):
        yield from connection.execute(query.where(column.in_(some)))


def _known(row: Row[Any]) -> Newcomer:
    brought = Brought(**{name: getattr(row, name) for name in Brought.__slots__})
    return Newcomer(row.id, row.customer, row.at, None, brought, moved=False)


def _refused(ground: Ground, whose: str, report: Report, new: bool) -> str:
    """Why this newcomer cannot count as brought: the customer's own second account, or a customer already."""
    if report.newcomer == whose:
        return "self-referral: the newcomer is the customer"
    if not new:
        return ""
    first = ground.bought.get(report.newcomer)
    if first and first < report.at:
        return f"bought already on {first:%Y-%m-%d}"
    mail = ground.mails.get(whose)
    return "self-referral: the same mail address" if mail and mail == ground.mails.get(report.newcomer) else ""


def _mailbox(address: str) -> str:
    """A mail address without what its owner may vary: case, and what follows a plus."""
    name, _, host = address.casefold().partition("@")
    return f"{name.partition('+')[0]}@{host}" if host else ""
