"""Transaction [2]: verdict, decision, reserved limits, tickets and deliveries of a batch of mentions, together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, func, or_, select, union, update

from listener.model.contact import Standing
from listener.model.delivery import Contact, Delivery
from listener.model.handling import Handling
from listener.model.mention import Decision, Mention
from listener.model.plan import Judgement, Ordered, TicketPlan
from listener.model.registry import Recognition
from listener.model.ticket import Ticket
from listener.store import (
    alerts,
    moving,
    outbox,
    person_records,
    rates,
    recognising,
    references,
    reviews,
    silences,
    tickets,
)
from listener.store.card_rows import CardRows
from listener.store.circle import Talks, Word
from listener.store.endings import ASIDE
from listener.store.engine import Database, many, table
from listener.store.gifts import Giving
from listener.store.grounds import IssueTurn
from listener.store.hearing import Hearing
from listener.store.inviting import Inviting
from listener.store.ledger import StoredHistory, StoredLedger
from listener.store.moving import Move
from listener.store.person_records import PersonRecord
from listener.store.reach import Standings
from listener.store.walks import Walks
from rules.terms import Mute

mention, decision, delivery = table(Mention), table(Decision), table(Delivery)
contact, ticket = table(Contact), table(Ticket)

COPY_DAYS = 14
COPY_COLUMNS = ("brand", "copy_a", "copy_b", "simhash", "duplicate_of", "label", "own", "fence")


class Written(NamedTuple):
    """By whom and in which conversation ("": in none) a mention was written."""

    person: str
    thread: str


class Turn:
    """One open transaction in which a batch of mentions is decided."""

    def __init__(self, connection: Connection, database: Database, at: datetime) -> None:
        self._connection = connection
        self._database = database
        self._at = at
        self.ledger = StoredLedger(connection, database)
        self.giving = Giving(connection, database, at)
        self.inviting = Inviting(connection, database, at)
        self.issues = IssueTurn(connection, database, at)
        self.hearing = Hearing(connection)
        self.walks = Walks(connection)
        self.card_rows = CardRows(connection)
        self._standings = Standings(connection, at)
        self._joinable = tickets.Joinable(connection, at)
        self.talks = Talks(connection, database, at, self._joinable)

    def claim(self, ids: Sequence[int], read_at: datetime) -> frozenset[int]:
        """Those of the mentions that nobody else decided and no edit changed since they were read."""
        still = or_(mention.c.edited_at.is_(None), mention.c.edited_at <= read_at)
        statement = (
            update(mention)
            .where(mention.c.id.in_(ids), mention.c.decided_at.is_(None), still)
            .values(decided_at=self._at)
            .returning(mention.c.id)
        )
        return frozenset(self._connection.execute(statement).scalars())

    def keep_judgements(self, judgements: Iterable[Judgement]) -> None:
        """Verdict, person and first copy of each mention."""
        rows = [_judged(judgement) for judgement in judgements]
        if rows:
            values: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "number"}
            statement = update(mention).where(mention.c.id == bindparam("number")).values(values)
            many(self._connection, statement, rows)

    def pass_on(self, moves: Sequence[Move]) -> None:
        """Mentions that were somebody else's until now, or nobody's."""
        moved = [moving.pass_on(self._connection, self._database, move, self._at) for move in moves]
        moving.counted_anew(self._connection, (one for move in moved for one in move.issues), self._at)

    def close_ours(self, ids: Sequence[int]) -> None:
        """Tickets about these mentions alone, which our own accounts wrote."""
        tickets.close_ours(self._connection, self._database, ids, self._at)

    def recognise(self, found: Sequence[Recognition]) -> None:
        """What was found out about who wrote these mentions."""
        recognising.keep(self._connection, self._database, found, self._at)

    def mutes(self) -> tuple[Mute, ...]:
        """The silences in force."""
        return silences.in_force(self._connection, self._at)

    def known_rates(self) -> dict[str, rates.Rate]:
        """What the brake knows of the rules in their present modes."""
        return rates.present(self._connection)

    def fired_since(self, since: datetime) -> dict[str, int]:
        """How often each live rule acted since then."""
        return rates.fired_since(self._connection, since)

    def keep_rates(
        self, fired: Mapping[str, int], measured: Iterable[rates.Rate], notices: Sequence[Mapping[str, Any]]
    ) -> None:
        """What rules did in this turn, what was measured of them, and the news that the brake holds some."""
        rates.count(self._connection, self._database, fired, self._at)
        rates.keep(self._connection, self._database, measured)
        outbox.add(self._connection, self._database, notices)

    def history(self, number: int) -> StoredHistory:
        """Stored mentions, seen from this one."""
        return StoredHistory(self._connection, number, self._at)

    def records(
        self, persons: Sequence[str], windows: Sequence[int], advocacy: bool = False
    ) -> dict[str, PersonRecord]:
        """What is known of each person: mentions in windows (days), contacts, an open ticket, an opt-out."""
        return person_records.of(self._connection, persons, windows, self._at, advocacy)

    def standing(self, person: str, customer: str | None, purpose: str) -> Standing:
        """How this person stands with us, for the contact budget."""
        return self._standings.of(person, customer, purpose)

    def expect(self, counters: Iterable[str], reaching: Mapping[int, Written], complaints: Mapping[int, str]) -> None:
        """Read now and together what settling many decisions will ask for one by one; it may ask for more.

        `counters`: keys of the ledger. `reaching`: the mentions whose authors are to be reached. `complaints`: those
        that want a ticket, with their persons.
        """
        self.ledger.expect(counters)
        self._standings.expect(list(reaching))
        self.giving.expect((one.person for one in reaching.values()), (one.thread for one in reaching.values()))
        self._joinable.expect(complaints)

    def ordered_before(self, ids: Sequence[int]) -> dict[int, frozenset[tuple[str, str, str]]]:
        """(rule, action, channel) that were ordered for each mention by an earlier decision about it."""
        columns = (delivery.c.mention, delivery.c.rule, delivery.c.action, delivery.c.channel)
        # what a correction cancelled is set aside under such a key: it may be ordered again
        theirs = delivery.c.mention.in_(ids) & delivery.c.key.not_like(f"%{ASIDE}%")
        found: dict[int, set[tuple[str, str, str]]] = {}
        for row in self._connection.execute(select(*columns).where(theirs)):
            # a letter's channel is the house's, not the rule's
            found.setdefault(row.mention, set()).update(
                (row.rule or "", row.action, channel) for channel in (row.channel or "", "")
            )
        return {number: frozenset(keys) for number, keys in found.items()}

    def pause_references(self, causes: Mapping[str, str]) -> None:
        """Customers whose reference must rest now, each with its cause; their takedown lists open with it."""
        if causes:
            references.pause(self._connection, causes, self._at)

    def outbreak(self, issue: str) -> None:
        """Customers whom this outbreak touches do not serve as references for now."""
        reviews.struck(self._connection, issue, self._at)

    def open_ticket(self, plan: TicketPlan) -> tickets.Joined:
        """Open a ticket, or join or reopen the person's latest."""
        self.talks.in_care(plan.person)
        joined = tickets.open_or_join(self._connection, self._database, plan, self._at, self._joinable)
        if joined.how != "had":
            self._standings.opened(plan.person, joined.ticket)
        return joined

    def take_up(self, row: Row[Any], word: Word, handling: Handling) -> str:
        """An answer joins the ticket of its conversation; how, "" where it had before."""
        how = self.talks.take_up(row, word, handling)
        if how == "reopened":
            self._standings.opened(word.person, row.id)
        return how

    def assign(self, number: int, owner: str, rule: str) -> None:
        """The ticket of this mention, where it has one, is this person's."""
        self._joinable.flush()
        tickets.assign(self._connection, number, owner, rule, self._at)

    def order(self, row: Mapping[str, Any]) -> None:
        """A delivery that no rule ordered."""
        outbox.add(self._connection, self._database, [row])

    def note(self, ticket: int, what: str, text: str) -> None:
        """Something that the house found out, written on a ticket."""
        self._joinable.flush()  # what happened to a ticket is read in this order
        tickets.note(self._connection, ticket, self._at, "listener", what, text)

    def flush(self) -> None:
        """Write what was kept back to be written together."""
        self.ledger.flush()
        self._joinable.flush()

    def keep(self, orders: Sequence[Ordered]) -> None:
        """Decisions and the deliveries that they order."""
        if not orders:
            return
        many(self._connection, decision.insert(), [order.decision for order in orders])
        rows = [row for order in orders for row in order.deliveries]
        outbox.add(self._connection, self._database, alerts.enlist(self._connection, self._database, rows, self._at))
        silences.count_suppressed(self._connection, [order.decision for order in orders], self._at)
        for order in orders:
            if order.tags:
                one = mention.c.id == order.decision["mention"]
                self._connection.execute(update(mention).where(one).values(tags=list(order.tags)))


