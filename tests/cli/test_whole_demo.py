"""What a newcomer sees first."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_the_demo_shows_it_all_and_ends_by_itself(tmp_path):
    (tmp_path / "rules.py").write_text("raise SystemExit('a file of the folder was taken for our rules')")
    command = [sys.executable, "-P", "-c", "from listener.cli import main; main()", "demo"]
    shown = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=380, check=False)

    assert shown.returncode == 0, shown.stdout + shown.stderr
    for part in ("Round 1", "Round 2", "Thanks proposed", "Tickets opened", "Alerts delivered", "Next steps"):
        assert part in shown.stdout
    for part in ("posted by hand", "3 of 10 for Service", "a mention of kind survey", "1 exported to presents.csv"):
        assert part in shown.stdout
