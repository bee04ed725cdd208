"""Tickets' counterparts in outside systems: what is ordered for them, what became of it, what is heard of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, or_, select, update

from listener.model.delivery import Delivery
from listener.model.mention import Mention
from listener.model.ticket import Ticket, TicketMention, TicketNote, TicketTrack
from listener.store.endings import COMING
from listener.store.engine import Database, table

delivery, mention = table(Delivery), table(Mention)
ticket, ticket_mention, ticket_note = table(Ticket), table(TicketMention), table(TicketNote)
track = table(TicketTrack)

TRACK = "track"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done in the outside system: create, comment, note, close or reopen.

    `about` makes it happen once.
    """

    op: str
    about: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Heard:
    """News of a counterpart: its status, what that makes of our ticket, the note, and whom we tell.

    `was` is the status that was known when it was asked for: what has changed since then is newer.
    """

    mark: str
    was: str
    status: str
    at: datetime
    who: str
    what: str = ""
    text: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    notices: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A ticket as an outside system is told of it; `mention` the complaint in question, None where it was deleted.

    `note` is the note in question.
    """

    ticket: Row[Any]
    track: Row[Any]
    mention: Row[Any] | None
    note: Row[Any] | None = None


def begin(connection: Connection, database: Database, number: int, tracker: str, house: str, at: datetime) -> str:
    """From now on that tracker follows the ticket: the order to open it there; its mark."""
    mark = f"listener-{house}-{number}-{at:%y%m%d%H%M%S}"
    values = {"mark": mark, "ticket": number, "tracker": tracker, "status": "open", "made_at": at, "asked_at": at}
    connection.execute(track.insert(), values)
    order(connection, database, number, Order("create", ""), at)
    return mark


def order(connection: Connection, database: Database, number: int, what: Order, at: datetime) -> None:
    """A delivery to the ticket's counterpart, where it has one that is not gone; ordered once."""
    found = connection.execute(_current(number)).first()
    if found is None:
        return
    whose = connection.execute(select(ticket.c.person, ticket.c.customer).where(ticket.c.id == number)).one()
    values = dict.fromkeys(("rule", "mention", "issue", "expires_at", "last_error", "decided_by", "why", "external"))
    values |= {"purpose": "internal", "mode": "live", "status": "due", "attempts": 0, "told": 0, "message": {}}
    values |= {
        "key": ":".join(filter(None, (found.mark, what.op, what.about))),
        "action": TRACK,
        "channel": found.tracker,
        "person": whose.person,
        "customer": whose.customer,
        "due_at": at,
        "created_at": at,
        "text": f"ticket {number}: {what.op} it in {found.tracker}",
        "options": {"ticket": number, "mark": found.mark, "op": what.op, **what.options},
        "reservations": [],
    }
    statement = database.insert(Delivery).values(values)
    connection.execute(statement.on_conflict_do_nothing(index_elements=["key"]))


def carried(connection: Connection, row: Row[Any], external: Mapping[str, Any] | None, at: datetime) -> None:
    """A delivery to a counterpart arrived: keep what it is called there, and the status that we gave it."""
    if row.action != TRACK:
        return
    mine = track.c.mark == row.options["mark"]
    status = {"close": "closed", "reopen": "open"}.get(row.options["op"])
    if status:
        # it is not asked for at once: some systems show their own changes late
        connection.execute(update(track).where(mine).values(status=status, asked_at=at))
    if row.options["op"] == "create" and external:
        named = update(track).where(mine).values(key=external["key"], url=external["url"])
        # none is followed where the person was erased meanwhile
        for number in connection.execute(named.returning(track.c.ticket)).scalars():
            connection.execute(update(ticket).where(ticket.c.id == number).values(external=dict(external)))


def _turns(mark: str) -> ColumnElement[bool]:
    """Our orders to close this counterpart or to open it again."""
    return or_(*(delivery.c.key.startswith(f"{mark}:{op}:", autoescape=True) for op in ("close", "reopen")))


def _current(number: int) -> Any:
    mine = (track.c.ticket == number) & (track.c.status != "gone")
    return select(track).where(mine).order_by(track.c.made_at.desc()).limit(1)


