"""What an erasure leaves to people: the same data in other systems, and in messages that cannot be changed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import ColumnElement, Connection, and_, delete, or_, select

from listener.counted import counted
from listener.model.customer import ErasureTask
from listener.model.delivery import Delivery
from listener.model.ticket import Ticket, TicketTrack
from listener.store.endings import notices_of
from listener.store.engine import chunks, table

delivery, ticket, track = table(Delivery), table(Ticket), table(TicketTrack)

TOLD_ELSEWHERE = ("group", "summary")  # such an alert went out in another's message
Task: TypeAlias = tuple[str, str | None]  # what is to be erased, and where it can be seen


def left_to_people(
    connection: Connection, ids: Mapping[str, Sequence[int]], stays: Collection[str], erasure: str, at: datetime
) -> tuple[str, ...]:
    """Enter what people have to erase where we cannot. `ids`: the person's mentions and tickets."""
    tasks = list(dict.fromkeys(_tickets(connection, ids["ticket"]) + _messages(connection, ids, stays)))
    rows = [{"at": at, "erasure": erasure, "what": what, "url": url} for what, url in tasks]
    if rows:
        connection.execute(table(ErasureTask).insert(), rows)
    return tuple(" ".join(filter(None, task)) for task in tasks)


def _tickets(connection: Connection, tickets: Sequence[int]) -> list[Task]:
    """Tickets in other systems hold the person's data too. They are not followed any more."""
    create = track.outerjoin(delivery, delivery.c.key == track.c.mark + ":create")
    query = select(track, delivery.c.attempts).select_from(create).where(track.c.ticket.in_(tickets))
    outside: list[Task] = [
        (f"ticket {row.key or f'marked {row.mark}, if it was made,'} in {row.tracker}", row.url)
        for row in connection.execute(query)
        if row.key or row.attempts
    ]
    connection.execute(delete(track).where(track.c.ticket.in_(tickets)))
    for row in connection.execute(select(ticket.c.external).where(ticket.c.id.in_(tickets))):
        if row.external:
            outside.append((f"ticket {row.external.get('key')} in {row.external.get('kind')}", row.external.get("url")))
    return outside


def _messages(connection: Connection, ids: Mapping[str, Sequence[int]], stays: Collection[str]) -> list[Task]:
    """So do messages to our own people that quoted or named them, where nothing can be changed any more."""
    found: dict[str, set[tuple[int, datetime]]] = {}
    for which in _telling(connection, ids):
        sent = and_(delivery.c.status == "done", delivery.c.purpose == "internal", delivery.c.channel.in_(stays))
        query = select(delivery.c.channel, delivery.c.id, delivery.c.done_at, delivery.c.external).where(which, sent)
        for row in connection.execute(query):
            if (row.external or {}).get("kind") not in TOLD_ELSEWHERE:
                found.setdefault(row.channel, set()).add((row.id, row.done_at))
    return [(_sent(channel, sorted(at for _, at in rows)), None) for channel, rows in sorted(found.items())]


def _telling(connection: Connection, ids: Mapping[str, Sequence[int]]) -> Iterator[ColumnElement[bool]]:
    for some in chunks(ids["mention"]):
        about = delivery.c.mention.in_(some)
        alerts = select(delivery.c.alert).where(about, delivery.c.alert.is_not(None))
        yield or_(about, and_(delivery.c.alert.in_(alerts), delivery.c.mention.is_(None)))
    for some in chunks(notices_of(connection, ids["ticket"])):
        yield delivery.c.id.in_(some)


def _sent(channel: str, times: Sequence[datetime]) -> str:
    until = "" if times[0].date() == times[-1].date() else f" to {times[-1]:%Y-%m-%d}"
    return f"{counted(len(times), 'message')} by channel {channel}, sent {times[0]:%Y-%m-%d}{until}"
