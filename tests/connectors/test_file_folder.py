"""A watched folder of CSV and JSON Lines files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.contract import Batch, TryLater
from connectors.file import File
from tests.doors import NOW, RealDoor, a_door

HEADER = "external_id,text,author,rating,posted_at,brand\n"


@pytest.fixture
def door() -> Iterator[RealDoor]:
    with a_door() as door:
        yield door


def poll(folder: Path, door: RealDoor, cursor: str = "", **options: Any) -> Batch:
    return File(folder=folder, **options).poll(cursor, door)


def texts(batch: Batch) -> list[str]:
    return [item.text for item in batch.items]


def told(batch: Batch) -> str:
    return "".join(blind.why for blind in batch.blind)


def test_a_table_is_read(tmp_path: Path, door: RealDoor) -> None:
    (tmp_path / "may.csv").write_text(HEADER + '1,"Great, really",ann,5,2026-11-20,Acme Flow\n')
    (item,) = poll(tmp_path, door).items

    assert (item.external_id, item.text, item.author.handle) == ("1", "Great, really", "ann")
    assert (item.rating, item.brand) == (5, "Acme Flow")


def test_json_lines_are_read_oldest_first(tmp_path: Path, door: RealDoor) -> None:
    lines = ['{"text": "new", "posted_at": "2026-11-22"}', "", '{"text": "old", "posted_at": "2026-11-21"}']
    (tmp_path / "a.jsonl").write_text("\n".join(lines))

    assert texts(poll(tmp_path, door)) == ["old", "new"]


def test_what_was_read_is_not_read_again(tmp_path: Path, door: RealDoor) -> None:
    (tmp_path / "a.csv").write_text(HEADER + "1,one\n")
    first = poll(tmp_path, door)
    second = poll(tmp_path, door, first.cursor)

    assert (texts(first), texts(second), second.unchanged) == (["one"], [], True)


def test_a_file_that_grows_brings_its_new_lines(tmp_path: Path, door: RealDoor) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text("".join(f'{{"text": "line {number}"}}\n' for number in range(100)))
    cursor = poll(tmp_path, door).cursor
    with path.open("a") as file:
        file.write('{"text": "line 100"}\n{"text": "half a li')
    second = poll(tmp_path, door, cursor)
    with path.open("a") as file:
        file.write('ne"}\n')

    # the last line of a poll may have been a half one, so it comes again under the same name
    assert texts(second) == ["line 99", "line 100"]
    assert "log.jsonl:102" in told(second)
    assert texts(poll(tmp_path, door, second.cursor)) == ["half a line"]


def test_a_file_that_is_replaced_is_read_from_its_start(tmp_path: Path, door: RealDoor) -> None:
    path = tmp_path / "a.csv"
    path.write_text(HEADER + "1,one\n2,two\n3,three\n")
    cursor = poll(tmp_path, door).cursor
    path.write_text(HEADER + "1,changed\n2,two\n3,three\n")

    assert texts(poll(tmp_path, door, cursor)) == ["changed", "two", "three"]


def test_equal_rows_without_an_id_stay_apart_when_the_file_grows(tmp_path: Path, door: RealDoor) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text\n+1\n+1\n")
    first = poll(tmp_path, door)
    path.write_text("text\n+1\n+1\n+1\n")
    second = poll(tmp_path, door, first.cursor)

    assert len({item.external_id for item in [*first.items, *second.items]}) == 3


def test_bad_lines_are_told_with_their_number_and_the_rest_is_kept(tmp_path: Path, door: RealDoor) -> None:
    rows = ["1,good", "2,", "3,stars,ann,eleven", "4,time,ann,5,soon", "5,good too", "6,", "7,"]
    (tmp_path / "a.csv").write_text(HEADER + "\n".join(rows))
    batch = poll(tmp_path, door)

    assert texts(batch) == ["good", "good too"]
    assert told(batch).startswith("a.csv:3: no text; a.csv:4: rating 'eleven'")
    assert told(batch).endswith("a.csv: 2 more lines were not used")
    assert poll(tmp_path, door, batch.cursor).blind == []


HOSTILE = {
    "empty": b"",
    "junk": bytes(range(256)) * 400,
    "no text column": b"a,b\n1,2\n",
    "open quote": b'text\n"' + b"x" * 200_000,
    "not utf-8": "text\nM\u00fcller\n".encode("latin-1"),
    "utf-16": "text\nhello\n".encode("utf-16"),
}


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_file_breaks_a_poll(tmp_path: Path, door: RealDoor, body: bytes, ending: str) -> None:
    (tmp_path / f"a.{ending}").write_bytes(body)
    (tmp_path / "b.csv").write_text("text\ngood\n")
    batch = poll(tmp_path, door)

    assert "good" in texts(batch)
    assert bool(batch.blind) == bool(body)


def test_a_file_that_is_too_large_is_told_once(tmp_path: Path, door: RealDoor) -> None:
    (tmp_path / "a.csv").write_text(HEADER + "1,one\n" * 1000)
    first = poll(tmp_path, door, megabytes=0.001)

    assert "larger than 0.001 MB" in told(first)
    assert poll(tmp_path, door, first.cursor, megabytes=0.001).blind == []


def test_other_files_are_left_alone(tmp_path: Path, door: RealDoor) -> None:
    for name in ("a.part", ".hidden.csv", "readme.txt"):
        (tmp_path / name).write_text("text\nno\n")
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")

    assert texts(poll(tmp_path, door)) == []


def test_a_folder_that_is_not_there_names_the_cure(tmp_path: Path, door: RealDoor) -> None:
    with pytest.raises(TryLater, match="create it, or correct `folder`"):
        poll(tmp_path / "none", door)


def test_a_time_in_the_future_becomes_now(tmp_path: Path, door: RealDoor) -> None:
    later = (NOW + timedelta(days=9)).isoformat()
    (tmp_path / "a.csv").write_text(f"text,posted_at\nx,{later}\n")
    (item,) = poll(tmp_path, door).items

    assert item.posted_at == NOW


@pytest.mark.parametrize("cursor", ["7", "{", '{"files": 3}', '{"files": {"a.csv": {}}}'])
def test_a_cursor_that_is_not_ours_starts_anew(tmp_path: Path, door: RealDoor, cursor: str) -> None:
    (tmp_path / "a.csv").write_text("text\nx\n")

    assert texts(poll(tmp_path, door, cursor)) == ["x"]