class Tracks:
    """What the daemon asks of counterparts, and keeps of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def case(self, mark: str, number: int | None, note: int | None = None) -> Case | None:
        """What a delivery is about: the mention or the note of that number, or the first complaint of the ticket."""
        with self._database.read() as connection:
            found = connection.execute(select(track).where(track.c.mark == mark)).first()
            if found is None:
                return None
            one = connection.execute(select(ticket).where(ticket.c.id == found.ticket)).one()
            first = (
                select(ticket_mention.c.mention)
                .where(ticket_mention.c.ticket == found.ticket)
                .order_by(ticket_mention.c.at, ticket_mention.c.mention)
                .limit(1)
            )
            which = mention.c.id == (number if number is not None else first.scalar_subquery())
            said = connection.execute(select(mention).where(which, mention.c.gone_at.is_(None))).first()
            written = connection.execute(select(ticket_note).where(ticket_note.c.id == note)).first() if note else None
        return Case(one, found, said, written)

    def current(self, number: int) -> Row[Any] | None:
        """The counterpart of a ticket that is not gone."""
        with self._database.read() as connection:
            return connection.execute(_current(number)).first()

    def begin(self, number: int, tracker: str, house: str, at: datetime) -> str:
        """Open the ticket in an outside system; its mark there."""
        with self._database.write() as connection:
            return begin(connection, self._database, number, tracker, house, at)

    def to_ask(self, tracker: str, before: datetime, limit: int) -> list[Row[Any]]:
        """Counterparts that somebody may have worked on and that were not asked for since then, longest ago first.

        Closed ones are asked for too while our ticket is young enough to be won back: they may be reopened there.
        """
        mine = (track.c.tracker == tracker) & (track.c.status != "gone") & track.c.key.is_not(None)
        ours = or_(ticket.c.status != "closed", ticket.c.look_at.is_not(None), track.c.status != "closed")
        due = or_(track.c.asked_at.is_(None), track.c.asked_at <= before)
        query = select(track).join(ticket, ticket.c.id == track.c.ticket).where(mine, ours, due)
        # NULL is first or last as the database likes: what a webhook named comes first here
        query = query.order_by(track.c.asked_at.is_not(None), track.c.asked_at).limit(limit)
        with self._database.read() as connection:
            return list(connection.execute(query))

    def overtaken(self, order: Row[Any]) -> bool:
        """Whether the ticket was closed or opened again after this was ordered: only the last of these counts."""
        later = _turns(order.options["mark"]) & (delivery.c.id > order.id)
        with self._database.read() as connection:
            return connection.execute(select(delivery.c.id).where(later).limit(1)).first() is not None

    def ordered(self, mark: str) -> bool:
        """Whether we closed it or opened it again and that is still on its way there."""
        coming = _turns(mark) & delivery.c.status.in_(COMING)
        with self._database.read() as connection:
            return connection.execute(select(delivery.c.id).where(coming).limit(1)).first() is not None

    def asked(self, marks: Sequence[str], at: datetime) -> None:
        """They were asked for."""
        with self._database.write() as connection:
            connection.execute(update(track).where(track.c.mark.in_(marks)).values(asked_at=at))

    def ask_now(self, tracker: str, name: str) -> Row[Any] | None:
        """Somebody told us of this counterpart, by its key or our mark: it is asked for at the next beat."""
        mine = (track.c.tracker == tracker) & or_(track.c.key == name, track.c.mark == name)
        statement = update(track).where(mine, track.c.status != "gone").values(asked_at=None).returning(track)
        with self._database.write() as connection:
            return connection.execute(statement).first()

    def of(self, tracker: str, name: str) -> Row[Any] | None:
        """A counterpart by its key or our mark."""
        mine = (track.c.tracker == tracker) & or_(track.c.key == name, track.c.mark == name)
        with self._database.read() as connection:
            return connection.execute(select(track).where(mine)).first()

    def heard(self, news: Heard) -> bool:
        """Take over what happened there, together with whom we tell of it; false when it changed meanwhile."""
        changed = (track.c.mark == news.mark) & (track.c.status == news.was)
        with self._database.write() as connection:
            statement = update(track).where(changed).values(status=news.status, asked_at=news.at)
            number = connection.execute(statement.returning(track.c.ticket)).scalar()
            if number is None:
                return False
            if news.values:
                connection.execute(update(ticket).where(ticket.c.id == number).values(dict(news.values)))
            if news.what:
                note = {"ticket": number, "at": news.at, "who": news.who, "what": news.what, "text": news.text}
                connection.execute(ticket_note.insert(), note)
            if news.notices:
                statement = self._database.insert(Delivery).on_conflict_do_nothing(index_elements=["key"])
                connection.execute(statement, [dict(notice) for notice in news.notices])
        return True