def _judged(judgement: Judgement) -> dict[str, Any]:
    verdict = judgement.verdict
    return {
        "number": judgement.mention,
        "person": judgement.person,
        "customer": judgement.customer,
        "duplicate_of": judgement.duplicate_of,
        "label": verdict.label,
        "score": verdict.score,
        "confidence": verdict.confidence,
        "engine": verdict.engine,
        "language": verdict.language,
        "topic": verdict.topic,
        "fence": verdict.fence,
        "verdict": {
            "evidence": [[e.what, e.value, e.origin] for e in verdict.evidence],
            "topics": verdict.topics,
            "topic_by": verdict.topic_by,
            "drivers": verdict.drivers,
            "tags": verdict.tags,
            "intent": verdict.intent,
            "lean": verdict.lean,
            "whole": verdict.whole,
            "plain": verdict.plain,
        },
    }


class Judging:
    """The queue of mentions that wait for a decision, and the transaction that decides them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(self, limit: int) -> list[Row[Any]]:
        """Mentions without a decision, oldest first."""
        query = select(mention).where(mention.c.decided_at.is_(None)).order_by(mention.c.id).limit(limit)
        with self._database.read() as connection:
            return list(connection.execute(query))

    @contextmanager
    def turn(self, at: datetime) -> Iterator[Turn]:
        """Transaction [2]."""
        with self._database.write() as connection:
            turn = Turn(connection, self._database, at)
            yield turn
            turn.flush()

    @contextmanager
    def look(self, at: datetime) -> Iterator[Turn]:
        """The same view, to be read only."""
        with self._database.read() as connection:
            yield Turn(connection, self._database, at)

    @contextmanager
    def past(self, number: int, at: datetime) -> Iterator[StoredHistory]:
        """Stored mentions as a decision of that time counts them, for explaining it."""
        with self._database.read() as connection:
            yield StoredHistory(connection, number, at)

    def possible_copies(self, rows: Sequence[Row[Any]]) -> list[Row[Any]]:
        """Mentions before these, of the last two weeks, that share a copy key with one of them.

        Of those that say the same, and count alike, the first.
        """
        a = [row.copy_a for row in rows if row.copy_a is not None]
        b = [row.copy_b for row in rows if row.copy_b is not None]
        # by themselves, as SQLite else goes over the time or the ids where it knows no figures of a store that grew
        alike = union(
            select(mention.c.id).where(mention.c.copy_a.in_(a)), select(mention.c.id).where(mention.c.copy_b.in_(b))
        )
        # the first of those that are the same in everything: of a text that goes round there are thousands
        same = [mention.c[name] for name in COPY_COLUMNS]
        query = select(func.min(mention.c.id).label("id"), *same).where(
            mention.c.id.in_(alike),
            mention.c.posted_at > min(row.posted_at for row in rows) - timedelta(days=COPY_DAYS),
            mention.c.id < min(row.id for row in rows),
            mention.c.gone_at.is_(None),
        )
        with self._database.read() as connection:
            return list(connection.execute(query.group_by(*same).order_by(func.min(mention.c.id))))
