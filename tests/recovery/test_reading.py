"""calendar.yaml: what is read, and each mistake with its line and column."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from listener.model.handling import ROUND_THE_CLOCK
from listener.recovery.calendar import Calendar, Opening
from listener.recovery.reading import CalendarError, read

UTC = ZoneInfo("UTC")

WHOLE = """\
timezone: Europe/Berlin
hours:
  monday-thursday: 09:00-12:30, 13:30-17:30
  friday: [09:00-15:00]
  saturday: closed
holidays: [2026-12-24..2026-12-26, 01-01]
queues:
  legal: {hours: always}
  us: {timezone: America/New_York, holidays: [07-04]}
"""


def written(folder: Path, text: str) -> Path:
    (folder / "calendar.yaml").write_text(text, "utf-8")
    return folder / "calendar.yaml"


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    calendars = read(written(tmp_path, WHOLE), UTC)

    house, us = calendars.of("care"), calendars.of("us")
    assert isinstance(house, Calendar)
    assert isinstance(us, Calendar)
    assert house.hours[3] == (Opening(540, 750), Opening(810, 1050))
    assert (house.hours[4], house.hours[5]) == ((Opening(540, 900),), ())
    assert date(2026, 12, 25) in house.holidays
    assert house.yearly == {(1, 1)}
    assert (us.zone.key, us.hours, us.yearly) == ("America/New_York", house.hours, {(7, 4)})
    assert calendars.of("legal") is ROUND_THE_CLOCK


def test_the_example_of_the_manual_is_as_it_says(tmp_path: Path) -> None:
    manual = (Path(__file__).parents[2] / "docs" / "tickets.md").read_text("utf-8")
    calendars = read(written(tmp_path, manual.split("```yaml\n")[1].split("```")[0]), UTC)
    friday = datetime(2026, 11, 20, 14, tzinfo=ZoneInfo("Europe/Berlin"))
    due = calendars.of("care").after(friday, timedelta(hours=4))
    assert due == datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Europe/Berlin"))


def test_the_shipped_file_is_right_and_counts_in_the_zone_of_the_installation(tmp_path: Path) -> None:
    shipped = resources.files("listener.recovery").joinpath("calendar.yaml").read_text("utf-8")
    house = read(written(tmp_path, shipped), ZoneInfo("Asia/Tokyo")).of("care")
    assert isinstance(house, Calendar)
    assert (house.zone.key, house.hours[0]) == ("Asia/Tokyo", (Opening(540, 1020),))


@pytest.mark.parametrize("text", [None, "", "# nothing yet\n"])
def test_without_a_calendar_every_hour_counts(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "calendar.yaml" if text is None else written(tmp_path, text)
    assert read(path, UTC).of("care") is ROUND_THE_CLOCK


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("timezone: Berlin\nhours: {monday: 09:00-17:00}\n", ":1:11: 'Berlin' is no known time zone"),
        ("hours:\n  mondy: 09:00-17:00\n", ":2:3: 'mondy' is no day — did you mean 'monday'?"),
        ("hours:\n  monday: 9-5\n", ":2:11: '9-5' are no hours — write `09:00-17:00`"),
        ("hours:\n  monday: 17:00-09:00\n", ":2:11: '17:00-09:00' are no hours"),
        ("hours:\n  monday: 09:00-12:00, 11:00-17:00\n", ":2:11: these hours overlap"),
        ("hours:\n  monday-friday: 09:00-17:00\n  friday: 09:00-12:00\n", ":3:3: friday is named twice"),
        ("hours:\n  monday: closed\n", ":2:3: no day is open"),
        ("hour:\n  monday: 09:00-17:00\n", ":1:1: unknown key 'hour' in the calendar — did you mean 'hours'?"),
        ("holidays: [12-25]\n", ":1:1: the calendar names no hours"),
        ("hours: {monday: 09:00-17:00}\nholidays:\n  - 2026-02-30\n", ":3:5: '2026-02-30' is no day"),
        ("hours: {monday: 09:00-17:00}\nholidays:\n  - 2026-12-26..2026-12-24\n", ":3:5: '2026-12-26..2026"),
        ("hours: {monday: 09:00-17:00}\nqueues:\n  us: {hours: {monday: late}}\n", ":3:24: 'late' are no hours"),
        ("hours: [\n", "calendar.yaml:"),
    ],
)
def test_each_mistake_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(CalendarError) as caught:
        read(written(tmp_path, text), UTC)
    assert told in str(caught.value)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(CalendarError) as caught:
        read(written(tmp_path, "timezone: X\nhours: {monday: 1}\nholidays: [never]\n"), UTC)
    assert len(caught.value.problems) == 3
