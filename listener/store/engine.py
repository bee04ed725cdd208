"""The database itself: one writer, many readers, the same for SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import repeat
from operator import itemgetter
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any, TypeVar

import orjson
from sqlalchemy import (
    JSON,
    BindParameter,
    ColumnElement,
    Connection,
    Dialect,
    Engine,
    Insert,
    Select,
    Table,
    Update,
    bindparam,
    create_engine,
    event,
    func,
    make_url,
    select,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlmodel import SQLModel

from listener.store.claim import hold_file, hold_session, is_held
from listener.store.trouble import BUSY_SECONDS, with_cure
from listener.store.trouble import StoreInUse as StoreInUse
from listener.store.trouble import StoreTrouble as StoreTrouble

T = TypeVar("T")

CHUNK = 500
# up to here SQLAlchemy's own way is the cheaper one: it remembers how it compiled a statement
FEW = 8
READERS = 8
DAMAGED = ("malformed", "not a database")
# PostgreSQL's words for a user who may not, and for a server that takes no changes
REFUSED = ("42501", "25006")
ADDRESS = "write postgresql+psycopg://user:password@host:5432/database, with %40 for an @ in the password"
NOTHING: Mapping[str, Any] = MappingProxyType({})


def _is_the_stores(error: DBAPIError) -> bool:
    """Whether the store is to blame, and not our statement."""
    refused = getattr(error.orig, "sqlstate", None) in REFUSED
    return isinstance(error, OperationalError) or refused or any(sign in str(error.orig) for sign in DAMAGED)


def _tune(connection: Any, query_only: bool) -> None:
    connection.isolation_level = None  # BEGIN is sent by the "begin" event
    # in a store that exists this writes: who only reads would wait for a writer, and fail on a full disk
    if not connection.execute("PRAGMA page_count").fetchone()[0]:
        connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={BUSY_SECONDS * 1000}",
        "foreign_keys=ON",
        # kilobytes: the system caches the file anyway, and four times as much made no batch cheaper
        f"cache_size={-2000 if query_only else -8000}",
        "temp_store=MEMORY",
        f"query_only={'ON' if query_only else 'OFF'}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite(url: str, begin: str, size: int, query_only: bool) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=size,
        # the one used last, so that few readers fill their caches
        pool_use_lifo=True,
        max_overflow=0,
        pool_timeout=BUSY_SECONDS,
        json_serializer=compact,
        json_deserializer=orjson.loads,
        connect_args={"check_same_thread": False, "timeout": BUSY_SECONDS},
    )
    event.listen(engine, "connect", lambda connection, _: _tune(connection, query_only))
    event.listen(engine, "begin", lambda connection: straight(connection, begin))
    return engine


def straight(connection: Connection, text: str, values: Sequence[Any] = ()) -> list[Any]:
    """What SQLite answers, its driver asked without SQLAlchemy's detours, which take 40 µs. Errors are SQLAlchemy's."""
    driver: Any = connection.connection.driver_connection
    kind = connection.dialect.loaded_dbapi.Error
    try:
        return list(driver.execute(text, values))
    except kind as error:
        raise DBAPIError.instance(text, None, error, kind, hide_parameters=True) from error


def compact(value: Any) -> str:
    """JSON as it is kept in the store."""
    return orjson.dumps(value, default=str).decode()


def table(model: type[SQLModel]) -> Table:
    """The table behind a model."""
    return model.__table__  # type: ignore[attr-defined,no-any-return]  # SQLModel adds it at run time


def chunks(values: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """Slices that fit into one statement's parameters."""
    return (values[start : start + size] for start in range(0, len(values), size))


def any_of(connection: Connection, name: str) -> Select[Any]:
    """For `in_`: the texts of a list bound under this name, which is one parameter however many they are."""
    texts = bindparam(name, type_=JSON)
    if connection.dialect.name == "sqlite":
        return select(func.json_each(texts).table_valued("value").c.value)
    return select(func.json_array_elements_text(texts).column_valued())


def narrowed(query: Select[Any], *wishes: tuple[Any, Callable[[Any], ColumnElement[bool]]]) -> Select[Any]:
    """The query with the clause of every wish that was given: pairs of a value (None: not given) and a comparison."""
    for value, clause in wishes:
        query = query.where(clause(value)) if value is not None else query
    return query


