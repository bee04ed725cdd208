"""A large file is made ready by a process of its own, which changes nothing but the time it takes."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from listener.imports.ahead import SMALL, Ahead
from tests.makers import a_house

SAYINGS = ("I love it", "this is awful and broken", "how does it export?", "und so weiter, wo ist die Rechnung", "fine")


def a_large_file(house):
    rows = [f'x{n},u{n % 40},"{n}: {f"{SAYINGS[n % 5]}, " * 12}"' for n in range(400)]
    file = house.folder / "large.csv"
    file.write_text("\n".join(["external_id,author,text", *rows[:200], "bad,,", *rows[200:]]), "utf-8")
    assert file.stat().st_size > SMALL
    return file


def mentions(house):
    return [json.loads(line) for line in house.run("mentions", "--json", "--limit", "2000").out.splitlines()]


def verdicts(house):
    return {one["external_id"]: (one["verdict"], one["decision"]) for one in mentions(house)}


def test_a_large_file_is_kept_and_judged_whole_and_its_bad_line_told(tmp_path):
    house = a_house(tmp_path)
    file = a_large_file(house)

    shown = house.run("import", str(file))

    assert "large.csv:202: no text" in shown.err
    assert "400 rows: 400 new mentions" in shown.out
    assert "400 judged" in shown.out
    assert {label["label"] for label, _ in verdicts(house).values()} >= {"positive", "negative", "unscored"}


def test_the_complaints_of_a_large_file_are_in_issues_when_somebody_asks(tmp_path):
    house = a_house(tmp_path)
    house.run("import", str(a_large_file(house)))
    before = [mention["issue"] for mention in mentions(house)]

    shown = house.run("issues", "--json", "--limit", "2000").out.splitlines()

    assert not any(before)
    assert {json.loads(line)["id"] for line in shown} == {one["issue"] for one in mentions(house) if one["issue"]}


def test_verdicts_made_ahead_are_those_that_the_judge_makes(tmp_path):
    for name in ("apart", "alone"):
        (tmp_path / name).mkdir()
    apart, alone = a_house(tmp_path / "apart"), a_house(tmp_path / "alone")
    apart.run("import", str(a_large_file(apart)))
    lines = a_large_file(alone).read_text("utf-8").splitlines()
    for start in range(1, len(lines), 200):
        (part := tmp_path / "part.csv").write_text("\n".join([lines[0], *lines[start : start + 200]]), "utf-8")
        assert part.stat().st_size < SMALL
        alone.run("import", str(part))

    assert verdicts(apart) == verdicts(alone)


def test_a_broken_word_file_is_told_as_always(tmp_path):
    house = a_house(tmp_path)
    (tmp_path / "words.yaml").write_text("words: {late: 9}\n", "utf-8")

    shown = house.run("import", str(a_large_file(house)))

    assert shown.code == 1
    assert "words.yaml:1:9: 'late' wants a number from -4" in shown.err


def test_when_the_process_dies_the_command_says_so(capfd):
    ahead = Ahead()

    ahead.begin("no task")

    with pytest.raises(ChildProcessError, match="import it again"):
        next(ahead.batches(None))
    ahead.close()

    assert "Traceback" in capfd.readouterr().err


@pytest.mark.parametrize(
    "what", ["import listener.imports.ready", "from listener.config import load; load(Path(sys.argv[1]))"]
)
def test_what_comes_before_the_store_imports_no_tables(tmp_path, what):
    house = a_house(tmp_path)
    asked = f"import sys; from pathlib import Path; {what}; sys.exit('sqlalchemy' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", asked, house.folder / "config.toml"], check=False).returncode == 0
