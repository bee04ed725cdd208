"""Lists at a glance: rows of a store without the models, whose import alone takes longer than a list may."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeAlias

from listener.store.revision import newest_revision
from listener.store.trouble import BUSY_SECONDS, StoreTrouble, with_cure

if TYPE_CHECKING:
    from listener.store.whole import Store

PAGE = 500
USUAL = timedelta(days=14)  # what is usual at a source is counted over so long
CONVERTERS: Mapping[str, Callable[[bytes], Any]] = {
    "JSON": json.loads,
    "BOOLEAN": lambda kept: kept == b"1",
    "DATETIME": lambda kept: datetime.fromisoformat(kept.decode()).replace(tzinfo=UTC),
}

Record: TypeAlias = Any  # a row whose columns are attributes, from here or from SQLAlchemy
Query: TypeAlias = Callable[[str, Mapping[str, Any]], Iterable[Record]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows a list shows. `since` is included, `until` is not.

    What follows `limit` is asked of contacts only, `status` of deliveries. `person` is a customer's id, or an account
    as platform:name.
    """

    since: datetime | None = None
    until: datetime | None = None
    brand: str | None = None
    source: str | None = None
    id: str | int | None = None
    limit: int = 50
    person: str | None = None
    purpose: str | None = None
    channel: str | None = None
    rule: str | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """One list over table `t`: its order, the time and the key it is asked for, and how rows hang on mentions `m`."""

    table: str
    order: str
    time: str
    key: str
    tie: str
    besides: str = "1 = 1"

    def clauses(self) -> dict[str, str]:
        """What each field of `Wanted` asks of a row."""
        about = f"EXISTS (SELECT 1 FROM mention m {self.tie} AND m.{{0}} = :{{0}})" if self.tie else "t.{0} = :{0}"
        return {
            "since": f"{self.time} >= :since",
            "until": f"{self.time} < :until",
            "brand": about.format("brand"),
            "source": "t.name = :source" if self.table == "source" else about.format("source"),
            "id": f"{self.key} = :id",
            **OWN.get(self.table, {}),
        }


IN_TICKET = "JOIN ticket_mention l ON l.mention = m.id WHERE l.ticket = t.id"
IN_ALERT = "JOIN delivery d ON d.mention = m.id WHERE d.alert = t.id"
IN_CONTACT = "JOIN delivery d ON d.mention = m.id WHERE d.id = t.delivery"
THEIRS = "SELECT h.customer FROM handle h WHERE h.state = 'linked' AND h.platform || ':' || h.handle = lower(:person)"
OF_CONTACTS: Mapping[str, str] = {
    "person": f"(:person IN (t.person, t.customer) OR t.person = lower(:person) OR t.person IN ({THEIRS}))",
    "purpose": "t.purpose = :purpose",
    "channel": "t.channel = :channel",
    "rule": "EXISTS (SELECT 1 FROM delivery d WHERE d.id = t.delivery AND d.rule = :rule)",
}
OWN: Mapping[str, Mapping[str, str]] = {"contact": OF_CONTACTS, "delivery": {"status": "t.status = :status"}}
MOST_NAMES = 5000
KNOWN = f"""SELECT id FROM customer WHERE id = :person
    UNION ALL SELECT person FROM mention WHERE person IN (:person, lower(:person))
    UNION ALL SELECT person FROM contact WHERE person IN (:person, lower(:person))
    UNION ALL {THEIRS} LIMIT 1"""
NAMES = """SELECT * FROM (SELECT person AS name FROM contact GROUP BY person ORDER BY max(id) DESC LIMIT :most) AS told
    UNION SELECT * FROM (SELECT id AS name FROM customer ORDER BY id LIMIT :most) AS registered"""
# from one name to the next by the index: a large store has few names and many rows
NAMED = """WITH RECURSIVE told(name) AS (SELECT min({0}) FROM mention UNION ALL
    SELECT (SELECT min(m.{0}) FROM mention m WHERE m.{0} > told.name) FROM told WHERE told.name IS NOT NULL)
    SELECT name FROM told WHERE name IS NOT NULL LIMIT :most"""
LAST_CONTACT = "(SELECT max(c.at) FROM contact c WHERE c.person = t.id)"

LISTINGS: Mapping[str, Listing] = {
    "mentions": Listing("mention", "t.id DESC", "t.posted_at", "t.id", ""),
    "tickets": Listing("ticket", "t.id DESC", "t.opened_at", "t.id", IN_TICKET),
    "issues": Listing(
        "issue",
        "t.last_seen DESC, t.id",
        "t.last_seen",
        "t.id",
        "WHERE m.issue = t.id",
        "t.alias_of IS NULL AND t.mentions > 0",
    ),
    "deliveries": Listing("delivery", "t.id DESC", "t.created_at", "t.id", "WHERE m.id = t.mention"),
    "alerts": Listing("alert", "t.id DESC", "t.opened_at", "t.id", IN_ALERT),
    "contacts": Listing("contact", "t.id DESC", "t.at", "t.id", IN_CONTACT),
    "customers": Listing("customer", "t.added_at DESC, t.id", LAST_CONTACT, "t.id", "WHERE m.person = t.id"),
    "references": Listing("reference", "t.since DESC", "t.since", "t.customer", "WHERE m.customer = t.customer"),
    "sources": Listing("source", "t.name", "t.last_ok_at", "t.name", "WHERE m.source = t.name"),
}


