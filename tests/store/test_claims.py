"""One daemon for each database, and what PostgreSQL says when it refuses something, in an operator's words."""

from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from listener.store.engine import Database, StoreInUse, StoreTrouble
from listener.store.upgrading import migrate
from tests import postgres
from tests.fresh import NOW

pytestmark = pytest.mark.postgres


@pytest.fixture
def url(postgres_url: str) -> str:
    postgres.anew(postgres_url)
    return postgres_url


@pytest.fixture
def held(url: str) -> Iterator[Database]:
    with closing(Database(url)) as database:
        database.hold()
        yield database


def end_all_sessions(url: str) -> None:
    """As a server that is started anew does."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")


def test_a_claim_that_its_server_forgot_is_made_anew(held, url):
    end_all_sessions(url)
    held.hold_on()

    with closing(Database(url)) as other, pytest.raises(StoreInUse):
        other.hold()


def test_who_lost_the_claim_to_another_daemon_is_told(held, url):
    end_all_sessions(url)
    with closing(Database(url)) as other:
        other.hold()

        for _ in range(2):
            with pytest.raises(StoreInUse, match="another `listener run` works on this database"):
                held.hold_on()


def test_a_claim_that_was_not_lost_stays(held, url):
    held.hold_on()

    with closing(Database(url)) as other, pytest.raises(StoreInUse):
        other.hold()


def test_a_user_who_may_not_write_is_told_what_to_do(url):
    with closing(Database(url)) as owner, owner.write() as connection:
        connection.exec_driver_sql("DROP ROLE IF EXISTS looker")
        connection.exec_driver_sql("CREATE ROLE looker LOGIN")

    with (
        closing(Database(url.replace("listener@", "looker@"))) as database,
        pytest.raises(StoreTrouble, match="make that user its owner"),
        database.write() as connection,
    ):
        connection.exec_driver_sql("DELETE FROM pause")


def test_a_database_that_takes_no_changes_is_trouble_and_no_bug(url):
    with (
        closing(Database(f"{url}?options=-c%20default_transaction_read_only%3Don")) as database,
        pytest.raises(StoreTrouble, match="takes no changes, as a stand-by does"),
        database.write() as connection,
    ):
        connection.exec_driver_sql("DELETE FROM pause")


def test_a_database_that_does_not_exist_is_named_as_the_trouble(url):
    with (
        closing(Database(f"{url}-of-another")) as database,
        pytest.raises(StoreTrouble, match="make it with `createdb`"),
    ):
        migrate(database, NOW)
