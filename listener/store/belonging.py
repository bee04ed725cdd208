"""Whose an account is, and what follows when that changes: the history goes with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, bindparam, select

from listener.model.contact import OptOut
from listener.model.customer import Customer, Handle, Recognised
from listener.model.delivery import Contact
from listener.model.mention import Mention
from listener.model.registry import Key, Link, holder
from listener.store.engine import Database, chunks, table
from listener.store.moving import Move, counted_anew, join, split

customer, handle, mention, recognised = table(Customer), table(Handle), table(Mention), table(Recognised)
WITH_PERSONS = (mention.c.person, table(Contact).c.person, table(OptOut).c.person)


# made once: a batch of mentions asks it for each platform
LINKS = (
    select(handle.c.handle, handle.c.customer, handle.c.source, handle.c.evidence, handle.c.confidence)
    .select_from(handle.join(customer, customer.c.id == handle.c.customer))
    .where(handle.c.platform == bindparam("platform"), handle.c.state == "linked")
    .where(handle.c.handle.in_(bindparam("handles", expanding=True)))
)


def holders(connection: Connection, keys: Iterable[Key]) -> dict[Key, list[Link]]:
    """The customers that each of these belongs to, as far as they are in the registry."""
    found: dict[Key, list[Link]] = {}
    for platform, theirs in groupby(sorted(set(keys)), key=itemgetter(0)):
        for some in chunks([key[1] for key in theirs]):
            for row in connection.execute(LINKS, {"platform": platform, "handles": some}):
                found.setdefault((platform, row[0]), []).append(Link(*row[1:]))
    return found


def folded(written: str | None) -> str:
    """A handle as it is compared."""
    return (written or "").strip().lstrip("@").casefold()


def person_of(key: Key) -> str:
    """The person that an account is as long as nobody knows whose it is."""
    return ":".join(key)


def settle(
    connection: Connection, database: Database, keys: Sequence[Key], held: Mapping[Key, Sequence[Link]], at: datetime
) -> list[Move]:
    """Give the history of these accounts to whomever they belong to now. `held` is whose they were before."""
    named = [key for key in dict.fromkeys(keys) if not key[0].startswith("@")]
    if not named:
        return []
    with_history = [column for column in WITH_PERSONS if connection.execute(select(column).limit(1)).first()]
    strangers = _strangers(connection, with_history, named) if with_history else []
    before = {key: old.customer for key in named if key in held and (old := holder(held[key]))}
    now = holders(connection, {*strangers, *before})
    moves = []
    for key in dict.fromkeys((*before, *strangers)):
        owner = holder(now.get(key, ()))
        mine = owner.customer if owner else None
        if key in before and before[key] != mine:
            ids = said_by(connection, key, before[key])
            moves.append(split(connection, database, Move(before[key], mine or person_of(key), mine, key, ids), at))
        elif key in strangers and mine:
            moves.append(join(connection, database, Move(person_of(key), mine, mine, key), at))
    counted_anew(connection, (one for move in moves for one in move.issues), at)
    return moves


def _strangers(connection: Connection, columns: Sequence[Any], keys: Sequence[Key]) -> list[Key]:
    """Those of the accounts that something is kept about under their own name."""
    persons = {person_of(key): key for key in keys}
    found: set[str] = set()
    for some in chunks(list(persons)):
        for column in columns:
            found |= set(connection.execute(select(column).where(column.in_(some)).distinct()).scalars())
    return [persons[person] for person in sorted(found)]


def said_by(connection: Connection, key: Key, who: str, every: bool = False) -> tuple[int, ...]:
    """A customer's mentions that this account wrote; without `every`, but for those that are theirs by more."""
    columns = (mention.c.id, mention.c.platform, mention.c.author_handle)
    query = select(*columns).where(mention.c.person == who).order_by(mention.c.id)
    if not every:
        query = query.where(mention.c.id.not_in(select(recognised.c.mention).where(recognised.c.customer == who)))
    return tuple(row.id for row in connection.execute(query) if _key(row) == key)


def _key(row: Any) -> Key:
    return row.platform.casefold(), folded(row.author_handle)
