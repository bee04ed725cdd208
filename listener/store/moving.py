"""A person's history changes hands: all of an account's when it is linked, only its own when a link is undone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import product
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, or_, select, update
from sqlalchemy.exc import IntegrityError

from listener.model import all_tables
from listener.model.contact import OptOut
from listener.model.customer import Customer
from listener.model.delivery import Delivery
from listener.model.issue import IssueMoved
from listener.model.mention import Decision, Mention
from listener.model.registry import Key
from listener.model.ticket import Ticket, TicketMention, TicketNote
from listener.store import grouped
from listener.store.endings import INSIDE, OUTWARD, set_aside
from listener.store.engine import Database, chunks, many, table
from listener.store.ledger import StoredLedger, reservation_as_json, reservation_from_json
from rules.limits import LANES
from rules.terms import MaxAge, Reservation

delivery, mention, ticket, ticket_mention = table(Delivery), table(Mention), table(Ticket), table(TicketMention)
opt_out, ticket_note, moved, decision = table(OptOut), table(TicketNote), table(IssueMoved), table(Decision)
customer = table(Customer)
ON_WHAT = ("mention", "delivery", "ticket")
ACTED_ON = MaxAge().tickets  # as shipped no rule acts on an older post
SENT = ("done", "in_doubt", "sending")


@dataclass(frozen=True, slots=True)
class Move:
    """One account's history goes from one person to another (`customer` is None for a stranger).

    `mentions`: what goes when only a part does. Afterwards: `cancelled` deliveries that were still to go out to the
    wrong person, and `sent`, those that had gone already; `issues` are those in which what went counts.
    """

    was: str
    person: str
    customer: str | None
    key: Key
    mentions: tuple[int, ...] = ()
    cancelled: tuple[int, ...] = ()
    sent: tuple[int, ...] = ()
    issues: frozenset[str] = frozenset()


def join(connection: Connection, database: Database, move: Move, at: datetime) -> Move:
    """Everything kept about a stranger is now the customer's; an opt-out of theirs counts for the customer too."""
    issues = _issues(connection, mention.c.person == move.was)
    _assign(connection, move, at)
    _carry_limits(connection, database, delivery.c.person == move.was, move)
    _carry_marks(connection, database, mention.c.person == move.was, move)
    for kept in with_persons():
        if kept is not opt_out:
            _hand_over(connection, kept, kept.c.person == move.was, move)
    _carry_opt_out(connection, database, move, at)
    return replace(move, issues=issues)


def split(connection: Connection, database: Database, move: Move, at: datetime) -> Move:
    """What one account said goes to another person; what was on its way because of the wrong match is cancelled."""
    moved = pass_on(connection, database, move, at)
    cancelled, sent = (_mentions_of(connection, ids) for ids in (moved.cancelled, moved.sent))
    _judge_again(connection, cancelled, {*move.mentions} - sent, at)
    return moved


def pass_on(connection: Connection, database: Database, move: Move, at: datetime) -> Move:
    """These mentions are another person's, with all that hangs on them; the caller has them judged again."""
    if not move.mentions:
        return move
    theirs = and_(delivery.c.person == move.was, delivery.c.mention.in_(move.mentions))
    outward = and_(theirs, delivery.c.purpose.in_(OUTWARD), delivery.c.action.not_in(INSIDE))
    reached = select(delivery.c.id).where(outward, delivery.c.status.in_(SENT))
    sent = tuple(connection.execute(reached).scalars())
    gone = set_aside(connection, database, theirs, f"{':'.join(move.key)} is not {move.was}", at)
    _carry_limits(connection, database, theirs, move)
    _carry_marks(connection, database, mention.c.id.in_(move.mentions), move)
    tickets = _split_tickets(connection, move, at)
    ids = tuple(connection.execute(select(delivery.c.id).where(theirs)).scalars())
    for kept in with_persons():
        clause = _about(kept, move.mentions, ids, tickets)
        if clause is not None:
            _hand_over(connection, kept, and_(kept.c.person == move.was, clause), move)
    issues = _issues(connection, mention.c.id.in_(move.mentions))
    return replace(move, cancelled=tuple(row.id for row in gone), sent=sent, issues=issues)


