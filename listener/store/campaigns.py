"""Campaigns: drafted with everybody they are about, approved by people, made into deliveries a few at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, distinct, func, or_, select, union_all, update

from listener.model.campaign import Campaign, CampaignRecipient, IssueTold
from listener.model.contact import OptOut
from listener.model.customer import Customer
from listener.model.delivery import Delivery
from listener.model.mention import Mention
from listener.store import grouped, outbox
from listener.store.audience import told_now
from listener.store.engine import Database, many, narrowed, table
from listener.store.house import audit, audit_line
from listener.store.told import set_aside

campaign, recipient = table(Campaign), table(CampaignRecipient)
customer, delivery, told = table(Customer), table(Delivery), table(IssueTold)
mention, opt_out = table(Mention), table(OptOut)

AT_WORK = ("canary", "holding", "running")
WITHDRAWABLE = ("due", "held", "waiting")
NOT_OUT = ("due", "held", "sending", "waiting", "by_hand", "in_doubt", "failed", "cancelled")
ALREADY = "told already at this stage"


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of a campaign's deliveries; see `listener.issues.outreach.Progress`."""

    made: int = 0
    open: int = 0
    held: int = 0
    sent: int = 0
    bounced: int = 0
    in_doubt: int = 0
    refused: int = 0
    recent: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """One message of a campaign, ready to be made: the columns of its delivery, and whether it asks for an answer."""

    customer: str
    columns: Mapping[str, Any]
    asked: bool = False


