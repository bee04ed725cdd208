"""What ops edit beside the rules: taken over when it is good, told when it is not, never lost to a broken edit."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import structlog

from listener.actions.catalogues import CatalogueError, gifts
from listener.config import Secrets, load
from listener.livefiles import STATUS, LiveFile, LiveFiles, LiveHours, Shelf
from listener.log import Redaction
from listener.once import prepare
from listener.pipeline import Notices
from listener.recovery.reading import read
from listener.store.delivery_lists import DeliveryFilter
from listener.views import state
from listener.wiring.parts import parts_of
from tests.makers import NOW, a_house, a_store

FLOWERS = "gifts:\n  flowers: {cost: 18 EUR}\n"
LOG = structlog.get_logger("listener")


class House:
    """A folder with gifts.yaml and calendar.yaml, read by a store's live files."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.store, self.edits = folder, a_store(folder), 0
        self.writes("gifts.yaml", FLOWERS)
        self.writes("calendar.yaml", "hours: always\n")
        self.gifts = LiveFile(folder / "gifts.yaml", gifts)
        self.hours = LiveFile(folder / "calendar.yaml", lambda path: read(path, ZoneInfo("UTC")))
        self.files = LiveFiles([self.gifts, self.hours], self.store, Notices(self.store, "ops"), lambda: NOW, LOG)

    def writes(self, name: str, text: str) -> None:
        self.edits += 1
        (self.folder / name).write_text(text)
        os.utime(self.folder / name, ns=(self.edits, self.edits))

    def told(self) -> list[str]:
        return [row.message["title"] for row in self.store.deliveries.page(DeliveryFilter())]

    def status(self) -> list[str]:
        return [line for line in state.told(state.status(self.store, NOW)) if "gifts.yaml" in line]


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_a_good_edit_is_at_work_at_once(house: House) -> None:
    shelf = Shelf(house.gifts)
    house.writes("gifts.yaml", FLOWERS + "  cake: {cost: 12 EUR}\n")

    assert house.files.refresh() == [house.folder / "gifts.yaml"]
    assert list(shelf) == ["flowers", "cake"]
    assert house.files.refresh() == []


def test_a_broken_edit_is_told_and_what_was_good_stays(house: House) -> None:
    house.writes("gifts.yaml", "gifts:\n  flowers: {costs: 18 EUR}\n")

    assert house.files.refresh() == []
    assert str(Shelf(house.gifts)["flowers"].cost) == "18 EUR"
    assert house.told() == ["gifts.yaml is broken; what it said before stays"]
    assert any("did you mean 'cost'" in line for line in house.status())
    house.files.refresh()
    assert len(house.told()) == 1


def test_once_it_is_mended_nothing_is_said_of_it_any_more(house: House) -> None:
    house.writes("gifts.yaml", "gifts: [")
    house.files.refresh()
    house.writes("gifts.yaml", FLOWERS)

    assert house.files.refresh() == [house.folder / "gifts.yaml"]
    assert (house.status(), house.store.house.get(STATUS)) == ([], {})


def test_a_file_that_went_away_is_no_wish_to_give_nothing(house: House) -> None:
    (house.folder / "gifts.yaml").unlink()

    assert house.files.refresh() == []
    assert "flowers" in Shelf(house.gifts)
    assert len(house.told()) == 1


def test_new_working_hours_count_for_what_is_promised_from_then_on(house: House) -> None:
    hours, friday = LiveHours(house.hours), datetime(2026, 11, 27, 16, tzinfo=UTC)
    assert hours.of("care").after(friday, timedelta(hours=2)).hour == 18
    house.writes("calendar.yaml", "hours: {monday-friday: 09:00-17:00}\n")
    house.files.refresh()

    assert hours.of("care").after(friday, timedelta(hours=2)) == datetime(2026, 11, 30, 10, tzinfo=UTC)


def test_at_the_start_a_broken_file_ends_it(tmp_path: Path) -> None:
    (tmp_path / "gifts.yaml").write_text("gifts: {x: {}}")
    with pytest.raises(CatalogueError):
        LiveFile(tmp_path / "gifts.yaml", gifts)


RULES = """\
version: 1
rules:
  - id: kind
    mode: shadow
    when: {sentiment: positive}
    then: [send_gift: {item: ITEM, cost: 12 EUR}]
    limits: {send_gift: {per_person: 1 per 180d}}
"""


def test_a_rule_may_name_a_new_present_in_the_same_moment(tmp_path: Path) -> None:
    house = a_house(tmp_path, rules=RULES.replace("ITEM", "flowers"))
    (tmp_path / "gifts.yaml").write_text(FLOWERS)
    with parts_of(load(house.config), Secrets(tmp_path, {}, Redaction()), LOG) as parts:
        prepare(parts)
        version = parts.book.running().book.version
        (tmp_path / "rules.d" / "book.yaml").write_text(RULES.replace("ITEM", "cake"))
        (tmp_path / "gifts.yaml").write_text(FLOWERS + "  cake: {cost: 12 EUR}\n")
        parts.book.refresh()

        assert parts.book.running().book.version != version
        assert parts.store.house.get("book").get("problems") is None
