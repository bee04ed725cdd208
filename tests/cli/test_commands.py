"""The command line as a whole: every command is there, mistakes are told, nobody gets a traceback."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from listener.cli import hoisted
from tests.makers import CONFIG, a_house, a_mention, ran

THREADS = "OPENBLAS_NUM_THREADS"
COMMANDS = """
init check run demo import sources mentions tickets deliveries contacts customers explain ticket approve reject done
skip settle retry pause resume channels backup restore status rules
"""
GROUPS = [
    ("ticket", "take assign note close reopen"),
    ("rules", "check test list"),
    ("channels", "test"),
    ("customers", "import"),
]


def test_help_names_every_command():
    shown = ran("--help")

    assert shown.code == 0
    assert [name for name in COMMANDS.split() if f" {name} " not in shown.out] == []


@pytest.mark.parametrize(("group", "names"), GROUPS)
def test_help_of_a_group_names_its_commands(group, names):
    shown = ran(group, "--help").out

    assert [name for name in names.split() if f" {name} " not in shown] == []


@pytest.mark.parametrize("name", COMMANDS.split())
def test_every_command_has_a_help_of_its_own(name):
    assert ran(name, "--help").code == 0


@pytest.mark.parametrize(("given", "threads"), [(None, "1"), ("4", "4")])
def test_numpy_is_told_to_use_one_thread_unless_somebody_says_otherwise(monkeypatch, given, threads):
    monkeypatch.delenv(THREADS, raising=False)
    if given:
        monkeypatch.setenv(THREADS, given)
    ran("--help")

    assert os.environ[THREADS] == threads


def test_global_options_may_stand_behind_the_command():
    words = ["mentions", "--config", "a.toml", "--json", "--verbose", "--log-format=json", "--", "--verbose"]

    assert list(hoisted(words)) == [
        *("--config", "a.toml", "--verbose", "--log-format=json"),
        *("mentions", "--json", "--", "--verbose"),
    ]


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("mentoins",), "mentions"),
        (("mentions", "--jsn"), "--json"),
        (("mentions", "--config"), "--config"),
        (("approve",), "ID"),
        (("--log-format", "xml", "status"), "json"),
    ],
)
def test_a_typo_is_wrong_usage_with_the_nearest_name(words, hint):
    shown = ran(*words)

    assert shown.code == 2
    assert hint in shown.err


@pytest.mark.parametrize("words", [("mentions",), ("run",), ("check",), ("status",), ("approve", "1")])
def test_without_a_configuration_every_command_says_how_to_get_one(tmp_path, words):
    shown = ran("--config", str(tmp_path / "config.toml"), *words)

    assert shown.code == 2
    assert "listener init" in shown.err
    assert "Traceback" not in shown.err


def test_the_configuration_may_be_named_by_the_environment(tmp_path, monkeypatch):
    house = a_house(tmp_path)
    with house.store() as store:
        a_mention(store)
    monkeypatch.setenv("LISTENER_CONFIG", str(house.config))

    assert '"external_id": "p1"' in ran("mentions", "--json").out


def test_a_broken_store_is_one_message_with_its_cure(tmp_path):
    house = a_house(tmp_path)
    (tmp_path / "listener.db").write_text("this was a store once, and now it is a poem\n" * 99)

    shown = house.run("mentions")

    assert shown.code == 1
    assert "listener restore" in shown.err


def test_a_missing_secret_is_named_and_never_a_traceback(tmp_path):
    slack = '[[channel]]\nname = "slack"\nkind = "slack"\nwebhook_url = "env:NOT_SET_ANYWHERE"\n'
    shown = a_house(tmp_path, CONFIG + slack).run("channels", "test", "slack")

    assert shown.code == 2
    assert "NOT_SET_ANYWHERE" in shown.err


def test_a_reader_that_goes_away_is_no_trouble(tmp_path):
    house = a_house(tmp_path)
    with house.store() as store:
        for number in range(300):
            a_mention(store, f"p{number}", "Acme Flow " * 50)
    with house.start("mentions", "--json", "--limit", "300") as lists:
        assert lists.stdout.readline().startswith('{"id": 300')
        lists.stdout.close()
        lists.wait()

        assert lists.stderr.read() == ""


def test_a_reader_that_was_never_there_is_no_trouble(tmp_path):
    code = "from listener.cli import main; main()"
    piped = subprocess.Popen([sys.executable, "-c", code, "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    piped.stdout.close()

    assert piped.stderr.read() == b""
    piped.stderr.close()
    piped.wait()


def in_a_shell(house, command, streams):
    """A command whose standard streams the caller closed or led to a full disk."""
    listener = f"{sys.executable} -c 'from listener.cli import main; main()'"
    shell = f"{listener} --config {house.config} {command} {streams}"
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return subprocess.run(["sh", "-c", shell], env=buffered, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("command", ["mentions --json", "mentions", "status"])
def test_a_closed_output_is_no_trouble(tmp_path, command):
    closed = in_a_shell(a_house(tmp_path), command, ">&-")

    assert (closed.returncode, closed.stderr) == (0, "")


@pytest.mark.parametrize("command", ["status", "rules check", "run --once"])
def test_closed_logs_are_no_trouble(tmp_path, command):
    house = a_house(tmp_path)

    assert in_a_shell(house, command, "2>&-").returncode == 0
    assert house.run("status", "--json").code == 0


@pytest.mark.parametrize("command", ["status", "--help"])
def test_a_result_that_a_full_disk_does_not_take_is_told(tmp_path, command):
    full = in_a_shell(a_house(tmp_path), command, ">/dev/full")

    assert full.returncode == 1
    assert full.stderr.endswith("the result could not be written: No space left on device\n")
    assert "Traceback" not in full.stderr


def test_logs_that_a_full_disk_does_not_take_stop_no_run(tmp_path):
    assert in_a_shell(a_house(tmp_path), "run --once", "2>/dev/full").returncode == 0