class Campaigns:
    """One message to the customers whom an issue affects."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def draft(self, columns: Mapping[str, Any], recipients: Sequence[Mapping[str, Any]]) -> int:
        """Keep a draft with everybody it is about; its number."""
        with self._database.write() as connection:
            new = campaign.insert().values(dict(columns)).returning(campaign.c.id)
            number = int(connection.execute(new).scalar_one())
            blank = dict.fromkeys(("not_before", "made_at", "delivery"))
            many(connection, recipient.insert(), [blank | dict(row) | {"campaign": number} for row in recipients])
            about = f"campaign {number}"
            line = audit_line(columns["drafted_at"], columns["drafted_by"], "campaign draft", about, columns["issue"])
            connection.execute(audit.insert(), line)
        return number

    def get(self, number: int) -> Row[Any] | None:
        with self._database.read() as connection:
            return connection.execute(select(campaign).where(campaign.c.id == number)).first()

    def page(self, issues: Sequence[str] | None = None, limit: int = 50) -> list[Row[Any]]:
        """Newest first; with `issues` those about one of them."""
        query = select(campaign).order_by(campaign.c.id.desc()).limit(limit)
        with self._database.read() as connection:
            return list(connection.execute(narrowed(query, (issues, campaign.c.issue.in_))))

    def at_work(self) -> list[Row[Any]]:
        """Campaigns that send, first one first."""
        query = select(campaign).where(campaign.c.status.in_(AT_WORK)).order_by(campaign.c.id)
        with self._database.read() as connection:
            return list(connection.execute(query))

    def approve(self, number: int, who: str, at: datetime, needed: int, said: Mapping[str, str]) -> Row[Any] | None:
        """One more person approves; with the last of them it begins. The row after it, None if it is no draft.

        `said` is what the first one has read: the issue's title and topic, which its messages keep.
        """
        with self._database.write() as connection:
            row = _locked(connection, number)
            if row is None or row.status != "draft":
                return None
            kept = [*row.approvals, {"who": who, "at": at.isoformat()}]
            read = {} if row.approvals else said
            begun = {"status": "canary", "began_at": at} if len({each["who"] for each in kept}) >= needed else {}
            connection.execute(audit.insert(), audit_line(at, who, "campaign approve", f"campaign {number}"))
            return _set(connection, number, approvals=kept, **read, **begun)

    def move(self, number: int, origin: Sequence[str], at: datetime, who: str, **values: Any) -> Row[Any] | None:
        """Go on to another status from one of these; None if it was elsewhere. Stopped: what is unsent is cancelled."""
        with self._database.write() as connection:
            row = _locked(connection, number)
            if row is None or row.status not in origin:
                return None
            if values["status"] == "stopped":
                self._cancel(connection, number, str(values["why"]))
            what = f"campaign {values['status']}"
            line = audit_line(at, who, what, f"campaign {number}", str(values.get("why", "")))
            connection.execute(audit.insert(), line)
            return _set(connection, number, **values)

    def _cancel(self, connection: Connection, number: int, why: str) -> None:
        mine = select(recipient.c.delivery).where(recipient.c.campaign == number, recipient.c.delivery.is_not(None))
        unsent = delivery.c.id.in_(mine) & delivery.c.status.in_(WITHDRAWABLE)
        set_aside(connection, self._database, number, unsent, why)

    def counts(self, row: Row[Any], since: datetime) -> Counts:
        """Where its deliveries are; `recent` were made since then."""
        status = delivery.c.status
        made = recipient.c.made_at.is_not(None)
        query = (
            select(
                func.count().filter(made).label("made"),
                func.count().filter(status.in_(("due", "sending"))).label("open"),
                func.count().filter(status == "held").label("held"),
                func.count().filter(status == "done").label("sent"),
                func.count().filter(status == "failed").label("bounced"),
                func.count().filter(status == "in_doubt").label("in_doubt"),
                func.count().filter(recipient.c.made_at > since).label("recent"),
            )
            .select_from(recipient.outerjoin(delivery, delivery.c.id == recipient.c.delivery))
            .where(recipient.c.campaign == row.id, made)
        )
        with self._database.read() as connection:
            found = connection.execute(query).one()
            return Counts(**found._mapping, refused=_refused(connection, row.id, row.began_at))

    def pulse(self, row: Row[Any], since: datetime) -> Counts:
        """The same of one at work, each second: what went out is not counted, but what was made less what did not."""
        made = select(func.count(), func.count().filter(recipient.c.made_at > since))
        made = made.where(recipient.c.campaign == row.id, recipient.c.made_at.is_not(None))
        # `+ 0` keeps SQLite from walking through all recipients instead of finding those few by their customers
        mine = (recipient.c.campaign + 0 == row.id) & (recipient.c.delivery == delivery.c.id)
        query = (
            select(delivery.c.status, func.count())
            .join(recipient, mine & (recipient.c.customer == delivery.c.customer))
            .where(delivery.c.status.in_(NOT_OUT), delivery.c.created_at >= row.began_at)
            .group_by(delivery.c.status)
        )
        with self._database.read() as connection:
            all_of_them, recent = connection.execute(made).one()
            state: Counter[str] = Counter(dict(connection.execute(query).all()))
            return Counts(
                made=all_of_them,
                open=state["due"] + state["sending"],
                held=state["held"],
                sent=all_of_them - state.total(),
                bounced=state["failed"],
                in_doubt=state["in_doubt"],
                refused=_refused(connection, row.id, row.began_at),
                recent=recent,
            )

    def next_ones(self, number: int, limit: int, now: datetime) -> list[Row[Any]]:
        """The next to be told: their customers' rows, those first whose turn it is by `place`."""
        awake = or_(recipient.c.not_before.is_(None), recipient.c.not_before <= now)
        query = (
            select(customer, recipient.c.list)
            .join(recipient, recipient.c.customer == customer.c.id)
            .where(recipient.c.campaign == number, recipient.c.made_at.is_(None), recipient.c.excluded.is_(None), awake)
            .order_by(recipient.c.place)
            .limit(limit)
        )
        with self._database.read() as connection:
            return list(connection.execute(query))

    def forget_gone(self, number: int) -> int:
        """Recipients who left the registry meanwhile are told nothing; how many."""
        with self._database.write() as connection:
            here = select(customer.c.id).where(customer.c.id == recipient.c.customer)
            gone = (recipient.c.campaign == number) & recipient.c.made_at.is_(None) & recipient.c.excluded.is_(None)
            query = select(recipient.c.customer).where(gone, ~here.exists())
            ids = list(connection.execute(query).scalars())
            _leave_out(connection, number, dict.fromkeys(ids, "no longer in the registry"))
        return len(ids)

    def asleep(self, number: int, until: Mapping[str, datetime]) -> None:
        """Quiet hours where these live: they are not looked at before they end."""
        with self._database.write() as connection:
            for who, end in until.items():
                mine = (recipient.c.campaign == number) & (recipient.c.customer == who)
                connection.execute(update(recipient).where(mine).values(not_before=end))

    def sleepers(self, number: int, now: datetime) -> tuple[int, datetime | None]:
        """How many wait for the end of quiet hours where they live, and when the first of these end."""
        waits = (recipient.c.made_at.is_(None), recipient.c.excluded.is_(None), recipient.c.not_before > now)
        query = select(func.count(), func.min(recipient.c.not_before)).where(recipient.c.campaign == number, *waits)
        with self._database.read() as connection:
            count, first = connection.execute(query).one()
        return count, first

    def refused_for_now(self, number: int) -> tuple[int, Row[Any] | None]:
        """How many are tried again, and the first of them to be: `due_at`, and what the far side said."""
        return self._waiting(number, (delivery.c.status == "due") & (delivery.c.attempts > 0))

    def held_up(self, number: int) -> tuple[int, Row[Any] | None]:
        """How many the contact budget holds up, and the first of them that may go: `due_at`, and what is in the way."""
        return self._waiting(number, delivery.c.status == "held")

    def _waiting(self, number: int, which: ColumnElement[bool]) -> tuple[int, Row[Any] | None]:
        mine = (recipient.c.campaign == number) & which
        query = select(delivery.c.due_at, delivery.c.last_error, func.count().over().label("all"))
        query = query.join(recipient, recipient.c.delivery == delivery.c.id).where(mine).order_by(delivery.c.due_at)
        with self._database.read() as connection:
            row = connection.execute(query.limit(1)).first()
        return (int(row.all) if row else 0), row

    def make(self, row: Row[Any], written: Sequence[Written], lost: Mapping[str, str], at: datetime) -> int:
        """Make deliveries of these messages, while the campaign still sends; how many. `lost` get none, for a reason.

        Whoever was told at this stage, by this issue or one that was merged with it meanwhile, is left out.
        """
        with self._database.write() as connection:
            now = _locked(connection, row.id)
            if now is None or now.status not in AT_WORK:
                return 0
            known = told_before(connection, row.issue, row.stage, [each.customer for each in written])
            fresh = [each for each in written if each.customer not in known]
            _leave_out(connection, row.id, dict.fromkeys(known, ALREADY) | dict(lost))
            outbox.add(connection, self._database, [each.columns for each in fresh])
            self._made(connection, row, fresh, at)
        return len(fresh)

    def _made(self, connection: Connection, row: Row[Any], fresh: Sequence[Written], at: datetime) -> None:
        keys = [each.columns["key"] for each in fresh]
        ids = dict(connection.execute(select(delivery.c.customer, delivery.c.id).where(delivery.c.key.in_(keys))).all())
        about = {"issue": row.issue, "episode": row.episode, "stage": row.stage, "campaign": row.id, "at": at}
        lines = [
            about | {"person": each.customer, "customer": each.customer, "delivery": ids[each.customer]}
            | {"asked": each.asked}
            for each in fresh
        ]  # fmt: skip
        if lines:
            connection.execute(self._database.insert(IssueTold).on_conflict_do_nothing(), lines)
        made = [{"c": row.id, "who": each.customer, "at": at, "number": ids[each.customer]} for each in fresh]
        mine = (recipient.c.campaign == bindparam("c")) & (recipient.c.customer == bindparam("who"))
        values: dict[str, Any] = {"made_at": bindparam("at"), "delivery": bindparam("number")}
        many(connection, update(recipient).where(mine).values(values), made)

    def excluded(self, number: int) -> dict[str, dict[str, int]]:
        """Who is left out, by list and reason; those that are told stand under ""."""
        reason = func.coalesce(recipient.c.excluded, "")
        query = select(recipient.c.list, reason, func.count()).where(recipient.c.campaign == number)
        found: dict[str, dict[str, int]] = {}
        with self._database.read() as connection:
            for name, why, count in connection.execute(query.group_by(recipient.c.list, reason)):
                found.setdefault(name, {})[why] = count
        return found

    def receipts(self, number: int) -> list[Row[Any]]:
        """Each recipient with what became of the message: list, customer, excluded, status, at, external, error."""
        columns = [recipient.c[name] for name in ("list", "customer", "excluded", "not_before", "delivery")]
        outcome = (delivery.c.status, delivery.c.done_at, delivery.c.external, delivery.c.last_error, delivery.c.why)
        query = (
            select(*columns, *outcome)
            .select_from(recipient.outerjoin(delivery, delivery.c.id == recipient.c.delivery))
            .where(recipient.c.campaign == number)
            .order_by(recipient.c.place)
        )
        with self._database.read() as connection:
            return list(connection.execute(query))


