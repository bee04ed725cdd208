"""Plain lists by the short way: the same words as by the long one, and nothing heavy loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from listener.cli import quick
from tests.makers import House, a_house, a_mention, a_ticket

CHECK = """
import sys
from listener.cli import main
main(sys.argv[1:])
print(sorted({"typer", "pydantic", "sqlalchemy"} & set(sys.modules)), file=sys.stderr)
"""


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = a_house(tmp_path)
    with house.store() as store:
        for number in range(3):
            a_ticket(store, a_mention(store, f"p{number}"), person=f"forum:{number}")
    return house


@pytest.mark.parametrize("name", sorted(quick.LISTS))
@pytest.mark.parametrize(
    "options", ["", "--json", "--limit 2 --json", "--id 2", "--brand Globex", "--source forum", "--source foru"]
)
def test_both_ways_show_the_same(house: House, name: str, options: str, monkeypatch: pytest.MonkeyPatch) -> None:
    by_the_short_way = house.run(name, *options.split())
    assert quick.wished([name, *options.split()])
    monkeypatch.setattr("listener.cli.shown", lambda words: False)
    assert house.run(name, *options.split()) == by_the_short_way


@pytest.mark.parametrize(
    "words",
    [
        ("tickets", "--help"),
        ("tickets", "--limit", "0"),
        ("tickets", "--limit"),
        ("tickets", "--limit", "--json"),
        ("tickets", "--id", "x"),
        ("tickets", "--limit", "1", "--limit", "2"),
        ("tickets", "--since", "7d"),
        ("tickets", "more"),
        ("ticket", "show", "1"),
        ("--log-format", "json", "tickets"),
        ("--config",),
        (),
    ],
)
def test_anything_out_of_the_ordinary_goes_the_long_way(words: tuple[str, ...]) -> None:
    assert quick.wished(words) is None


def test_a_plain_list_loads_nothing_heavy(house: House) -> None:
    command = [sys.executable, "-c", CHECK, "tickets", "--config", str(house.config)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ran.stderr == "[]\n"
    assert "forum:2" in ran.stdout