class Glance:
    """A store that is only read, while the daemon may write."""

    def __init__(self, query: Query) -> None:
        self._query = query

    def pages(self, name: str, wanted: Wanted) -> Iterator[list[Record]]:
        """The rows of a list in its order, some hundred at a time."""
        listing = LISTINGS[name]
        asked = {field: value for field in listing.clauses() if (value := getattr(wanted, field)) is not None}
        where = " AND ".join((listing.besides, *(listing.clauses()[field] for field in asked)))
        sql = f"SELECT t.* FROM {listing.table} t WHERE {where} ORDER BY {listing.order} LIMIT :limit"
        rows = iter(self._query(sql, {**asked, "limit": wanted.limit}))
        while page := list(islice(rows, PAGE)):
            yield page

    def related(self, what: str, key: str, values: Sequence[Any], also: str = "") -> list[Record]:
        """Rows of `what` ("columns FROM table") whose `key` is one of these values, at most a page of them."""
        marks = ", ".join(f":v{number}" for number in range(len(values)))
        named = {f"v{number}": value for number, value in enumerate(values)}
        return list(self._query(f"SELECT {what} WHERE {key} IN ({marks}) {also}", named)) if values else []

    def has_unsettled(self) -> bool:
        """Whether complaints came that are in no issue yet, or issues were counted anew and not judged since."""
        late = "SELECT name FROM issue_state WHERE dirty_since IS NOT NULL"
        moved = "SELECT issue FROM issue_moved WHERE looked_at IS NULL"
        return bool(list(self._query(f"{late} UNION ALL {moved} LIMIT 1", {})))

    def knows(self, person: str) -> bool:
        """Whether somebody of this id or account is a customer, said anything or was reached."""
        return bool(list(self._query(KNOWN, {"person": person})))

    def reached(self, most: int = MOST_NAMES) -> list[str]:
        """The persons who were reached last, and customers: whom a misspelt name may have meant."""
        return [row.name for row in self._query(NAMES, {"most": most})]

    def has(self, noun: str, name: str) -> bool:
        """Whether a `brand` or `source` of this name has mentions, or such a source is known."""
        known = f"SELECT 1 FROM mention WHERE {noun} = :name"
        known += " UNION ALL SELECT 1 FROM source WHERE name = :name" if noun == "source" else ""
        return bool(list(self._query(f"{known} LIMIT 1", {"name": name})))

    def names(self, noun: str, most: int = MOST_NAMES) -> list[str]:
        """The names of each `brand` or `source` that has mentions, and of each known source."""
        known = [row.name for row in self._query(NAMED.format(noun), {"most": most})]
        return known + [row.name for row in self._query("SELECT name FROM source", {}) if noun == "source"]

    def missed(self, source: str, since: datetime, until: datetime) -> int:
        """About how many mentions that time would have brought, by the two weeks before it."""
        where = "source = :source AND posted_at >= :before AND posted_at < :since"
        values = {"source": source, "before": since - USUAL, "since": since}
        (row,) = self._query(f"SELECT count(*) AS said FROM mention WHERE {where}", values)
        return round(int(row.said) * ((until - since) / USUAL))


def is_current(path: Path) -> bool:
    """Whether a sound SQLite store of this program's revision is there."""
    try:
        with over_sqlite(path) as seen:
            return bool(seen.related("version_num FROM alembic_version", "version_num", [newest_revision()]))
    except StoreTrouble:
        return False


@contextmanager
def over_sqlite(path: Path) -> Iterator[Glance]:
    """Look at the store in this file. Raises StoreTrouble."""
    try:
        with closing(_connected(path)) as connection:
            yield Glance(lambda sql, values: connection.execute(sql, _as_kept(values)))
    except sqlite3.Error as error:
        raise with_cure(str(error), path) from error


@contextmanager
def over_store(store: Store) -> Iterator[Glance]:
    """Look at an open store, of either kind. Raises StoreTrouble."""
    if store.database.path:
        with over_sqlite(store.database.path) as seen:
            yield seen
        return
    from sqlalchemy import text  # not above: this module must stay light

    with store.database.read() as connection:
        yield Glance(lambda sql, values: connection.execute(text(sql), dict(values)))


def _connected(path: Path) -> sqlite3.Connection:
    for name, convert in CONVERTERS.items():
        sqlite3.register_converter(name, convert)
    # mode=rw: a list must never make an empty store
    address = f"{path.absolute().as_uri()}?mode=rw"
    connection = sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, detect_types=sqlite3.PARSE_DECLTYPES)
    connection.row_factory = _record
    connection.execute("PRAGMA query_only=ON")
    return connection


def _record(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> Record:
    return SimpleNamespace(**{column[0]: value for column, value in zip(cursor.description, row, strict=True)})


def _as_kept(values: Mapping[str, Any]) -> dict[str, Any]:
    """Times as the store writes them: in UTC, without a zone, always with microseconds."""
    return {
        name: value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
        if isinstance(value, datetime)
        else value
        for name, value in values.items()
    }
