"""The tables of the manual are those of the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors import KINDS
from connectors.json_api_load import read_spec
from connectors.manual import filled
from connectors.specs import shipped

MANUAL = Path(__file__).parents[2] / "docs" / "connectors.md"


def test_the_manual_is_made_from_the_code() -> None:
    written = MANUAL.read_text("utf-8")

    assert filled(written) == written, "run: python -m connectors.manual docs/connectors.md"
    assert all(f"| `{name}`" in written for name in [*KINDS, *shipped()])


def test_the_spec_in_the_manual_works() -> None:
    text = MANUAL.read_text("utf-8").split("```yaml\n")[1].split("```")[0]

    assert read_spec(text, "manual.yaml").sample is not None


def test_a_table_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        filled("<!-- nothing -->\n<!-- end -->")
