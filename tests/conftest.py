"""What several rooms' tests start: a store on SQLite, the same on a real PostgreSQL."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

from listener.store import Store
from listener.store.upgrading import migrate
from tests import fresh, postgres

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
# to look through everything costs a quarter of a second
FROZEN, OFTEN_ENOUGH = count(1), 8

# how long an example takes says more of the machine's other work than of ours
settings.register_profile("ours", deadline=None)
settings.load_profile("ours")


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    """A command keeps what is loaded and hardly looks for cycles, as its process ends; here the process goes on.

    What ended commands leave behind, 30 MB each, made workers of the whole run grow past a gigabyte.
    """
    yield
    if gc.get_freeze_count():
        gc.unfreeze()
        if not next(FROZEN) % OFTEN_ENOUGH:
            gc.collect()


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """No store outlives its test: from 3.13 on Python complains of each that is left to the collector."""
    yield
    while fresh.OPEN:
        fresh.OPEN.pop().close()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kills", type=int, default=50, help="how often the crash test kills the daemon")
    parser.addoption("--days", type=int, default=4, help="how long the test of a whole life goes on")
    parser.addoption("--seed", type=int, default=1, help="by which its dice are thrown")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first, so that at the end no worker is waited for (`--no-loadscope-reorder` keeps this)."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a server of this test run."""
    if postgres.binaries() is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with postgres.server() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store at the newest revision."""
    url = f"sqlite:///{tmp_path}/listener.db"
    if request.param == "sqlite":
        fresh.a_file(tmp_path / "listener.db")
    else:
        url = request.getfixturevalue("postgres_url")
        postgres.anew(url)
    store = Store(url)
    migrate(store.database, NOW)
    yield store
    store.close()
