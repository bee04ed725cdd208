"""`[[tracker]]` and `[tickets]`: right, or told with line and cure."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from listener.config import ConfigError, load

ZENDESK = """
[[tracker]]
name = "desk"
kind = "zendesk"
url = "https://acme.zendesk.com/"
user = "kim@acme.example"
token = "env:TOKEN"
"""


def loaded(folder: Path, text: str):  # type: ignore[no-untyped-def]  # a Config
    (folder / "config.toml").write_text(text, "utf-8")
    return load(folder / "config.toml")


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        loaded(folder, text)
    return [str(each).partition("config.toml:")[2] for each in caught.value.problems]


def test_a_tracker_is_read(tmp_path: Path) -> None:
    config = loaded(tmp_path, ZENDESK + 'every = "1m"\nqueues = {care = "3600"}\n[tickets]\nwarn_at = 0.5\n')
    (tracker,) = config.trackers
    assert (tracker.name, tracker.every, tracker.queues) == ("desk", timedelta(minutes=1), {"care": "3600"})
    assert config.tickets.warn_at == 0.5


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (ZENDESK.replace("zendesk\"", "zendsk\""), "4:1: unknown kind 'zendsk' — did you mean 'zendesk'?"),
        (ZENDESK.replace("env:TOKEN", "abc"), "7:1: token must name a secret, not hold it"),
        (ZENDESK.replace("https://", ""), "5:1: url = 'acme.zendesk.com/' is no web address"),
        (ZENDESK + "usr = 1\n", "8:1: unknown key 'usr' — did you mean 'user'?"),
        (ZENDESK.replace("user =", "# user ="), "2:3: the key 'user' is missing"),
        (ZENDESK + ZENDESK.replace("desk\"\nkind", "other\"\nkind"), "9:3: desk takes all other queues too"),
        ('[tickets]\nwarn_at = 75\n', "2:1: warn_at = 75 must be less than 1"),
        ('[tickets]\nmail_by = "x"\n', "2:1: unknown channel 'x'"),
    ],
)  # fmt: skip
def test_each_mistake_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    assert any(each.startswith(told) for each in problems(tmp_path, text)), problems(tmp_path, text)


def test_a_queue_goes_to_one_tracker_and_names_are_not_shared_with_channels(tmp_path: Path) -> None:
    second = ZENDESK.replace('"desk"', '"other"') + 'queues = {care = ""}\n'
    told = problems(tmp_path, ZENDESK + 'queues = {care = "1"}\n' + second)
    assert "the queue 'care' goes to desk too" in told[0]
    assert "there is a channel named 'log' too" in problems(tmp_path, ZENDESK.replace('"desk"', '"log"'))[0]


def test_jira_cloud_needs_a_user_and_rt_one_way_to_log_in(tmp_path: Path) -> None:
    jira = '[[tracker]]\nname = "j"\nkind = "jira"\nurl = "https://j.example"\ntoken = "env:T"\n'
    assert "Jira Cloud needs the user" in problems(tmp_path, jira)[0]
    rt = '[[tracker]]\nname = "r"\nkind = "rt"\nurl = "https://rt.example"\n'
    assert "give either token, or user and password" in problems(tmp_path, rt)[0]
