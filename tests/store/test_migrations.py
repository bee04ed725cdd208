"""The migrations build exactly the tables that the models declare."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect, text

import listener.store
from listener.model import all_tables
from listener.store.engine import Database
from listener.store.revision import newest_revision
from listener.store.upgrading import migrate
from listener.store.upgrading import upgrade as upgrade_all
from tests.store.beginning import migrated, schema


def test_the_migrations_make_what_the_models_say(store):
    with store.database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, all_tables()) == []


def test_a_new_store_is_what_the_migrations_make_of_nothing(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/listener.db")
    migrate(database, datetime(2026, 11, 26, tzinfo=UTC))
    database.close()
    with closing(sqlite3.connect(tmp_path / "listener.db")) as made:
        tables = [name for (name,) in made.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        kept = {name for name in tables if made.execute(f'SELECT count(*) FROM "{name}"').fetchone() != (0,)}
        revision = made.execute("SELECT version_num FROM alembic_version").fetchall()

    assert schema(tmp_path / "listener.db") == migrated(), "run `python -m tests.store.beginning`"
    assert (kept, revision) == ({"alembic_version"}, [(newest_revision(),)])


def test_migrations_keep_nothing_in_a_new_store(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/listener.db")
    upgrade_all(database)
    with database.read() as connection:
        tables = inspect(connection).get_table_names()
        kept = [name for name in tables if connection.exec_driver_sql(f'SELECT 1 FROM "{name}"').first()]
    database.close()

    assert kept == ["alembic_version"]


STATE = "INSERT INTO issue_state (name, version, at, last, value) VALUES (:name, :version, :at, :last, :value)"


def upgrade(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(listener.store.__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def test_live_issues_go_on_in_the_ground_of_their_brand(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path}/old.db")
    words = {"issue": 7, "brand": "A_me", "topic": "app", "terms": {"sync": 2}, "mentions": 2}
    with engine.begin() as connection:
        upgrade(connection, "0023")
        for name, last in (("A_me\napp", 5), ("A_me\nother", 9), ("A_me\napp\n3", 3), ("Axme\napp", 4)):
            values = {"name": name, "last": last, "at": "2026-01-01", "version": 2, "value": "{}"}
            connection.execute(text(STATE), values)
        kept = {"issue": "app-x", "ground": "A_me\napp", "value": json.dumps(words)}
        connection.execute(
            text("INSERT INTO issue_words (issue, ground, value) VALUES (:issue, :ground, :value)"), kept
        )
        upgrade(connection, "0024")
        states = connection.execute(text("SELECT name, version, last FROM issue_state ORDER BY name")).all()
        ((ground, value),) = connection.execute(text("SELECT ground, value FROM issue_words")).all()
    engine.dispose()

    assert [tuple(row) for row in states] == [("A_me\n", 5, 9), ("Axme\n", 3, 4)]
    assert ground == "A_me\n"
    assert {"fence": "", "topics": {"app": 2}, "terms": {"sync": 2}}.items() <= json.loads(value).items()
