"""Real texts for measuring, where they lie beside the repository."""

import json
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).parents[3] / "shared" / "data"


def rows(name: str) -> list[dict[str, Any]]:
    """The rows of one file; skips the test elsewhere."""
    file = DATA / f"{name}.jsonl"
    if not file.exists():
        pytest.skip("the shared data is not beside this repository")
    return [json.loads(line) for line in file.read_text("utf-8").split("\n") if line]