def told_before(connection: Connection, issue: str, stage: str, persons: Sequence[str]) -> frozenset[str]:
    """Those of the persons who were told at this stage of this issue, or of one that it is merged with."""
    root = grouped.roots(connection, [issue])[issue]
    mine = told_now(connection, root) & (told.c.stage == stage)
    query = select(told.c.person).where(mine, told.c.person.in_(list(persons)))
    return frozenset(connection.execute(query).scalars())


def _refused(connection: Connection, number: int, since: datetime | None) -> int:
    """Recipients who opted out, said no, or spoke badly of us, after the message had reached them."""
    if since is None:
        return 0
    left = select(opt_out.c.person, opt_out.c.at).where(opt_out.c.at >= since)
    heard = (mention.c.label == "negative") & (mention.c.posted_at >= since) & mention.c.customer.is_not(None)
    bad = select(mention.c.customer, mention.c.posted_at).where(heard)
    no = select(told.c.person, told.c.answered_at).where(told.c.campaign == number, told.c.answer == "no")
    words = union_all(left, bad, no).subquery()
    who, at = words.c[0], words.c[1]
    query = (
        select(func.count(distinct(recipient.c.customer)))
        .join(words, who == recipient.c.customer)
        .join(delivery, delivery.c.id == recipient.c.delivery)
        .where(recipient.c.campaign + 0 == number, delivery.c.done_at <= at)
    )
    return int(connection.execute(query).scalar_one())


def _leave_out(connection: Connection, number: int, reasons: Mapping[str, str]) -> None:
    for who, why in reasons.items():
        mine = (recipient.c.campaign == number) & (recipient.c.customer == who)
        connection.execute(update(recipient).where(mine).values(excluded=why))
    if reasons:
        smaller = {"audience": campaign.c.audience - len(reasons)}
        connection.execute(update(campaign).where(campaign.c.id == number).values(smaller))


def _locked(connection: Connection, number: int) -> Row[Any] | None:
    return connection.execute(select(campaign).where(campaign.c.id == number).with_for_update()).first()


def _set(connection: Connection, number: int, **values: Any) -> Row[Any]:
    return connection.execute(update(campaign).where(campaign.c.id == number).values(values).returning(campaign)).one()
