"""A reference that turns sour, killed at every write: all of the pause or nothing, and everything once in the end."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.running import ROOT

# its children cost ten seconds of CPU, which a busy machine makes minutes
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
WRITES = 6  # claim or state, step, takedown, place, booking, commit: a cause with fewer would prove nothing


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What each cause left behind, by the cause."""
    command = [sys.executable, "-m", "tests.crash.souring", str(tmp_path_factory.mktemp("souring"))]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert ran.returncode == 0, ran.stderr
    return {one["cause"]: one for one in map(json.loads, ran.stdout.splitlines())}


CAUSES = ("a complaint", "a recovery ticket", "words of leaving", "an outbreak", "a withdrawal", "a customer who left")


@pytest.mark.parametrize("cause", CAUSES)
def test_wherever_it_is_killed_the_pause_is_there_whole_or_not_at_all(killed: dict[str, Any], cause: str) -> None:
    left = killed[cause]["left"]

    # 0: nothing, 1: the pause with its list, 2: its news too, -1: half of one of them
    assert left == sorted(left)
    assert set(left) == {0, 1, 2}
    assert left.count(0) >= WRITES


@pytest.mark.parametrize("cause", CAUSES)
def test_after_a_restart_it_is_done_once(killed: dict[str, Any], cause: str) -> None:
    seen = killed[cause]

    assert seen["ends"] == ["whole"]
    assert seen["state"] == [["withdrawn" if cause == "a withdrawal" else "paused"]]
    assert (seen["takedowns"], seen["alerts"]) == (2, 1)
    assert seen["reserved"] == [["c-18", "main"]]
