"""`listener issues replay` needs a file and nothing else."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from listener.cli import main


def a_file(folder: Path, *extra: str) -> Path:
    path = folder / "mentions.jsonl"
    said = "the export to pdf fails with an error"
    line = {"posted_at": "2026-11-25T10:00:00Z", "brand": "Acme", "text": said, "topic": "export"}
    path.write_text("\n".join([*(json.dumps({**line, "id": one, "author": f"p{one}"}) for one in "abc"), *extra]))
    return path


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["issues", "replay", *arguments])
    return int(ended.value.code or 0)


def test_each_mention_is_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(a_file(tmp_path, "nonsense")), "--json") == 0

    told = capsys.readouterr()
    assert json.loads(told.out.splitlines()[0]) == {
        "id": "a",
        "topic": "export",
        "issue": 1,
        "spread": "cannot_tell",
    }
    assert "mentions.jsonl:4: it is not JSON" in told.err


def test_people_get_a_summary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(a_file(tmp_path))) == 0
    assert "3 mentions, 1 issue, 0 alarms" in capsys.readouterr().out


def test_a_file_without_mentions_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "empty.jsonl"
    path.write_text("\n")

    assert run(str(path), "--json") == 1
    assert "holds no mention" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("time", "why"),
    [
        ("", "it has no posted_at"),
        (', "posted_at": "soon"', "its posted_at 'soon' is no time"),
        (', "posted_ms": "x"', "its posted_at 'x' is no time"),
    ],
)
def test_a_line_without_a_time_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str], time: str, why: str) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_text(f'{{"text": "broken"{time}}}\n{a_file(tmp_path).read_text()}')

    assert run(str(path)) == 0
    assert f"posts.jsonl:1: {why}: ISO 8601 or milliseconds are wanted" in capsys.readouterr().err


def test_a_dash_reads_standard_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(a_file(tmp_path).read_text()))

    assert run("-", "--json") == 0
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_a_file_that_is_not_there_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("nowhere.jsonl") == 2
    assert "nowhere.jsonl" in capsys.readouterr().err