def many(
    connection: Connection,
    statement: Insert | Update,
    rows: Sequence[Mapping[str, Any]],
    same: Mapping[str, Any] = NOTHING,
) -> None:
    """Run a statement once for each row; every row has the same keys, besides what is the `same` for all of them.

    SQLAlchemy's own executemany spends more on each row than SQLite does (measured: 2.5 times as much for a mention);
    this binds the same values with the same types, only without its detours.
    """
    if not rows:
        return
    names = {*rows[0], *same}
    compiled = statement.compile(dialect=connection.dialect, column_keys=list(names)) if len(rows) >= FEW else None
    if not (isinstance(compiled, SQLCompiler) and compiled.positiontup):
        connection.execute(statement, [{**row, **same} for row in rows])
        return
    own = [name for name in compiled.positiontup if name not in same]
    # row by row, as a row's values lie together; then down the columns
    told = dict(zip(own, zip(*map(itemgetter(*own, *own[:1]), rows), strict=True), strict=False))
    columns: list[Iterable[Any]] = []
    for name in compiled.positiontup:
        bind = _binder(compiled.binds[name], connection.dialect)
        if name in same:
            columns.append(repeat(bind(same[name]) if bind else same[name], len(rows)))
        else:
            columns.append(_bound(told[name], bind))
    connection.exec_driver_sql(compiled.string, list(zip(*columns, strict=True)))


def _bound(column: Sequence[Any], bind: Callable[[Any], Any] | None) -> Sequence[Any]:
    """A column as the driver takes it. Down a column one object repeats (a poll's time, no tags): it is bound once."""
    if bind is None:
        return column
    bound = {key: bind(value) for key, value in {id(value): value for value in column}.items()}
    return [bound[id(value)] for value in column]


def _binder(bind: BindParameter[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    return bind.type.dialect_impl(dialect).bind_processor(dialect)


class Database:
    """Opens a store by its address. All statements run inside `read()` or `write()`."""

    def __init__(self, url: str) -> None:
        try:
            self.url = make_url(url)
        except (ArgumentError, ValueError):
            # from None: either error quotes the address, and with it a password
            raise StoreTrouble(f"the address in [store] url cannot be read: {ADDRESS}") from None
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._turn = threading.RLock()
        self._held: IO[str] | Connection | None = None
        self._kept: Connection | None = None
        if self.is_sqlite:
            # BEGIN IMMEDIATE: a deferred transaction that reads first fails with "locked" under two writers
            self._writer = _sqlite(url, "BEGIN IMMEDIATE", 1, query_only=False)
            self._reader = _sqlite(url, "BEGIN", READERS, query_only=True)
        else:
            self._writer = create_engine(
                url, hide_parameters=True, pool_size=READERS, json_serializer=compact, json_deserializer=orjson.loads
            )
            self._reader = self._writer

    @property
    def path(self) -> Path | None:
        """The file of a SQLite store."""
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: all of it or nothing. Raises StoreTrouble."""
        try:
            with self._turn, self._writing() as connection, connection.begin():
                yield connection
        except DBAPIError as error:
            if _is_the_stores(error):
                raise with_cure(str(error.orig), self.path) from error
            raise

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A connection of one's own. SQLite has one, kept: to take it out anew costs 70 µs, as much as to write."""
        if not self.is_sqlite:
            with self._writer.connect() as connection:
                yield connection
            return
        self._kept = self._kept or self._writer.connect()
        yield self._kept

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view. Raises StoreTrouble."""
        try:
            with self._reader.begin() as connection:
                yield connection
        except DBAPIError as error:
            if _is_the_stores(error):
                raise with_cure(str(error.orig), self.path) from error
            raise

    def insert(self, model: type[SQLModel]) -> Any:
        """An INSERT that knows ON CONFLICT, for this dialect."""
        if self.is_sqlite:
            return sqlite.insert(table(model))
        # imported when used: it takes 0.1 s that a store on SQLite has no use for
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table(model))

    def hold(self) -> None:
        """Claim the store for the one daemon. Raises StoreInUse; the claim ends with the process."""
        self._held = hold_file(self.path) if self.path else hold_session(self._writer)

    def hold_on(self) -> None:
        """Claim the store anew where the claim was lost: PostgreSQL's ends with its session, as when the server does.

        Raises StoreInUse where another daemon was faster, and StoreTrouble.
        """
        if isinstance(self._held, Connection) and not is_held(self._held):
            self._held.close()
            self._held = hold_session(self._writer)

    def let_go(self) -> None:
        """Give the claim back, where there is one."""
        if self._held is not None:
            self._held.close()
            self._held = None

    def close(self) -> None:
        self.let_go()
        # a writer that waits for another process's lock is left to itself: to close it would wait as long
        if self._kept is not None and self._turn.acquire(blocking=False):
            self._kept.close()
            self._kept = None
            self._turn.release()
        self._reader.dispose()
        self._writer.dispose()
