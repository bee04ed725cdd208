"""What ops edit beside the rules: taken over when it is good, told when it is not, never lost to a broken edit."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import structlog

from listener.actions.catalogues import CatalogueError, Gift, gifts
from listener.config import Secrets, load
from listener.livefiles import STATUS, Kept, LiveFile, LiveFiles, LiveHours, Shelf
from listener.log import Redaction
from listener.model.verdict import Utterance
from listener.once import prepare
from listener.pipeline.notices import Notices
from listener.recovery.calendar import Calendars
from listener.recovery.reading import read
from listener.store.delivery_lists import DeliveryFilter
from listener.views import state
from listener.wiring.parts import parts_of
from tests.fresh import a_store
from tests.makers import NOW, a_house

FLOWERS = "gifts:\n  flowers: {cost: 18 EUR}\n"
LOG = structlog.get_logger("listener")


def presents(path: Path, text: str | None) -> Mapping[str, Gift]:
    return gifts(path, text=text)


def read_in_utc(path: Path, text: str | None) -> Calendars:
    return read(path, ZoneInfo("UTC"), text)


class House:
    """A folder with gifts.yaml and calendar.yaml, read by a store's live files."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.store, self.edits = folder, a_store(folder), 0
        self.writes("gifts.yaml", FLOWERS)
        self.writes("calendar.yaml", "hours: always\n")
        self.starts()

    def starts(self) -> None:
        self.gifts = LiveFile(self.folder / "gifts.yaml", presents, Kept(self.store, "gifts"))
        self.hours = LiveFile(self.folder / "calendar.yaml", read_in_utc, Kept(self.store, "calendar"))
        self.files = LiveFiles(
            [self.gifts, self.hours],
            self.store,
            Notices(self.store, "ops"),
            lambda: NOW + timedelta(minutes=self.edits),
            LOG,
        )

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


def test_at_the_first_start_a_broken_file_ends_it(tmp_path: Path) -> None:
    kept = Kept(a_store(tmp_path), "gifts")
    (tmp_path / "gifts.yaml").write_text("gifts: {x: {}}")
    with pytest.raises(CatalogueError, match="does not say what it costs"):
        LiveFile(tmp_path / "gifts.yaml", presents, kept)


@pytest.mark.parametrize("broken", ["gifts: [", "gifts:\n  flowers: {costs: 18 EUR}\n", b"\xff\xfe\x00gifts"])
def test_a_start_with_a_broken_file_goes_on_with_what_it_said_when_it_was_good(
    house: House, broken: str | bytes
) -> None:
    house.writes("gifts.yaml", FLOWERS + "  cake: {cost: 12 EUR}\n")
    house.files.refresh()
    (house.folder / "gifts.yaml").write_bytes(broken.encode() if isinstance(broken, str) else broken)

    house.starts()
    assert list(Shelf(house.gifts)) == ["flowers", "cake"]
    assert house.told() == ["gifts.yaml is broken; what it said before stays"]
    assert house.status()[0].startswith("file    gifts.yaml is broken on disk")

    house.starts()  # what is broken was not remembered as good
    assert len(house.told()) == 1
    assert list(Shelf(house.gifts)) == ["flowers", "cake"]
    house.writes("gifts.yaml", FLOWERS)
    house.files.refresh()
    assert (list(Shelf(house.gifts)), house.status()) == (["flowers"], [])


def test_working_hours_of_a_broken_calendar_are_the_last_good_ones_after_a_start(house: House) -> None:
    house.writes("calendar.yaml", "hours: {monday-friday: 09:00-17:00}\n")
    house.files.refresh()
    house.writes("calendar.yaml", "hours: {mondy: 09:00-17:00}\n")
    house.starts()

    friday = datetime(2026, 11, 27, 16, tzinfo=UTC)
    assert LiveHours(house.hours).of("care").after(friday, timedelta(hours=2)).day == 30
    assert house.told() == ["calendar.yaml is broken; what it said before stays"]


def test_what_a_version_kept_that_this_one_cannot_read_ends_the_start_with_what_is_wrong_on_disk(house: House) -> None:
    Kept(house.store, "gifts").keep("presents: {}")
    house.writes("gifts.yaml", "gifts: [")
    with pytest.raises(CatalogueError, match=r"gifts\.yaml"):
        house.starts()


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


def test_a_restart_after_half_an_edit_works_with_the_last_good_files_and_says_so(tmp_path: Path) -> None:
    house = a_house(tmp_path)
    good = {"gifts.yaml": FLOWERS, "ecosystem.yaml": "ecosystem: {}\n", "calendar.yaml": "hours: always\n"}
    names = good | {"words.yaml": "words: {flimsy: -3}\n", "topics.yaml": "topics: {heating: [boiler]}\n"}
    for name, text in names.items():
        (tmp_path / name).write_text(text)
    assert house.run("run", "--once").code == 0
    for name in names:
        (tmp_path / name).write_text("gifts: [")

    again = house.run("run", "--once")
    assert (again.code, again.err.count("file.broken")) == (0, 5)
    assert all(f"file    {name} is broken on disk" in house.run("status").out for name in names)


def test_what_is_said_is_understood_by_the_last_good_words_and_topics(tmp_path: Path) -> None:
    house = a_house(tmp_path)
    (tmp_path / "words.yaml").write_text("words: {flimsy: -3}\n")
    (tmp_path / "topics.yaml").write_text("topics: {heating: [boiler]}\n")
    house.run("run", "--once")
    (tmp_path / "words.yaml").write_text("words: {flimsy: bad}\n")
    (tmp_path / "topics.yaml").write_text("topics: [")

    with parts_of(load(house.config), Secrets(tmp_path, {}, Redaction()), LOG) as parts:
        verdict = parts.understanding.judge(Utterance("a flimsy boiler"))

    assert (verdict.label, verdict.topics) == ("negative", ("heating",))
    assert "'flimsy' wants a number" in house.run("rescore").err


def test_broken_words_that_were_never_good_end_the_first_run_with_their_place(tmp_path: Path) -> None:
    house = a_house(tmp_path)
    (tmp_path / "words.yaml").write_text("words: {flimsy: bad}\n")

    shown = house.run("run", "--once")

    assert (shown.code, "words.yaml:1:9: 'flimsy' wants a number" in shown.err) == (1, True)


def test_the_first_run_of_a_house_with_a_broken_file_ends_with_its_place(tmp_path: Path) -> None:
    house = a_house(tmp_path)
    (tmp_path / "gifts.yaml").write_text("gifts:\n  flowers: {costs: 18 EUR}\n")

    shown = house.run("run", "--once")
    assert shown.code == 1
    assert "gifts.yaml:2:13: unknown key 'costs' in flowers — did you mean 'cost'?" in shown.err
    assert "Traceback" not in shown.err
