"""What is asked of each batch keeps to its indexes in a store whose figures SQLite does not know yet."""

from __future__ import annotations

from contextlib import closing

from sqlalchemy import event
from sqlalchemy.engine import Engine

from listener.store import Store
from tests import fresh
from tests.store.arrived import NOW, an_arrival, listening, polled


def plan(store, ask):
    """How SQLite goes about the last statement that `ask` sends."""
    sent = []
    hear = lambda connection, cursor, statement, values, *_: sent.append((connection, statement, values))  # noqa: E731
    event.listen(Engine, "before_cursor_execute", hear)
    try:
        ask()
    finally:
        event.remove(Engine, "before_cursor_execute", hear)
    _, statement, values = sent[-1]
    with store.database.read() as connection:
        return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]


def test_copies_are_looked_for_by_their_keys(tmp_path):
    fresh.a_file(tmp_path / "listener.db")
    with closing(Store(f"sqlite:///{tmp_path}/listener.db")) as store:
        posts = [an_arrival("p1", copy_a=1, copy_b=2), an_arrival("p2", copy_a=3, copy_b=4)]
        listening(store).arrivals.take("forum", posts, NOW, polled())
        rows = store.judging.waiting(10)

        steps = plan(store, lambda: store.judging.possible_copies(rows))

    assert [step for step in steps if "mention_copy_" in step] == [
        "SEARCH mention USING COVERING INDEX mention_copy_a (copy_a=?)",
        "SEARCH mention USING COVERING INDEX mention_copy_b (copy_b=?)",
    ]
    assert "SEARCH mention USING INTEGER PRIMARY KEY (rowid=?)" in steps


def test_of_a_text_that_goes_round_the_first_is_read(store):
    # the third says something else
    posts = [an_arrival(f"p{n}", copy_a=1, copy_b=2, simhash=int(n == 3)) for n in range(1, 7)]
    listening(store).arrivals.take("forum", posts, NOW, polled())
    *before, last = store.judging.waiting(10)

    assert [row.id for row in store.judging.possible_copies([last])] == [before[0].id, before[2].id]


def test_of_an_import_only_what_came_since_is_read(tmp_path):
    fresh.a_file(tmp_path / "listener.db")
    with closing(Store(f"sqlite:///{tmp_path}/listener.db")) as store:
        steps = plan(store, lambda: store.sources.history_of(NOW, 5))

    assert steps[0] == "SEARCH mention USING INTEGER PRIMARY KEY (rowid>?)"
