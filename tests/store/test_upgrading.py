"""A store of an older version: copied first, then brought up to date, and by nobody while a daemon works on it."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from listener.store.engine import Database
from listener.store.revision import MIGRATIONS, newest_revision
from listener.store.trouble import StoreInUse, StoreTrouble
from listener.store.upgrading import migrate

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
OLD = "0031"
COPY = f"listener.db.before-{newest_revision()}-20261126120000"


@pytest.fixture
def old(tmp_path):
    """A store at an older revision, with one line in it that somebody wrote."""
    engine = create_engine(f"sqlite:///{tmp_path}/listener.db")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, OLD)
        connection.exec_driver_sql("INSERT INTO pause (scope, since, who, why) VALUES ('all', '2026-11-01', 'kim', '')")
    engine.dispose()
    database = Database(f"sqlite:///{tmp_path}/listener.db")
    yield database
    database.close()


def revision_and_lines(file: Path):
    with closing(sqlite3.connect(file)) as store:
        (revision,) = store.execute("SELECT version_num FROM alembic_version").fetchone()
        return revision, store.execute("SELECT who FROM pause").fetchall()


def test_it_is_copied_before_it_is_upgraded(old, tmp_path):
    assert migrate(old, NOW) == tmp_path / COPY
    assert revision_and_lines(tmp_path / COPY) == (OLD, [("kim",)])
    assert revision_and_lines(old.path) == (newest_revision(), [("kim",)])


def test_it_is_left_as_it_is_while_a_daemon_of_the_older_version_works_on_it(old, tmp_path):
    daemon = Database(str(old.url))
    daemon.hold()

    with pytest.raises(StoreInUse, match=f"{OLD} and must be upgraded.* stop that one first"):
        migrate(old, NOW)
    assert (revision_and_lines(old.path)[0], (tmp_path / COPY).exists()) == (OLD, False)

    daemon.close()
    assert migrate(old, NOW)


def test_it_can_be_claimed_once_it_is_upgraded(old):
    migrate(old, NOW)
    other = Database(str(old.url))

    other.hold()

    other.close()


def test_half_written_copies_of_upgrades_that_were_killed_do_not_stay(old, tmp_path):
    for rest in ("", "-journal", "-wal", "-shm"):
        (tmp_path / f"listener.db.before-0031-20261126115900.part{rest}").write_bytes(b"half")

    migrate(old, NOW)

    assert {file.name for file in tmp_path.glob("*before*")} == {COPY}


def test_a_store_from_the_future_is_refused(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/listener.db")
    migrate(database, NOW)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(StoreTrouble, match="used by a newer version"):
        migrate(database, NOW)
    database.close()
