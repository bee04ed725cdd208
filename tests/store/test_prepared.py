"""Prepared statements: what SQLAlchemy would give, with the driver's errors told as ours, on either database."""

import pytest
from sqlalchemy import bindparam, select, text, update
from sqlalchemy.exc import DBAPIError

from listener.model.delivery import Delivery
from listener.store.engine import table
from listener.store.prepared import Prepared
from tests.store.arrived import NOW
from tests.store.test_deliveries import an_order

delivery = table(Delivery)
WANTED = select(delivery, (delivery.c.told > 0).label("heard")).where(delivery.c.key == bindparam("key"))


def test_rows_are_those_of_sqlalchemy(store):
    store.deliveries.add(an_order("b"))
    store.deliveries.add(an_order("a", options={"n": [1]}, external={"url": "x"}))
    with store.database.read() as connection:
        (expected,) = connection.execute(WANTED, {"key": "a"})
        row = Prepared(WANTED).one(connection, {"key": "a"})

    assert dict(row._mapping) == dict(expected._mapping)
    assert (row.due_at, row.options, row.heard) == (NOW, {"n": [1]}, False)


def test_values_are_bound_with_the_types_of_their_columns(store):
    store.deliveries.add(an_order("a"), an_order("b"))
    change = {"options": bindparam("new"), "done_at": bindparam("at"), "status": "done"}
    statement = update(delivery).where(delivery.c.key == bindparam("which")).values(change).returning(delivery)
    with store.database.write() as connection:
        rows = Prepared(statement).all(connection, {"which": "a", "new": {"é": None}, "at": NOW})
        kept = connection.execute(select(delivery).where(delivery.c.status == "done")).one()

    assert rows == [kept]
    assert (kept.options, kept.done_at) == ({"é": None}, NOW)


def test_none_is_first_of_nothing(store):
    with store.database.read() as connection:
        assert Prepared(WANTED).first(connection, {"key": "nobody"}) is None


def test_what_the_driver_says_is_raised_as_sqlalchemy_does_and_undone(store):
    store.deliveries.add(an_order("a"), an_order("b"))
    twice = Prepared(update(delivery).where(delivery.c.key == bindparam("which")).values(key="b", text="lost"))
    with pytest.raises(DBAPIError):
        _spoil(store, twice)

    with store.database.write() as connection:
        assert set(connection.execute(select(delivery.c.text)).scalars()) == {"news"}


def _spoil(store, twice):
    with store.database.write() as connection:
        connection.execute(text("UPDATE delivery SET text = 'lost'"))
        twice.all(connection, {"which": "a"})
