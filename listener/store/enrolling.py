"""The registry as it is written: batch by batch with a mark, so that a crash goes on where it stopped.

Each batch is one transaction: customers and what belongs to them, mentions that change hands with it, and the mark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, delete, func, literal_column, select, update
from sqlalchemy.schema import CreateIndex, DropIndex

from listener.model.customer import Customer, Handle
from listener.model.house import Setting
from listener.model.registry import LISTED, Enrolled, Key, Listed, Mark
from listener.store.belonging import holders, settle
from listener.store.engine import Database, any_of, chunks, many, table

customer, handle, setting = table(Customer), table(Handle), table(Setting)

MARK = "customers being read"
BY_EMAIL = next(index for index in customer.indexes if index.columns.keys() == ["email"])
BY_ID: dict[str, Any] = {
    column.name: bindparam(column.name) for column in customer.c if column.name not in ("id", "added_at")
}
CHANGE = update(customer).where(customer.c.id == bindparam("number")).values(BY_ID)
NONE: frozenset[Key] = frozenset()
EVIDENCE = {"file": "listed in the customer file", "crm": "told by the CRM system"}


class Enrolling:
    """Customers come, change and go."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def mark(self) -> Mark | None:
        """How far a reading that did not end has come."""
        with self._database.read() as connection:
            kept = connection.execute(select(setting.c.value).where(setting.c.name == MARK)).scalar()
        return Mark(**{**kept, "problems": tuple(kept["problems"])}) if kept else None

    def begin(self) -> int:
        """A number that no reading had yet.

        The first one does without the index of addresses, which come in no order: to keep it up took a million
        customers 7 s of 25, to make it afterwards takes 2. `finish` and the daily upkeep make it anew.
        """
        with self._database.write() as connection:
            last = connection.execute(select(func.max(customer.c.generation))).scalar()
            if last is None:
                connection.execute(DropIndex(BY_EMAIL, if_exists=True))
        return int(last or 0) + 1

    def known(self, ids: Sequence[str]) -> dict[str, Row[Any]]:
        """Digest and generation of those that are in the registry."""
        with self._database.read() as connection:
            return _known(connection, ids)

    def listed(self, ids: Sequence[str]) -> dict[str, frozenset[Key]]:
        """What the registry lists as theirs, for each of these customers."""
        with self._database.read() as connection:
            return _listed_keys(connection, ids)

    def from_file(self, batch: Sequence[Listed], same: Sequence[str], mark: Mark, at: datetime) -> Mark:
        """Keep a batch of lines, and how far the reading has come with it. `same`: those that are as they were."""
        marks = {"origin": "file", "generation": mark.generation}
        with self._database.write() as connection:
            done = self._enrol(connection, batch, marks, at)
            if same:
                theirs = customer.c.id.in_(any_of(connection, "ids"))
                connection.execute(update(customer).where(theirs).values(marks), {"ids": list(same)})
            added, changed = mark.added + done.added, mark.changed + done.changed
            further = replace(mark, added=added, changed=changed, same=mark.same + len(same))
            self._put(connection, further)
        return further

    def from_crm(self, batch: Sequence[Listed], at: datetime) -> Enrolled:
        """Keep what a CRM system told. The customer file does not take it away again."""
        with self._database.write() as connection:
            return self._enrol(connection, batch, {"origin": "crm", "generation": 0}, at)

    def remove_unread(self, mark: Mark, at: datetime, most: int) -> Mark | None:
        """Take out some of the file's customers whom this reading did not have; None when there are no more."""
        gone = select(customer.c.id).where(customer.c.origin == "file", customer.c.generation < mark.generation)
        with self._database.write() as connection:
            ids = list(connection.execute(gone.limit(most)).scalars())
            if not ids:
                return None
            further = replace(mark, removed=mark.removed + self._remove(connection, ids, at))
            self._put(connection, further)
        return further

    def remove(self, ids: Sequence[str], at: datetime) -> int:
        """Take these customers out; how many there were."""
        with self._database.write() as connection:
            return self._remove(connection, ids, at)

    def finish(self, about: Mapping[str, Any]) -> None:
        """A reading has ended, with what is remembered of it."""
        self.index()
        with self._database.write() as connection:
            connection.execute(delete(setting).where(setting.c.name == MARK))
            self._keep(connection, "customers", about)

    def index(self) -> None:
        """The index of addresses is there, whatever became of the first reading."""
        with self._database.write() as connection:
            connection.execute(CreateIndex(BY_EMAIL, if_not_exists=True))

    def known_by_file(self, ids: Sequence[str]) -> list[str]:
        """Those of these customers who are in the registry by the file."""
        found: list[str] = []
        with self._database.read() as connection:
            for some in chunks(ids):
                mine = customer.c.id.in_(some), customer.c.origin == "file"
                found += connection.execute(select(customer.c.id).where(*mine)).scalars()
        return found

    def by_file(self) -> int:
        """How many customers are in the registry by the file."""
        with self._database.read() as connection:
            query = select(func.count()).select_from(customer).where(customer.c.origin == "file")
            return connection.execute(query).scalar_one()

    def claimed_twice(self, most: int) -> dict[Key, list[str]]:
        """What two customers claim by the registry, with both; it belongs to neither."""
        key = handle.c.platform, handle.c.handle
        # first of all links, along the key: to sort a million that are linked took 75 MB
        more = select(*key).group_by(*key).having(func.count() > 1).subquery()
        theirs = (handle.c.platform == more.c.platform) & (handle.c.handle == more.c.handle)
        listed = handle.c.source.in_(sorted(LISTED)) & (handle.c.state == "linked")
        twice = select(*key).join(more, theirs).where(listed).group_by(*key).having(func.count() > 1)
        twice = twice.order_by(*key).limit(most)
        with self._database.read() as connection:
            keys = [(row.platform, row.handle) for row in connection.execute(twice)]
            return {key: sorted(link.customer for link in links) for key, links in holders(connection, keys).items()}

    def _enrol(
        self, connection: Connection, batch: Sequence[Listed], marks: Mapping[str, Any], at: datetime
    ) -> Enrolled:
        known = _known(connection, [one.id for one in batch])
        new = [one for one in batch if one.id not in known]
        changed = [one for one in batch if one.id in known]
        many(connection, customer.insert(), [one.columns for one in new], {**marks, "added_at": at})
        many(connection, CHANGE, [{**one.columns, "number": one.id} for one in changed], marks)
        self._rekey(connection, new, changed, marks["origin"], at)
        return Enrolled(len(new), len(changed))

    def _rekey(
        self, connection: Connection, new: Sequence[Listed], changed: Sequence[Listed], origin: str, at: datetime
    ) -> None:
        """What belongs to these customers by the registry becomes what it says now; mentions follow."""
        before = _listed_keys(connection, [one.id for one in changed]) if changed else {}
        gone = [(key, one.id) for one in changed for key in before.get(one.id, NONE).difference(one.keys)]
        come = [(key, one.id) for one in changed for key in one.keys if key not in before.get(one.id, NONE)]
        come += [(key, one.id) for one in new for key in one.keys]
        held = holders(connection, [key for key, _ in (*gone, *come)]) if gone or changed else {}
        for key, who in gone:
            connection.execute(_of(key, who))
        about = {
            "source": origin,
            "evidence": EVIDENCE[origin],
            "confidence": 1.0,
            "state": "linked",
            "who": "",
            "since": at,
        }
        rows = [{"platform": key[0], "handle": key[1], "customer": who} for key, who in come]
        statement = self._database.insert(Handle)
        keys = ["platform", "handle", "customer"]
        # what was found out or decided before is now listed, and goes with the list; a person's word stays
        better = {name: getattr(statement.excluded, name) for name in ("source", "evidence", "confidence", "state")}
        found_out = handle.c.source != literal_column("'ops'")  # `many` binds the columns of rows only
        many(
            connection, statement.on_conflict_do_update(index_elements=keys, set_=better, where=found_out), rows, about
        )
        settle(connection, self._database, [key for key, _ in (*gone, *come)], held, at)

    def _remove(self, connection: Connection, ids: Sequence[str], at: datetime) -> int:
        before = _listed_keys(connection, ids, every=True)
        keys = [key for theirs in before.values() for key in theirs]
        held = holders(connection, keys)
        removed = 0
        for some in chunks(list(ids)):
            mine = handle.c.customer.in_(some) & (handle.c.source != "ops")
            connection.execute(delete(handle).where(mine))
            removed += connection.execute(delete(customer).where(customer.c.id.in_(some))).rowcount
        settle(connection, self._database, keys, held, at)
        return removed

    def _put(self, connection: Connection, mark: Mark) -> None:
        self._keep(connection, MARK, asdict(mark))

    def _keep(self, connection: Connection, name: str, value: Mapping[str, Any]) -> None:
        new = {"value": dict(value)}
        statement = self._database.insert(Setting).values(name=name, **new)
        connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=new))


def _of(key: Key, who: str) -> Any:
    mine = (handle.c.platform == key[0], handle.c.handle == key[1], handle.c.customer == who)
    return delete(handle).where(*mine, handle.c.source.in_(sorted(LISTED)))


def _known(connection: Connection, ids: Sequence[str]) -> dict[str, Row[Any]]:
    mine = customer.c.id.in_(any_of(connection, "ids"))
    query: Select[Any] = select(customer.c.id, customer.c.digest, customer.c.generation).where(mine)
    return {row.id: row for row in connection.execute(query, {"ids": list(ids)})}


def _listed_keys(connection: Connection, ids: Sequence[str], every: bool = False) -> dict[str, frozenset[Key]]:
    found: dict[str, set[Key]] = {}
    for some in chunks(ids):
        mine = select(handle).where(handle.c.customer.in_(some))
        query = mine if every else mine.where(handle.c.source.in_(sorted(LISTED)))
        for row in connection.execute(query):
            found.setdefault(row.customer, set()).add((row.platform, row.handle))
    return {who: frozenset(keys) for who, keys in found.items()}