def _mentions_of(connection: Connection, deliveries: Sequence[int]) -> set[int]:
    return set(connection.execute(select(delivery.c.mention).where(delivery.c.id.in_(deliveries))).scalars())


def counted_anew(connection: Connection, issues: Iterable[str], at: datetime) -> None:
    """The persons and customers of issues whose mentions changed hands, at once; the next look judges these anew."""
    ids = sorted(set(issues))
    grouped.recount(connection, ids)
    many(connection, moved.insert(), [{"issue": one, "at": at} for one in ids])


def _issues(connection: Connection, which: ColumnElement[bool]) -> frozenset[str]:
    query = select(mention.c.issue).where(which, mention.c.issue.is_not(None)).distinct()
    return frozenset(connection.execute(query).scalars())


def _judge_again(connection: Connection, cancelled: set[int], unanswered: set[int], at: datetime) -> None:
    """For whose they are: posts whose deliveries were cancelled, and new ones that nobody has been answered about.

    Rules may want for the one what they did not for the other; a post that was answered is not answered twice.
    """
    connection.execute(update(mention).where(mention.c.id.in_(cancelled)).values(decided_at=None))
    for some in chunks(sorted(unanswered - cancelled)):
        new = mention.c.id.in_(some) & (mention.c.posted_at > at - ACTED_ON) & mention.c.gone_at.is_(None)
        connection.execute(update(mention).where(new).values(decided_at=None))


def with_persons() -> Iterator[Table]:
    """Every table that says of whom its rows are."""
    return (kept for kept in all_tables().sorted_tables if "person" in kept.c)


def _about(
    kept: Table, mentions: Sequence[int], deliveries: Sequence[int], tickets: Sequence[int]
) -> ColumnElement[bool] | None:
    """Rows that hang on these mentions, or on deliveries and tickets about them; None: nothing tells."""
    ids = {"mention": mentions, "delivery": deliveries, "ticket": tickets}
    if kept.name in ids:
        return kept.c.id.in_(ids[kept.name])
    hangs = [kept.c[name].in_(ids[name]) for name in ON_WHAT if name in kept.c]
    return or_(*hangs) if hangs else None


def _hand_over(connection: Connection, kept: Table, clause: ColumnElement[bool], move: Move) -> None:
    new: dict[str, Any] = {"person": move.person} | ({"customer": move.customer} if "customer" in kept.c else {})
    try:
        with connection.begin_nested():
            connection.execute(update(kept).where(clause).values(new))
    except IntegrityError:  # the other person has such a row already: theirs counts
        _one_by_one(connection, kept, clause, new)


def _one_by_one(connection: Connection, kept: Table, clause: ColumnElement[bool], new: dict[str, Any]) -> None:
    primary = list(kept.primary_key.columns)
    for row in list(connection.execute(select(*primary).where(clause))):
        this = and_(*(column == value for column, value in zip(primary, row, strict=True)))
        try:
            with connection.begin_nested():
                connection.execute(update(kept).where(this).values(new))
        except IntegrityError:
            continue


def _split_tickets(connection: Connection, move: Move, at: datetime) -> tuple[int, ...]:
    """Tickets that are about these mentions alone; of one that is about others too, a part becomes a ticket."""
    mine = select(ticket_mention.c.ticket).where(ticket_mention.c.mention.in_(move.mentions)).distinct()
    query = select(ticket).where(ticket.c.id.in_(mine), ticket.c.person == move.was).order_by(ticket.c.id)
    return tuple(_own_ticket(connection, row, move, at) for row in list(connection.execute(query)))


