"""Presents go into a file once, whatever kills the export and wherever."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from listener.model.giving import GiftSent
from listener.store.engine import table
from tests.makers import NOW, House, a_house

KILLED = "import os; from listener.store.gifts import Gifts; from listener.cli import main; {}; main()"
DEATHS = (
    "import listener.cli.gifts as g; g._write = lambda *_: os._exit(9)",
    "Gifts.exported = lambda *_: os._exit(9)",
    "os.replace = lambda *_: os._exit(9)",
    "Gifts.named = lambda *_: os._exit(9)",
)


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Two presents were accepted."""
    house = a_house(tmp_path)
    names = ("delivery", "item", "person", "offered_at", "accepted_at", "name", "address")
    rows = [(f"d{n}", "flowers", f"forum:u{n}", NOW, NOW, f"=Anna {n}", "Elm Street 1") for n in (1, 2)]
    with house.store() as store, store.database.write() as connection:
        connection.execute(table(GiftSent).insert(), [dict(zip(names, row, strict=True)) for row in rows])
    return house


def export(house: House, name: str) -> str:
    shown = house.run("gifts", "export", str(house.folder / name))
    assert shown.code == 0, shown.err
    return shown.out


def listed(house: House) -> list[str]:
    """The names in all files that have a name."""
    files = sorted(house.folder.glob("*.csv"))
    return sorted(row["name"] for file in files for row in csv.DictReader(file.read_text("utf-8").splitlines()))


@pytest.mark.parametrize("death", DEATHS)
def test_each_present_is_in_one_file_whatever_the_export_died_of(house: House, death: str) -> None:
    command = ["--config", str(house.config), "gifts", "export", str(house.folder / "first.csv")]
    ended = subprocess.run([sys.executable, "-c", KILLED.format(death), *command], capture_output=True, check=False)
    assert ended.returncode == 9, ended.stderr

    export(house, "second.csv")
    export(house, "third.csv")

    assert listed(house) == ["'=Anna 1", "'=Anna 2"]


def test_where_the_file_of_a_broken_export_is_lost_its_presents_come_again(house: House) -> None:
    command = ["--config", str(house.config), "gifts", "export", str(house.folder / "first.csv")]
    subprocess.run([sys.executable, "-c", KILLED.format(DEATHS[2]), *command], capture_output=True, check=False)
    (house.folder / "first.csv.part").unlink()

    assert "2 presents" in export(house, "second.csv")


def test_two_exports_at_once_never_hold_the_same_present(house: House) -> None:
    with house.store() as store:
        ids = [row.id for row in store.gifts.to_send()]
        assert store.gifts.exported(ids, "a.csv", NOW)
        assert not store.gifts.exported(ids, "b.csv", NOW)


def test_a_file_that_is_there_is_not_overwritten(house: House) -> None:
    (house.folder / "first.csv").write_text("mine")
    shown = house.run("gifts", "export", str(house.folder / "first.csv"))

    assert shown.code == 2
    assert (house.folder / "first.csv").read_text() == "mine"
    assert "2 presents" in export(house, "second.csv")


def test_a_file_without_a_name_is_refused(house: House) -> None:
    shown = house.run("gifts", "export", "")

    assert (shown.code, "name a new one" in shown.err) == (2, True)
