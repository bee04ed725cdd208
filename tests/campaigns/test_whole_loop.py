"""The whole loop, on SQLite and on PostgreSQL: affected, told, fixed, told again, confirmed, on the ledger."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from listener.store import Store
from tests.campaigns.ground import a_ground, registry
from tests.campaigns.test_outreach import begun


def test_everybody_affected_is_told_of_the_trouble_and_of_its_fix(store: Store, tmp_path: Path) -> None:
    registry(store)
    ground = a_ground(store, tmp_path, hold=timedelta(0))
    begun(ground)
    ground.goes_on(beats=8)
    ground.clock.time += timedelta(hours=25)
    ground.closing.fixed("sync", "a full disk", "kim")
    ground.goes_on(beats=8)
    ground.closing.answered(store.campaigns.page()[0].id, "c0", "yes")
    ground.closing.watch()
    ground.clock.time += timedelta(hours=24)
    ground.closing.watch()
    found = ground.report()

    assert (found.state, found.affected, found.reached, found.confirmed) == ("resolved", 20, 20, 1)
    assert len(ground.told()) == 40
    assert found.people[0].told[0]["stage"] == "trouble"