def _own_ticket(connection: Connection, row: Any, move: Move, at: datetime) -> int:
    hangs = ticket_mention.c.ticket == row.id
    others = select(ticket_mention.c.mention).where(hangs, ticket_mention.c.mention.not_in(move.mentions))
    if connection.execute(others.limit(1)).first() is None:
        return int(row.id)
    copy = {**row._mapping, "external": None}
    del copy["id"]
    number = int(connection.execute(ticket.insert().values(copy).returning(ticket.c.id)).scalar_one())
    moved = and_(hangs, ticket_mention.c.mention.in_(move.mentions))
    connection.execute(update(ticket_mention).where(moved).values(ticket=number))
    told = {row.id: f"ticket {number} took over what {':'.join(move.key)} said", number: f"was part of ticket {row.id}"}
    about = {"at": at, "who": "listener", "what": "split"}
    notes = [{"ticket": which, "text": text, **about} for which, text in told.items()]
    connection.execute(ticket_note.insert(), notes)
    return number


def _assign(connection: Connection, move: Move, at: datetime) -> None:
    """Tickets of the stranger that nobody took yet go to whoever looks after the customer."""
    whose = select(customer.c.owner, customer.c.owner_role).where(customer.c.id == move.customer)
    known = connection.execute(whose).first()
    owner = (known.owner or known.owner_role) if known else None
    if not owner or known is None:
        return
    nobodys = (ticket.c.person == move.was) & ticket.c.owner.is_(None) & (ticket.c.status != "closed")
    taken = update(ticket).where(nobodys).values(owner=owner, owner_role=known.owner_role or None)
    why = f"{owner}: looks after {move.customer}, whose ticket it is now"
    about = {"at": at, "who": "listener", "what": "assigned", "text": why}
    ids = connection.execute(taken.returning(ticket.c.id)).scalars()
    many(connection, ticket_note.insert(), [{"ticket": number, **about} for number in ids])


def _carry_opt_out(connection: Connection, database: Database, move: Move, at: datetime) -> None:
    said = connection.execute(select(opt_out.c.how).where(opt_out.c.person == move.was)).scalar()
    if said is not None:
        values = {"person": move.person, "at": at, "how": f"as {move.was}: {said}"}
        connection.execute(database.insert(OptOut).values(values).on_conflict_do_nothing())


def _carry_limits(connection: Connection, database: Database, clause: ColumnElement[bool], move: Move) -> None:
    """What was done for the one counts for the other: a limit is about one person."""
    ledger = StoredLedger(connection, database)
    taken = and_(clause, delivery.c.status.not_in(("rejected", "expired", "cancelled")))
    for row in list(connection.execute(select(delivery.c.id, delivery.c.reservations).where(taken))):
        kept = [reservation_from_json(held) for held in row.reservations]
        carried = [_carried(ledger, held, move) for held in kept]
        if carried != kept:
            values = {"reservations": [reservation_as_json(held) for held in carried]}
            connection.execute(update(delivery).where(delivery.c.id == row.id).values(values))
    ledger.flush()


def _carry_marks(connection: Connection, database: Database, which: ColumnElement[bool], move: Move) -> None:
    """That a rule fired for the one, which blocks others for a while, and that a ticket was opened, go along too."""
    ledger = StoredLedger(connection, database)
    rows = select(decision.c.at, decision.c.fired).join(mention, mention.c.id == decision.c.mention).where(which)
    for at, fired in list(connection.execute(rows)):
        rules = [f"blocks:{rule}" for rule in fired]
        for lane, mark in product(("", *LANES.values()), [*rules, "open_ticket::per_person"] if rules else []):
            ledger.carry(f"{lane}{mark}:{move.was}", f"{lane}{mark}:{move.person}", at)
    ledger.flush()


def _carried(ledger: StoredLedger, held: Reservation, move: Move) -> Reservation:
    key = held.counter.key
    if f":{move.was}:" not in f":{key}:":
        return held
    return ledger.transfer(held, key.replace(move.was, move.person, 1))
