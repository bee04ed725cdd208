"""Kinds of sources, channels and trackers, ours and third parties': what is none is told in one line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import connectors
from listener import actions, trackers
from tests.makers import a_house

KINDS = (connectors, actions, trackers)


@pytest.mark.parametrize("of", KINDS, ids=lambda of: of.__name__)
def test_every_kind_is_the_class_that_it_names(of: Any) -> None:
    assert [of.kind(name).__name__ for name in of.KINDS] == [where.partition(":")[2] for where in of.KINDS.values()]


@pytest.mark.parametrize("of", KINDS, ids=lambda of: of.__name__)
@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("feeed", "unknown kind 'feeed'; there are "),
        ("not_there:Wall", "'not_there:Wall' cannot be imported: No module named 'not_there'"),
        ("json:Wall", "'json:Wall' cannot be imported: module 'json' has no attribute 'Wall'"),
        ("..wall:Wall", "'..wall:Wall' cannot be imported: the 'package' argument is required"),
        ("half_written:Wall", "'half_written:Wall' cannot be imported: invalid syntax (half_written.py, line 1)"),
        ("json:JSONDecoder", "'json:JSONDecoder' is not a "),
        ("json:dumps", "'json:dumps' is not a "),
    ],
)
def test_what_is_no_kind_is_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, of: Any, written: str, told: str
) -> None:
    (tmp_path / "half_written.py").write_text("class Wall(:\n")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(LookupError) as caught:
        of.kind(written)

    assert told in str(caught.value)


def test_check_tells_a_half_written_kind_with_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "half_done.py").write_text("class Wall(:\n")
    monkeypatch.syspath_prepend(tmp_path)
    source = '[[source]]\nname = "wall"\nkind = "half_done:Wall"\n[[brand]]\nname = "Acme Flow"\n'

    shown = a_house(tmp_path, source).run("check")

    assert shown.code == 1
    assert "config.toml:3:" in shown.out
    assert "half_done.py, line 1" in shown.out
    assert "Traceback" not in shown.err
